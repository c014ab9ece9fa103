import { intlOffset } from './intl-offset.ts';

/** What a moment shows in a zone: numbers by the letter of their field, from V8's Date. */
interface Shown {
  numbers: Record<string, number>;
  date: Date;
  offsetMinutes: number;
  epochMs: number;
}

const CYCLE_MS = 146_097 * 86_400_000;

function shownAt(zone: string, epochNs: bigint): Shown {
  const offset = intlOffset(zone, epochNs);
  const localNs = epochNs + offset;
  const nanosecond = ((localNs % 1_000_000_000n) + 1_000_000_000n) % 1_000_000_000n;
  const date = new Date(Number((localNs - nanosecond) / 1_000_000n));
  const [year, hour] = [date.getUTCFullYear(), date.getUTCHours()];
  // Four hundred years later, as Date.UTC takes the first hundred for those of the 20th century.
  const dayOfYear = (date.getTime() + CYCLE_MS - Date.UTC(year + 400, 0, 0)) / 86_400_000;
  return {
    numbers: {
      y: year,
      Q: Math.floor(date.getUTCMonth() / 3) + 1,
      M: date.getUTCMonth() + 1,
      d: date.getUTCDate(),
      D: Math.floor(dayOfYear),
      h: ((hour + 11) % 12) + 1,
      H: hour,
      m: date.getUTCMinutes(),
      s: date.getUTCSeconds(),
      S: Number(nanosecond),
    },
    date,
    offsetMinutes: Math.sign(Number(offset)) * Math.round(Math.abs(Number(offset)) / 60e9),
    epochMs: Math.floor(Number(epochNs / 1_000_000n)) - (epochNs % 1_000_000n < 0n ? 1 : 0),
  };
}

const TOKEN = /''|'(?:[^']|'')*'|([A-Za-z])\1*|[^A-Za-z']/g;

/** Whether a text has, field by field of an LDML pattern, what a moment shows in a zone. */
export function isWrittenAs(
  text: string,
  pattern: string,
  locale: string,
  zone: string,
  epochNs: bigint,
): boolean {
  const shown = shownAt(zone, epochNs);
  let rest = text;
  for (const [token, letter] of pattern.matchAll(TOKEN)) {
    const length =
      letter === undefined ? literal(rest, token) : fieldLength(rest, token, letter, locale, zone, shown);
    if (length === undefined) return false;
    rest = rest.slice(length);
  }
  return rest === '';
}

/** How much of a text is this literal; undefined when it does not begin with it. */
function literal(text: string, token: string): number | undefined {
  const wanted =
    token === "''" ? "'" : token.startsWith("'") ? token.slice(1, -1).replaceAll("''", "'") : token;
  return text.startsWith(wanted) ? wanted.length : undefined;
}

function fieldLength(
  text: string,
  token: string,
  letter: string,
  locale: string,
  zone: string,
  shown: Shown,
): number | undefined {
  const number = shown.numbers[letter];
  const isName = letter === 'M' && token.length > 2;
  if (number !== undefined && !isName) return readNumber(text, token, letter, number);
  if ('Xx'.includes(letter)) return readOffset(text, token, shown.offsetMinutes);
  if (letter === 'O') return readGmt(text, token, shown.offsetMinutes);
  if (letter === 'V') return text.startsWith(zone) ? zone.length : undefined;
  const name = nameOf(token, letter, locale, zone, shown);
  return name !== undefined && text.startsWith(name) ? name.length : undefined;
}

function readNumber(text: string, token: string, letter: string, wanted: number): number | undefined {
  const size = letter === 'S' || token.length > 1 ? token.length : undefined;
  const digits = (size === undefined ? /^\d+/ : new RegExp(`^\\d{${size}}`)).exec(text)?.[0];
  if (digits === undefined) return undefined;
  const value =
    letter === 'S' ? Math.floor(wanted / 10 ** (9 - token.length)) : token === 'yy' ? wanted % 100 : wanted;
  // A field without a width may stand before another number: it is then as long as its own number.
  const length = size ?? String(value).length;
  return Number(digits.slice(0, length)) === value ? length : undefined;
}

function readOffset(text: string, token: string, wanted: number): number | undefined {
  if (token.startsWith('X') && wanted === 0) return text.startsWith('Z') ? 1 : undefined;
  const isShort = token.length === 1 && wanted % 60 === 0;
  const match = (isShort ? /^([+-])(\d\d)/ : /^([+-])(\d\d):?(\d\d)/).exec(text);
  return match !== null && signedMinutes(match) === wanted ? match[0].length : undefined;
}

function readGmt(text: string, token: string, wanted: number): number | undefined {
  if (wanted === 0) return text.startsWith('GMT') ? 3 : undefined;
  const width = token === 'OOOO' || Math.abs(wanted) >= 600 ? 2 : 1;
  const minutes = token === 'OOOO' || wanted % 60 !== 0 ? String.raw`:(\d\d)` : '';
  const match = new RegExp(String.raw`^GMT([+-])(\d{${width}})${minutes}`).exec(text);
  return match !== null && signedMinutes(match) === wanted ? match[0].length : undefined;
}

function signedMinutes([, sign, hours, minutes]: RegExpExecArray): number {
  const magnitude = Number(hours) * 60 + Number(minutes ?? 0);
  return sign === '-' ? -magnitude : magnitude;
}

/** The field's options for Intl, the part to take, and whether the day stands beside it. */
function nameOf(
  token: string,
  letter: string,
  locale: string,
  zone: string,
  shown: Shown,
): string | undefined {
  const style = token.length > 3 ? 'long' : 'short';
  switch (letter) {
    case 'M':
      return part(locale, 'UTC', { month: style, day: 'numeric' }, 'month', shown.date);
    case 'L':
      return part(locale, 'UTC', { month: style }, 'month', shown.date);
    case 'E':
      return part(locale, 'UTC', { weekday: style }, 'weekday', shown.date);
    case 'a':
      return (
        part(locale, 'UTC', { hour: 'numeric', hour12: true }, 'dayPeriod', shown.date) ??
        (shown.date.getUTCHours() < 12 ? 'AM' : 'PM')
      );
    case 'z':
      return part(locale, zone, { timeZoneName: style }, 'timeZoneName', new Date(shown.epochMs));
    default:
      return undefined;
  }
}

const FORMATTERS_KEPT = 128;
const formatters = new Map<string, Intl.DateTimeFormat>();

function part(
  locale: string,
  timeZone: string,
  options: Intl.DateTimeFormatOptions,
  type: Intl.DateTimeFormatPartTypes,
  date: Date,
): string | undefined {
  const key = `${locale} ${timeZone} ${Object.entries(options).join()}`;
  let formatter = formatters.get(key);
  if (formatter === undefined) {
    formatter = new Intl.DateTimeFormat(locale, {
      ...options,
      timeZone,
      calendar: 'gregory',
      numberingSystem: 'latn',
    });
    if (formatters.size >= FORMATTERS_KEPT) formatters.clear();
    formatters.set(key, formatter);
  }
  return formatter.formatToParts(date).find((one) => one.type === type)?.value;
}
