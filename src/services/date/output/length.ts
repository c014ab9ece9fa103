import type { DurationFormat } from '../../../schemas/manipulation.ts';
import { addDuration } from '../engine/arithmetic.ts';
import { difference, formatDuration } from '../engine/difference.ts';
import { NS_PER_DAY } from '../engine/gregorian.ts';
import type { Length } from '../operation.ts';

const MS_PER = { hours: 3_600_000, minutes: 60_000, seconds: 1000 };

/**
 * A length of time as ISO 8601 text or as a number. Days follow the calendar of its zone: what is left of the last one
 * counts as the part of that very day that it is, be it of 23 hours.
 * @throws Problem `OUT_OF_RANGE`
 */
export function writeLength(length: Length, format: DurationFormat): string | number {
  const { fromNs, toNs, zone, largestUnit } = length;
  switch (format) {
    case 'iso8601':
      return formatDuration(difference(fromNs, toNs, zone, largestUnit), largestUnit);
    case 'days':
      return daysBetween(length);
    default:
      // Exact, as a length is rounded to milliseconds at the finest.
      return Number((toNs - fromNs) / 1_000_000n) / MS_PER[format];
  }
}

const SETTLED = { disambiguation: 'compatible', overflow: 'constrain' } as const;

function daysBetween({ fromNs, toNs, zone }: Length): number {
  const { days, timeNs } = difference(fromNs, toNs, zone, 'day');
  if (timeNs === 0n) return days;
  const dayAt = (count: number): bigint =>
    addDuration(
      { epochNs: fromNs, resolution: 'exact' },
      zone,
      { years: 0, months: 0, weeks: 0, days: count, timeNs: 0n },
      SETTLED,
    ).epochNs;
  const direction = toNs < fromNs ? -1 : 1;
  const dayNs = dayAt(days + direction) - dayAt(days);
  // A day that the zone left out has no length; what is left is then told in days of 24 hours.
  return days + (direction * Number(timeNs)) / Number(dayNs === 0n ? NS_PER_DAY * BigInt(direction) : dayNs);
}
