import { Problem } from '../../../errors.ts';
import { MAX_TIMESTAMP_LENGTH } from '../../../schemas/manipulation.ts';
import { dateOf, dayOf, daysInMonth, floorDiv, NS_PER_MINUTE, NS_PER_SECOND } from '../engine/gregorian.ts';
import { timestampHint } from './timestamp-hint.ts';
import { noSuchDay, quote } from './text.ts';

/** What a timestamp says, before any zone is asked. */
export interface Timestamp {
  /** The written clock, in nanoseconds as if it were UTC; second 60 is already 59. */
  localNs: bigint;
  /** Nanoseconds; `Z` where the writer knows UTC only (`Z`, `-00:00`); null where there is none. */
  offset: bigint | 'Z' | null;
  /** The `[Zone]` as written, if any. */
  zone: string | null;
  leapSecond: boolean;
}

/** The date and time stand at fixed places; the groups are the fraction, the offset and the annotations. */
const SHAPE =
  /^\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}:\d{2}(?:\.(\d{1,9}))?([Zz]|[+-]\d{2}:\d{2})?((?:\[[^[\]]*\])*)$/;

const OTHER_FORM =
  'it is not RFC 3339 such as 2024-02-29T15:30:00.000Z, nor RFC 9557 such as 2024-02-29T10:30:00-05:00[America/New_York], nor a local 2024-02-29T10:30:00, nor "now"';

const ANNOTATION = /\[(!?)(?:([^=\]]*)=)?([^\]]*)\]/g;
/** RFC 9557's grammar of a zone: an offset, or names of these characters with slashes between. */
const ZONE =
  /^(?:[+-](?:[01]\d|2[0-3]):[0-5]\d|[A-Za-z._][A-Za-z0-9._+-]*(?:\/[A-Za-z._][A-Za-z0-9._+-]*)*)$/;
const KEY = /^[a-z_][a-z0-9_-]*$/;
const VALUE = /^[A-Za-z0-9]+(?:-[A-Za-z0-9]+)*$/;

/**
 * Reads RFC 3339 and RFC 9557, and a local date-time that has neither offset nor zone; nothing else that ISO 8601 or
 * Temporal would take. `hint` says what was probably meant by a text that has another form. Throws `INVALID_TIMESTAMP` or
 * `UNSUPPORTED_CRITICAL_ANNOTATION`.
 */
export function parseTimestamp(text: string, hint = timestampHint): Timestamp {
  const match = text.length <= MAX_TIMESTAMP_LENGTH ? SHAPE.exec(text) : null;
  if (match === null) {
    throw invalid(text, hint(text) ?? OTHER_FORM);
  }
  const [, fraction, offset, annotations] = match;
  const year = digits(text, 0) * 100 + digits(text, 2);
  const month = digits(text, 5);
  const day = digits(text, 8);
  const hour = digits(text, 11);
  const minute = digits(text, 14);
  const second = digits(text, 17);
  const days = daysInMonth(year, month);
  if (day < 1 || day > days) throw invalid(text, noSuchDay(year, month, days));
  if (hour > 23) throw invalid(text, 'hours go from 00 to 23, and 24:00 is 00:00 of the next day');
  if (minute > 59) throw invalid(text, 'minutes go from 00 to 59');
  if (second > 60) throw invalid(text, 'seconds go from 00 to 59, and to 60 in a leap second');
  const seconds =
    dayOf(year, month, day) * 86_400 + hour * 3600 + minute * 60 + (second === 60 ? 59 : second);
  const localNs =
    BigInt(seconds) * NS_PER_SECOND + (fraction === undefined ? 0n : BigInt(fraction.padEnd(9, '0')));
  return {
    localNs,
    offset: offset === undefined ? null : readOffset(text, offset),
    zone: annotations === undefined || annotations === '' ? null : readAnnotations(text, annotations),
    leapSecond: second === 60,
  };
}

const ZERO = 48;

/** The two digits at that place. */
const digits = (text: string, at: number): number =>
  (text.charCodeAt(at) - ZERO) * 10 + text.charCodeAt(at + 1) - ZERO;

/** `-00:00` says, as `Z` does, that only UTC is known (RFC 3339 4.3). */
function readOffset(text: string, offset: string): bigint | 'Z' {
  if (offset.length === 1) return 'Z';
  const hour = digits(offset, 1);
  const minute = digits(offset, 4);
  if (hour > 23 || minute > 59) throw invalid(text, 'an offset goes from -23:59 to +23:59');
  const total = BigInt(hour * 60 + minute) * NS_PER_MINUTE;
  if (offset.startsWith('+')) return total;
  return total === 0n ? 'Z' : -total;
}

/**
 * RFC 9557 3: at most one zone, which stands first, then `key=value` tags. Tags that need not be understood are passed
 * over; of the critical ones, only the calendar in use here (`u-ca=iso8601`) is understood.
 */
function readAnnotations(text: string, annotations: string): string | null {
  let zone: string | null = null;
  let position = 0;
  for (const [, critical, key, value = ''] of annotations.matchAll(ANNOTATION)) {
    if (key === undefined) {
      if (position > 0) throw invalid(text, 'only one [Zone] may stand there, before any [key=value]');
      zone = value;
      if (!ZONE.test(zone)) throw invalid(text, `[${value.slice(0, 64)}] is not an RFC 9557 zone`);
    } else {
      if (!KEY.test(key) || !VALUE.test(value))
        throw invalid(text, `[${key.slice(0, 32)}=${value.slice(0, 32)}] is not an RFC 9557 tag`);
      if (critical === '!' && !(key === 'u-ca' && value.toLowerCase() === 'iso8601')) {
        throw new Problem(
          'UNSUPPORTED_CRITICAL_ANNOTATION',
          `${quote(`[!${key}=${value}]`)} is critical and not understood here: leave it out, or drop the "!" if it may be passed over.`,
        );
      }
      if (key.startsWith('_')) {
        throw invalid(
          text,
          `[${key.slice(0, 32)}=${value.slice(0, 32)}] is an experimental tag, which RFC 9557 keeps out of interchange`,
        );
      }
    }
    position++;
  }
  return zone;
}

const invalid = (text: string, why: string): Problem =>
  new Problem('INVALID_TIMESTAMP', `${quote(text)} is not a valid timestamp: ${why}.`);

/**
 * A second 60 stands only where a leap second can: 23:59:60 UTC at the end of a month (RFC 3339 5.7). `epochNs` is the
 * moment with second 59 in its place. Throws `INVALID_TIMESTAMP`.
 */
export function checkLeapSecond(text: string, epochNs: bigint): void {
  const epochSecond = Number(floorDiv(epochNs, NS_PER_SECOND));
  const nextDay = (epochSecond + 1) / 86_400;
  if (!Number.isInteger(nextDay) || dateOf(nextDay).day !== 1) {
    throw invalid(
      text,
      'second 60 is a leap second, which stands only at 23:59:60 UTC at the end of a month',
    );
  }
}
