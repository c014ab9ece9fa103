import { Problem } from '../../errors.ts';
import { OUTPUT_FORMATS, type OutputFormat } from '../../schemas/manipulation.ts';
import { floorDiv, type LocalFields, localFields, NS_PER_MINUTE, NS_PER_SECOND } from './engine/gregorian.ts';
import { roundOffset } from './input/source.ts';
import { pad2, pad4 } from './input/text.ts';
import { offsetAt, outOfRange } from './engine/offsets.ts';
import { patternOf } from './output/pattern.ts';

/** Formats that have whole seconds only; with them no request has a finer precision. */
const WHOLE_SECONDS: ReadonlySet<OutputFormat> = new Set(['rfc1123', 'cxone_studio']);

/** The part of a request that says how a moment is written. */
export interface FormatRequest {
  output_format: OutputFormat;
  output_pattern?: string;
  output_locale: string;
  precision_limit: number;
}

/** Writes moments as a request wants them. */
export interface Writer {
  /** Decimal places of seconds that the written value has, and that a moment is to be rounded to before. */
  digits: number;
  /** @throws Problem `OUT_OF_RANGE` where the format cannot hold the year */
  write(epochNs: bigint, zone: string): string | number;
}

/** @throws Problem `VALIDATION_FAILED` for a pattern that is missing, needless or wrong */
export function writerOf({
  output_format: kind,
  output_pattern,
  output_locale,
  precision_limit,
}: FormatRequest): Writer {
  if (kind === 'pattern') {
    if (output_pattern === undefined) {
      throw patternProblem('output_format pattern needs an output_pattern, such as dd.MM.yyyy HH:mm.');
    }
    const pattern = patternOf(output_pattern, output_locale);
    return {
      digits: Math.min(pattern.digits ?? precision_limit, precision_limit),
      write: (epochNs, zone) => {
        const offset = offsetAt(zone, epochNs);
        writable(epochNs + offset);
        return pattern.write(epochNs, zone, offset, roundOffset(offset));
      },
    };
  }
  if (output_pattern !== undefined) {
    throw patternProblem('output_pattern is for output_format pattern: set that, or leave the pattern out.');
  }
  return writers.get(kind)?.[precision_limit] ?? createWriter(kind, precision_limit);
}

type PlainFormat = Exclude<OutputFormat, 'pattern'>;

function createWriter(kind: PlainFormat, precisionLimit: number): Writer {
  const digits = WHOLE_SECONDS.has(kind) ? 0 : precisionLimit;
  return { digits, write: (epochNs, zone) => format(kind, epochNs, zone, digits) };
}

/** Made once, by format and precision. */
const writers: ReadonlyMap<OutputFormat, readonly Writer[]> = new Map(
  OUTPUT_FORMATS.filter((kind): kind is PlainFormat => kind !== 'pattern').map((kind) => [
    kind,
    [0, 1, 2, 3].map((precision) => createWriter(kind, precision)),
  ]),
);

const patternProblem = (detail: string): Problem =>
  new Problem('VALIDATION_FAILED', detail, { errors: [{ path: '/output_pattern', message: detail }] });

/** The names of UTC itself, for which RFC 3339 writes `Z`. */
const UTC_NAMES: ReadonlySet<string> = new Set([
  'UTC',
  'Etc/UTC',
  'UCT',
  'Etc/UCT',
  'Zulu',
  'Etc/Zulu',
  'Universal',
  'Etc/Universal',
]);

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const;
const WEEKDAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'] as const;

/** The fields of a clock, if its year can be written. Throws `OUT_OF_RANGE`. */
function writable(localNs: bigint): LocalFields {
  const fields = localFields(localNs);
  if (fields.year < 0 || fields.year > 9999) throw outOfRange();
  return fields;
}

function clock(localNs: bigint, digits: number): string {
  const { year, month, day, hour, minute, second, nanosecond } = writable(localNs);
  const text = `${pad4(year)}-${pad2(month)}-${pad2(day)}T${pad2(hour)}:${pad2(minute)}:${pad2(second)}`;
  if (digits === 0) return text;
  return `${text}.${String(nanosecond).padStart(9, '0').slice(0, digits)}`;
}

/** An offset as `±HH:MM`; whole minutes only. */
function offsetText(offset: bigint): string {
  const minutes = Number(offset / NS_PER_MINUTE);
  const magnitude = Math.abs(minutes);
  return `${minutes < 0 ? '-' : '+'}${pad2(Math.floor(magnitude / 60))}:${pad2(magnitude % 60)}`;
}

/** UTC text with `digits` decimals, `Z` at the end. Throws `OUT_OF_RANGE`. */
export const formatUtc = (epochNs: bigint, digits: number): string => `${clock(epochNs, digits)}Z`;

/** A moment, already rounded to `digits` decimals, in the zone and the format asked for. */
function format(kind: PlainFormat, epochNs: bigint, zone: string, digits: number): string | number {
  switch (kind) {
    case 'rfc3339':
      return UTC_NAMES.has(zone) ? formatUtc(epochNs, digits) : rfc3339(epochNs, zone, digits);
    case 'utc':
      return formatUtc(epochNs, digits);
    case 'rfc9557': {
      const offset = offsetAt(zone, epochNs);
      return `${clock(epochNs + offset, digits)}${offsetText(roundOffset(offset))}[${zone}]`;
    }
    case 'epoch_seconds':
      return Number(epochNs / 1_000_000n) / 1000;
    case 'epoch_milliseconds':
      return Number(epochNs / 1_000_000n);
    case 'rfc1123':
      return rfc1123(epochNs);
    case 'cxone_studio':
      return studio(epochNs + offsetAt(zone, epochNs));
    case 'ole_automation_date':
      return oleAutomationDate(epochNs + offsetAt(zone, epochNs));
    case 'date':
      return clock(epochNs + offsetAt(zone, epochNs), 0).slice(0, 10);
  }
}

/** RFC 3339 5.8: an offset with seconds becomes the nearest in minutes, and the clock moves with it. */
function rfc3339(epochNs: bigint, zone: string, digits: number): string {
  const offset = roundOffset(offsetAt(zone, epochNs));
  return `${clock(epochNs + offset, digits)}${offsetText(offset)}`;
}

/** The date of HTTP and mail (RFC 1123 5.2.14), in GMT. */
function rfc1123(epochNs: bigint): string {
  const { year, month, day, hour, minute, second } = writable(epochNs);
  const weekday = WEEKDAYS[(((Number(floorDiv(epochNs, NS_PER_SECOND * 86_400n)) + 4) % 7) + 7) % 7];
  return `${String(weekday)}, ${pad2(day)} ${String(MONTHS[month - 1])} ${pad4(year)} ${pad2(hour)}:${pad2(minute)}:${pad2(second)} GMT`;
}

/** CXone Studio's `MM/dd/yyyy hh:mm:ss tt`. */
function studio(localNs: bigint): string {
  const { year, month, day, hour, minute, second } = writable(localNs);
  return `${pad2(month)}/${pad2(day)}/${pad4(year)} ${pad2(hour % 12 === 0 ? 12 : hour % 12)}:${pad2(minute)}:${pad2(second)} ${hour < 12 ? 'AM' : 'PM'}`;
}

const OLE_EPOCH_MS = -2_209_161_600_000;
const MS_PER_DAY = 86_400_000;

/**
 * Days since 1899-12-30 with the time of day as a fraction, which counts forward from midnight before that day as well:
 * -1.25 is six in the morning of 29 December. Begins with the year 100, as .NET's ToOADate does.
 */
function oleAutomationDate(localNs: bigint): number {
  if (writable(localNs).year < 100) throw outOfRange();
  const ms = Number(floorDiv(localNs, 1_000_000n)) - OLE_EPOCH_MS;
  const day = Math.floor(ms / MS_PER_DAY);
  return (day < 0 ? day * MS_PER_DAY - (ms - day * MS_PER_DAY) : ms) / MS_PER_DAY;
}
