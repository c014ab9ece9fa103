import { Temporal } from '../../temporal.ts';
import { addDuration } from './arithmetic.ts';
import { dateOf, NS_PER_SECOND, splitLocal } from './gregorian.ts';
import type { Duration } from '../input/duration.ts';
import { offsetAt } from './offsets.ts';

export const DIFFERENCE_UNITS = ['year', 'month', 'week', 'day', 'hour', 'minute', 'second'] as const;
export type DifferenceUnit = (typeof DIFFERENCE_UNITS)[number];

const isTimeUnit = (unit: DifferenceUnit): unit is 'hour' | 'minute' | 'second' =>
  unit === 'hour' || unit === 'minute' || unit === 'second';

/**
 * The duration between two moments (epoch nanoseconds) on the clock and calendar of a zone: as many of the date units as do
 * not lead beyond the end, then exact time. Adding it to the start leads to the end, always: Temporal's own `until` misses
 * when the start is the second run of a repeated hour and less than a day is left. Throws `OUT_OF_RANGE`.
 */
export function difference(
  fromNs: bigint,
  toNs: bigint,
  zone: string,
  largestUnit: DifferenceUnit,
): Duration {
  const none = { years: 0, months: 0, weeks: 0, days: 0 };
  if (isTimeUnit(largestUnit)) return { ...none, timeNs: toNs - fromNs };
  const direction = toNs < fromNs ? -1 : 1;
  const { day: fromDay, timeNs: fromTime } = splitLocal(fromNs + offsetAt(zone, fromNs));
  const { day: lastDay, timeNs: toTime } = splitLocal(toNs + offsetAt(zone, toNs));
  // As on a wall: a time of day beyond the end's costs a day, and so may one that a gap moves.
  const isBeyond = direction > 0 ? fromTime > toTime : fromTime < toTime;
  let toDay = isBeyond ? lastDay - direction : lastDay;
  while ((toDay - fromDay) * direction > 0) {
    const { years, months, weeks, days } = plainDate(fromDay).until(plainDate(toDay), { largestUnit });
    const dates = { years, months, weeks, days, timeNs: 0n };
    const start = { epochNs: fromNs, resolution: 'exact' } as const;
    const landed = addDuration(start, zone, dates, { disambiguation: 'compatible', overflow: 'constrain' });
    const timeNs = toNs - landed.epochNs;
    if (timeNs === 0n || timeNs < 0n === direction < 0) return { ...dates, timeNs };
    toDay -= direction;
  }
  return { ...none, timeNs: toNs - fromNs };
}

function plainDate(epochDay: number): Temporal.PlainDate {
  const { year, month, day } = dateOf(epochDay);
  return new Temporal.PlainDate(year, month, day);
}

/** ISO 8601 text, its time in the units from `largestUnit` down; hours at most. */
export function formatDuration(duration: Duration, largestUnit: DifferenceUnit): string {
  const { years, months, weeks, days, timeNs } = duration;
  const isNegative = years < 0 || months < 0 || weeks < 0 || days < 0 || timeNs < 0n;
  const part = (amount: number | bigint, unit: string): string =>
    Number(amount) === 0 ? '' : `${String(amount).replace('-', '')}${unit}`;
  const date = part(years, 'Y') + part(months, 'M') + part(weeks, 'W') + part(days, 'D');

  let seconds = (timeNs < 0n ? -timeNs : timeNs) / NS_PER_SECOND;
  const fraction = String((timeNs < 0n ? -timeNs : timeNs) % NS_PER_SECOND)
    .padStart(9, '0')
    .replace(/0+$/, '');
  let time = '';
  if (largestUnit !== 'minute' && largestUnit !== 'second') {
    time += part(seconds / 3600n, 'H');
    seconds %= 3600n;
  }
  if (largestUnit !== 'second') {
    time += part(seconds / 60n, 'M');
    seconds %= 60n;
  }
  if (fraction !== '') time += `${seconds}.${fraction}S`;
  else time += part(seconds, 'S');
  const text = `P${date}${time === '' ? '' : `T${time}`}`;
  return text === 'P' ? 'PT0S' : `${isNegative ? '-' : ''}${text}`;
}
