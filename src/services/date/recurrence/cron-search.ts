import { type Budget, COST } from '../budget.ts';
import { dateOf, dayOf, floorDiv, NS_PER_SECOND } from '../engine/gregorian.ts';
import { createClock, type ZoneClock } from '../engine/zone-clock.ts';
import type { GapPolicy } from './calendar-rule.ts';
import { candidatesOf, firstFrom, timesOf } from './candidates.ts';
import { type Cron, parseCron } from './cron.ts';
import type { NextAfter } from './index.ts';

const DAY = 86_400;
/** The calendar repeats after 400 years, so a day that no month of as many has, none will ever have. */
const MONTHS_OF_CYCLE = 4800;
const MONTHS_OF_TIME = 120_000;
const LAST = dayOf(10_000, 1, 1) * DAY - 1;

/**
 * The moments of a cron expression on the clock of a zone. One whose hour begins with `*` runs by exact time: an hour that
 * the clocks skip is not there, and one that they show twice is there twice. Any other runs on the wall clock: a time that
 * the clocks skip is left out, or with `compatible` moved behind the gap, and one that they show twice comes once, the
 * first time.
 * @throws Problem `INVALID_CRON_EXPRESSION`; and, when it is asked for a moment, `OUT_OF_RANGE`, and `NO_OCCURRENCE` where
 * the search is given up
 */
export function cronMoments(text: string, zone: string, policy: GapPolicy, budget: Budget): NextAfter {
  budget.spend(text.length);
  const cron = parseCron(text);
  return (afterNs) => {
    const after = Number(floorDiv(afterNs, NS_PER_SECOND));
    const clock = createClock(zone, () => budget.spend(COST.transition));
    const next = cron.everyHour
      ? nextInExactTime(cron, after, clock, budget)
      : nextOnWall(cron, after, policy, clock, budget);
    return next === null ? null : BigInt(next) * NS_PER_SECOND;
  };
}

/** The days that it names in a month, which is counted from January of the year 0. The last month is remembered. */
function daysOfMonths(cron: Cron, budget: Budget): (index: number) => number[] {
  let last = NaN;
  let days: number[] = [];
  return (index) => {
    if (index === last) return days;
    const month = (index % 12) + 1;
    const isNamed = cron.months.includes(month);
    budget.spend(isNamed ? COST.period.MONTHLY * 4 : 1);
    days = isNamed ? cron.daysOf(Math.floor(index / 12), month) : [];
    last = index;
    return days;
  };
}

function nextOnWall(
  cron: Cron,
  after: number,
  policy: GapPolicy,
  clock: ZoneClock,
  budget: Budget,
): number | null {
  const times = timesOf(cron.hours, cron.minutes, [0]);
  // Just before, the clocks may have jumped over times that `compatible` moves behind the jump.
  const earliest = after + Math.min(clock.offset(after - DAY), clock.offset(after));
  const daysOf = daysOfMonths(cron, budget);
  const { year, month } = dateOf(Math.floor(earliest / DAY));
  let empty = 0;
  for (let index = year * 12 + month - 1; index < MONTHS_OF_TIME && empty <= MONTHS_OF_CYCLE; index++) {
    const days = daysOf(index);
    empty = days.length === 0 ? empty + 1 : 0;
    const all = candidatesOf(days, times);
    let moved: number | null = null;
    for (let at = firstFrom(all, earliest); at < all.length; at++) {
      budget.spend(COST.candidate);
      const { epoch, gapEnd } = clock.settle(all.at(at));
      if (gapEnd !== null && policy === 'skip') at = firstFrom(all, gapEnd) - 1;
      else if (epoch > after && gapEnd === null) return Math.min(epoch, moved ?? epoch);
      // What was moved behind a gap may lie after a later one that was not.
      else if (epoch > after) moved = Math.min(epoch, moved ?? epoch);
    }
    if (moved !== null) return moved;
  }
  return null;
}

function nextInExactTime(cron: Cron, after: number, clock: ZoneClock, budget: Budget): number | null {
  const daysOf = daysOfMonths(cron, budget);
  let epoch = after + 1;
  while (epoch <= LAST) {
    budget.spend(COST.moment);
    const offset = clock.offset(epoch);
    const local = epoch + offset;
    const next = nextOnClock(cron, local, daysOf);
    if (next === local) return epoch;
    // A change of the clocks may lie between.
    epoch = Math.max(epoch + 1, Math.min(next - offset, clock.changesAt()));
  }
  return null;
}

/** The local time itself when it is named; else a later one before which none can be. */
function nextOnClock(cron: Cron, local: number, daysOf: (index: number) => number[]): number {
  const day = Math.floor(local / DAY);
  const { year, month } = dateOf(day);
  const days = daysOf(year * 12 + month - 1);
  if (!days.includes(day)) {
    const later = days.find((one) => one > day);
    return (later ?? dayOf(month === 12 ? year + 1 : year, (month % 12) + 1, 1)) * DAY;
  }
  const time = local - day * DAY;
  const hour = Math.floor(time / 3600);
  if (!cron.hours.includes(hour)) return day * DAY + (hour + 1) * 3600;
  const isNamed = time % 60 === 0 && cron.minutes.includes(Math.floor(time / 60) % 60);
  return isNamed ? local : local - (time % 60) + 60;
}
