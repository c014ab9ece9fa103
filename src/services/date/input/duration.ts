import { Problem } from '../../../errors.ts';
import { NS_PER_HOUR, NS_PER_MINUTE, NS_PER_SECOND } from '../engine/gregorian.ts';
import { quote } from './text.ts';

/** An ISO 8601 duration: date units for a calendar, and exact time. All parts have the same sign. */
export interface Duration {
  years: number;
  months: number;
  weeks: number;
  days: number;
  timeNs: bigint;
}

export const MAX_DURATION_LENGTH = 128;

const NUMBER = String.raw`(\d{1,15})`;
const FRACTION = String.raw`(?:[.,](\d{1,9}))?`;
const SHAPE = new RegExp(
  `^([+-])?P(?=\\d|T\\d)(?:${NUMBER}Y)?(?:${NUMBER}M)?(?:${NUMBER}W)?(?:${NUMBER}D)?` +
    `(?:T(?=\\d)(?:${NUMBER}${FRACTION}H)?(?:${NUMBER}${FRACTION}M)?(?:${NUMBER}${FRACTION}S)?)?$`,
  'i',
);

/**
 * Reads what Temporal.Duration reads: a sign may stand first, weeks may stand beside other units, and the last of the time
 * units may have a fraction of up to nine digits. Throws `INVALID_DURATION`.
 */
export function parseDuration(text: string): Duration {
  const match = text.length <= MAX_DURATION_LENGTH ? SHAPE.exec(text) : null;
  if (match === null)
    throw invalid(text, durationHint(text) ?? 'it is not ISO 8601 such as P1M, P1DT12H or PT90M');
  const [, sign, years, months, weeks, days, hours, hourPart, minutes, minutePart, seconds, secondPart] =
    match;
  if (
    (hourPart !== undefined && (minutes ?? seconds) !== undefined) ||
    (minutePart !== undefined && seconds !== undefined)
  ) {
    throw invalid(text, 'only its last unit may have a fraction');
  }
  const timeNs =
    nanoseconds(hours, hourPart, NS_PER_HOUR) +
    nanoseconds(minutes, minutePart, NS_PER_MINUTE) +
    nanoseconds(seconds, secondPart, NS_PER_SECOND);
  const direction = sign === '-' ? -1 : 1;
  return {
    years: direction * Number(years ?? 0),
    months: direction * Number(months ?? 0),
    weeks: direction * Number(weeks ?? 0),
    days: direction * Number(days ?? 0),
    timeNs: direction < 0 ? -timeNs : timeNs,
  };
}

const UNIT_WORDS: readonly (readonly [RegExp, string, string])[] = [
  [/^(?:y|yrs?|years?)$/i, 'P', 'Y'],
  [/^(?:mo|months?)$/i, 'P', 'M'],
  [/^(?:w|weeks?)$/i, 'P', 'W'],
  [/^(?:d|days?)$/i, 'P', 'D'],
  [/^(?:h|hrs?|hours?)$/i, 'PT', 'H'],
  [/^(?:m|mins?|minutes?)$/i, 'PT', 'M'],
  [/^(?:s|secs?|seconds?)$/i, 'PT', 'S'],
];

/** What was probably meant by a text that is no duration. */
function durationHint(text: string): string | undefined {
  if (text.length > 32) return undefined;
  const [, count, word = ''] = /^(-?\d+)\s*([a-z]*)$/i.exec(text) ?? [];
  const [, prefix, letter] = UNIT_WORDS.find(([words]) => words.test(word)) ?? [];
  if (count !== undefined && prefix !== undefined && letter !== undefined) {
    const [sign, digits] = count.startsWith('-') ? ['-', count.slice(1)] : ['', count];
    return `in ISO 8601 it is ${sign}${prefix}${digits}${letter}`;
  }
  if (count !== undefined && word === '') {
    return `it has no unit: PT${count.replace('-', '')}M is so many minutes, P${count.replace('-', '')}D so many days`;
  }
  const [, hours, minutes, seconds = '0'] = /^(\d{1,4}):(\d{2})(?::(\d{2}))?$/.exec(text) ?? [];
  if (hours !== undefined) {
    const rest = Number(seconds) === 0 ? '' : `${Number(seconds)}S`;
    return `in ISO 8601 it is PT${Number(hours)}H${Number(minutes)}M${rest}`;
  }
  const [, days, time] = /^(P(?:\d+[YMWD])*?)((?:\d+(?:[.,]\d+)?[HMS])+)$/i.exec(text) ?? [];
  if (days !== undefined && time !== undefined && SHAPE.test(`${days}T${time}`)) {
    return `hours, minutes and seconds stand after a T, as in ${days}T${time}`;
  }
  return undefined;
}

/** A fraction of an hour or a minute is cut at the nanosecond. */
function nanoseconds(whole: string | undefined, fraction: string | undefined, unit: bigint): bigint {
  if (whole === undefined) return 0n;
  const part = fraction === undefined ? 0n : (BigInt(fraction.padEnd(9, '0')) * unit) / NS_PER_SECOND;
  return BigInt(whole) * unit + part;
}

export const negated = ({ years, months, weeks, days, timeNs }: Duration): Duration => ({
  years: -years,
  months: -months,
  weeks: -weeks,
  days: -days,
  timeNs: -timeNs,
});

export const invalid = (text: string, why: string): Problem =>
  new Problem('INVALID_DURATION', `${quote(text)} is not a duration that can be used here: ${why}.`);
