import { Problem } from '../../../errors.ts';
import type { Disambiguation } from '../../../schemas/manipulation.ts';
import { dateOf, dayOf, daysInMonth, joinLocal, splitLocal } from './gregorian.ts';
import type { Duration } from '../input/duration.ts';
import { pad2, pad4 } from '../input/text.ts';
import { offsetAt, outOfRange } from './offsets.ts';
import { type Moment, settle } from './local-time.ts';

export interface AddOptions {
  disambiguation: Disambiguation;
  overflow: string;
}

/**
 * Adds as RFC 5545 and Temporal do: years and months on the zone's calendar, then weeks and days, then the local time is
 * settled, and only then the exact time is added. Throws `DATE_OVERFLOW`, `OUT_OF_RANGE`, `LOCAL_TIME_AMBIGUOUS` or
 * `LOCAL_TIME_NONEXISTENT`.
 */
export function addDuration(
  source: Moment,
  zone: string,
  duration: Duration,
  { disambiguation, overflow }: AddOptions,
): Moment {
  const { years, months, weeks, days, timeNs } = duration;
  if (years === 0 && months === 0 && weeks === 0 && days === 0) {
    return { epochNs: source.epochNs + timeNs, resolution: source.resolution };
  }
  const { day, timeNs: timeOfDay } = splitLocal(source.epochNs + offsetAt(zone, source.epochNs));
  const landed =
    (years === 0 && months === 0 ? day : addMonths(day, years * 12 + months, overflow)) + weeks * 7 + days;
  const { epochNs, resolution } = settle(joinLocal(landed, timeOfDay), zone, disambiguation);
  return { epochNs: epochNs + timeNs, resolution };
}

function addMonths(epochDay: number, months: number, overflow: string): number {
  const { year, month, day } = dateOf(epochDay);
  const count = year * 12 + month - 1 + months;
  const newYear = Math.floor(count / 12);
  const newMonth = count - newYear * 12 + 1;
  // A year either side, as a moment of UTC's year 9999 may lie in a local year 10000 and the other way round.
  if (newYear < -1 || newYear > 10_000) throw outOfRange();
  const last = daysInMonth(newYear, newMonth);
  if (day > last && overflow === 'reject') {
    throw new Problem(
      'DATE_OVERFLOW',
      `${pad4(newYear)}-${pad2(newMonth)} has no day ${day}: start from another day, or set overflow to constrain for the month's last.`,
    );
  }
  return dayOf(newYear, newMonth, Math.min(day, last));
}
