/** Why a value is refused: the field, as a path in the action, and what is wrong with it. */
export interface Fault {
  field: string;
  message: string;
}

const PATH = 'configuration.dateProcessing';
const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * What the platform is said to insist on: at most three decimal places of seconds, a zone it knows, an offset and a date
 * that exist. Numbers, ISO 8601 durations and the two textual formats of Studio pass when they are well formed.
 */
export function faultOf(action: Record<string, unknown>): Fault | undefined {
  const { configuration } = action;
  if (configuration === undefined || configuration === null) return undefined;
  if (!isObject(configuration)) return { field: 'configuration', message: 'must be an object' };
  const value = configuration['dateProcessing'];
  if (value === undefined) return undefined;
  if (!isObject(value)) return { field: PATH, message: 'must be an object' };
  for (const [name, test, message] of FIELDS) {
    if (!test(value[name])) return { field: `${PATH}.${name}`, message };
  }
  const message = computedValueFault(value['computedValue']);
  return message === undefined ? undefined : { field: `${PATH}.computedValue`, message };
}

const FIELDS: readonly [name: string, test: (value: unknown) => boolean, message: string][] = [
  ['sourceField', (value) => typeof value === 'string' && value !== '', 'must be a field name'],
  ['targetField', (value) => typeof value === 'string' && value !== '', 'must be a field name'],
  ['dstAdjustment', (value) => typeof value === 'boolean', 'must be true or false'],
  ['precision', (value) => value === 0 || value === 1 || value === 2 || value === 3, 'must be 0, 1, 2 or 3'],
  ['timezone', (value) => typeof value === 'string' && isZone(value), 'is not a known time zone'],
];

const OFFSET = /^[+-](\d\d):(\d\d)$/;
const isOffset = (text: string): boolean => {
  const [, hours, minutes] = OFFSET.exec(text) ?? [];
  return hours !== undefined && minutes !== undefined && Number(hours) < 24 && Number(minutes) < 60;
};

const knownZones = new Set<string>();
function isZone(name: string): boolean {
  if (knownZones.has(name)) return true;
  if (/^[+-]/.test(name)) return isOffset(name);
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
  } catch {
    return false;
  }
  if (knownZones.size < 2000) knownZones.add(name);
  return true;
}

const RFC3339 =
  /^(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d):(\d\d)(?:\.(\d+))?([Zz]|[+-]\d\d:\d\d)(?:\[([^\]=]+)\])?$/;
const STUDIO = /^(\d\d)\/(\d\d)\/(\d{4}) (\d\d):(\d\d):(\d\d) ([AP])M$/;
const RFC1123 = /^(\w{3}), (\d\d) (\w{3}) (\d{4}) (\d\d):(\d\d):(\d\d) GMT$/;
const DURATION =
  /^[+-]?P(?=[\dT])(?:\d+Y)?(?:\d+M)?(?:\d+W)?(?:\d+D)?(?:T(?=\d)(?:\d+H)?(?:\d+M)?(?:\d+(?:\.(\d+))?S)?)?$/;
const TOO_FINE = 'must have at most three decimal places of seconds';
const NO_SUCH_DATE = 'is not a date that exists';

function computedValueFault(value: unknown): string | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? undefined : 'must be finite';
  if (typeof value !== 'string') return 'must be a text or a number';
  const duration = DURATION.exec(value);
  if (duration !== null) return (duration[1]?.length ?? 0) > 3 ? TOO_FINE : undefined;
  const studio = STUDIO.exec(value);
  if (studio !== null) {
    const [, month, day, year, hour, minute, second] = studio.map(Number);
    const onTheClock = hour !== undefined && hour >= 1 && hour <= 12;
    return onTheClock && exists(year, month, day, hour, minute, second) ? undefined : NO_SUCH_DATE;
  }
  const rfc1123 = RFC1123.exec(value);
  // The text of that moment must be the same again, weekday included.
  if (rfc1123 !== null) return rfc1123Of(rfc1123) === value ? undefined : NO_SUCH_DATE;
  const moment = RFC3339.exec(value);
  if (moment === null) return 'is not an ISO 8601 date-time with an offset';
  const [year, month, day, hour, minute, second] = moment.slice(1, 7).map(Number);
  const [, , , , , , , decimals, offset = '', zone] = moment;
  if (!exists(year, month, day, hour, minute, second)) return NO_SUCH_DATE;
  if ((decimals?.length ?? 0) > 3) return TOO_FINE;
  if (!/^z$/i.test(offset) && !isOffset(offset)) return 'has an offset that is not possible';
  return zone === undefined || isZone(zone) ? undefined : 'names an unknown time zone';
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** Not with Date.parse, which takes the year 0050 for 1950. */
function rfc1123Of([, , day, month = '', year, hour, minute, second]: RegExpExecArray): string {
  const date = new Date(0);
  date.setUTCFullYear(Number(year), MONTHS.indexOf(month), Number(day));
  date.setUTCHours(Number(hour), Number(minute), Number(second));
  return date.toUTCString();
}

function exists(year = NaN, month = NaN, day = NaN, hour = NaN, minute = NaN, second = NaN): boolean {
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  const lengths = [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
  return day >= 1 && day <= (lengths[month - 1] ?? 0) && hour < 24 && minute < 60 && second < 60;
}
