import { Problem } from '../../../errors.ts';
import type { Budget } from '../budget.ts';
import { dateOf, weekdayOf } from '../engine/gregorian.ts';

/** Which days people work: the week, and single days that differ from it. */
export interface WorkingDays {
  /** ISO weekdays that are no working days. */
  weekend: ReadonlySet<number>;
  /** Epoch days, true for one that is worked and false for one that is not. */
  exceptions: ReadonlyMap<number, boolean>;
  /** The days of the exceptions in order. */
  sorted: readonly number[];
}

/** Of each exception that is passed. */
const EXCEPTION_STEPS = 1;

export const workingDaysOf = (
  weekend: readonly number[],
  exceptions: ReadonlyMap<number, boolean>,
): WorkingDays => ({
  weekend: new Set(weekend),
  exceptions,
  sorted: [...exceptions.keys()].sort((a, b) => a - b),
});

/** How many of the days in order are not after another one. */
function countUpTo(sorted: readonly number[], day: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] ?? Infinity) <= day) low = middle + 1;
    else high = middle;
  }
  return low;
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
  { weekend, exceptions, sorted }: WorkingDays,
  budget: Budget,
): number {
  let day = from;
  let left = count;
  let next = direction === 1 ? countUpTo(sorted, from) : countUpTo(sorted, from - 1) - 1;
  for (; ; next += direction) {
    const exception = sorted[next];
    if (exception === undefined) break;
    budget.spend(EXCEPTION_STEPS);
    const before = regularDays(day, exception - direction, direction, weekend);
    if (before >= left) break;
    left -= before + (exceptions.get(exception) === true ? 1 : 0);
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
      'Every day of the week is a weekend, so there are not that many working days: leave a day out of weekend, which is [6, 7] by default.',
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

export const isWorked = (day: number, { weekend, exceptions }: WorkingDays): boolean =>
  exceptions.get(day) ?? !weekend.has(weekdayOf(day));

/**
 * The working days after one day up to and including another, so that `moveWorkingDays` leads there; before it, down to
 * and including the other, and negative, where that is earlier.
 */
export function countWorkingDays(
  from: number,
  to: number,
  { weekend, exceptions, sorted }: WorkingDays,
  budget: Budget,
): number {
  const direction = to < from ? -1 : 1;
  let count = regularDays(from, to, direction, weekend);
  const [first, last] = direction === 1 ? [from, to] : [to - 1, from - 1];
  const within = sorted.slice(countUpTo(sorted, first), countUpTo(sorted, last));
  budget.spend(EXCEPTION_STEPS * within.length);
  for (const day of within) {
    count += Number(exceptions.get(day)) - Number(!weekend.has(weekdayOf(day)));
  }
  // Not -0.
  return count === 0 ? 0 : count * direction;
}

export const ROLLS = ['following', 'preceding', 'modified_following', 'modified_preceding'] as const;
type Roll = (typeof ROLLS)[number];

/**
 * The day itself when it is worked, else the working day that `roll` names: a modified roll goes the other way rather
 * than into another month.
 * @throws Problem `NO_OCCURRENCE`
 */
export function rollToWorkingDay(day: number, roll: Roll, calendar: WorkingDays, budget: Budget): number {
  if (isWorked(day, calendar)) return day;
  const direction = roll.endsWith('following') ? 1 : -1;
  const rolled = moveWorkingDays(day, 1, direction, calendar, budget);
  if (!roll.startsWith('modified') || dateOf(rolled).month === dateOf(day).month) return rolled;
  return moveWorkingDays(day, 1, direction === 1 ? -1 : 1, calendar, budget);
}
