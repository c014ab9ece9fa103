import { Problem } from '../../../errors.ts';
import { weekdayOf } from '../engine/gregorian.ts';

/** Which days people work: the week, and single days that differ from it. */
export interface WorkingDays {
  /** ISO weekdays on which nobody works. */
  weekend: ReadonlySet<number>;
  /** Epoch days, true for one that is worked and false for one that is not. */
  exceptions: ReadonlyMap<number, boolean>;
}

/**
 * The day that lies `count` working days after an epoch day (before it for `direction` -1); the day itself for 0. From a
 * day that is not worked the count starts there, so the first working day after a Saturday is Monday. Whole weeks are
 * stepped over at once, so that the cost follows the exceptions and not the count. Throws `NO_OCCURRENCE`.
 */
export function moveWorkingDays(
  from: number,
  count: number,
  direction: 1 | -1,
  calendar: WorkingDays,
): number {
  const { weekend, exceptions } = calendar;
  const ahead = [...exceptions]
    .filter(([day]) => (day - from) * direction > 0)
    .sort(([a], [b]) => (a - b) * direction);
  let day = from;
  let left = count;
  for (const [exception, worked] of ahead) {
    const before = regularDays(day, exception - direction, direction, weekend);
    if (before >= left) break;
    left -= before + (worked ? 1 : 0);
    day = exception;
    if (left === 0) return day;
  }
  return left === 0 ? day : moveRegularDays(day, left, direction, weekend);
}

/** How many working days of the plain week lie after `from` up to `to`, in that direction. */
function regularDays(from: number, to: number, direction: 1 | -1, weekend: ReadonlySet<number>): number {
  const total = (to - from) * direction;
  const weeks = Math.floor(total / 7);
  let found = weeks * (7 - weekend.size);
  for (let step = weeks * 7 + 1; step <= total; step++) {
    if (!weekend.has(weekdayOf(from + step * direction))) found++;
  }
  return found;
}

function moveRegularDays(
  from: number,
  count: number,
  direction: 1 | -1,
  weekend: ReadonlySet<number>,
): number {
  const perWeek = 7 - weekend.size;
  if (perWeek === 0) {
    throw new Problem(
      'NO_OCCURRENCE',
      'Every day of the week is a weekend, so there are not that many working days.',
    );
  }
  const weeks = Math.floor((count - 1) / perWeek);
  let day = from + weeks * 7 * direction;
  let left = count - weeks * perWeek;
  while (left > 0) {
    day += direction;
    if (!weekend.has(weekdayOf(day))) left--;
  }
  return day;
}
