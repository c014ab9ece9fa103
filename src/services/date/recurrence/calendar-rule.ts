import { dayOf } from '../engine/gregorian.ts';
import { createClock, type ZoneClock } from '../engine/zone-clock.ts';
import { type Budget, COST } from '../budget.ts';
import { type Candidates, candidatesOf, chosenBy, firstFrom, timesOf } from './candidates.ts';
import { type Exclusions, exclusionsOf } from './exclusions.ts';
import { nextIndex, periodsOf } from './periods.ts';
import type { Frequency, Rule } from './rule.ts';
import type { Recurrence } from './text.ts';

export type GapPolicy = 'skip' | 'compatible';

/** The last day of the year 9999. */
const LAST_DAY = dayOf(9999, 12, 31);

/** The calendar repeats after 400 years, so what no period of as many has, none will ever have. */
const PERIODS_OF_CYCLE: Record<Frequency, number> = {
  YEARLY: 400,
  MONTHLY: 4800,
  WEEKLY: 20_871,
  DAILY: 146_097,
  HOURLY: Infinity,
  MINUTELY: Infinity,
  SECONDLY: Infinity,
};

/** What a search looks for, and how many occurrences the rule has left to count. */
interface Search {
  after: number;
  until: number;
  policy: GapPolicy;
  exclusions: Exclusions;
  clock: ZoneClock;
  /** For a look at what comes later, so that `clock` stays where the search is. */
  ahead: ZoneClock;
  budget: Budget;
  left: number;
}

/**
 * The first occurrence after `after`, and before `limit` if there is one, of a rule whose periods are days or longer; epoch seconds, or null when it has ended.
 * Its times are on the zone's clock: one that the clocks skip is left out and not counted (RFC 5545 3.3.10), or with
 * `compatible` moved behind the gap; one that they show twice occurs the first time.
 */
export function nextOnCalendar(
  recurrence: Recurrence,
  after: number,
  limit: number,
  policy: GapPolicy,
  budget: Budget,
): number | null {
  const { start, until, zone } = recurrence;
  const rule = inLargerPeriods(recurrence.rule);
  const look = () => budget.spend(COST.transition);
  const clock = createClock(zone, look);
  const ahead = createClock(zone, look);
  const exclusions = exclusionsOf(recurrence, zone, ahead);
  const search = { after, until, policy, exclusions, clock, ahead, budget, left: rule.count ?? Infinity };
  const lastDay = Math.min(LAST_DAY, Math.floor(Math.min(until, limit) / DAY) + 2);
  const startDay = Math.floor(start.local / DAY);
  const periods = periodsOf(rule, startDay);
  const times = timesOf(...timeParts(rule, start.local - startDay * DAY));
  const searched = earliestReading(clock, after);
  const origin = periods.indexOf(startDay);
  // Without a count, what lies before the source need not be gone through.
  const before = rule.count === null ? periods.indexOf(Math.floor(searched / DAY)) - origin : 0;
  let index = origin + Math.max(0, Math.floor(before / rule.interval)) * rule.interval;

  let empty = 0;

  for (let first = periods.firstDay(index); first <= lastDay; first = periods.firstDay(index)) {
    budget.spend(periods.cost);
    const days = periods.daysOf(first);
    budget.spend(days.length * COST.listed);
    const all = chosenBy(rule.bySetPos, candidatesOf(days, times));
    if (all.length > 0) empty = 0;
    else if (++empty > PERIODS_OF_CYCLE[rule.freq]) return null;
    const from = firstFrom(all, rule.count === null ? Math.max(searched, start.local) : start.local);
    const last = all.at(all.length - 1);
    if (from < all.length && last < searched && clock.isPlain(all.at(from), last)) {
      // All of them only count, and so do whole periods that are alike.
      const alike =
        periods.length === null ? 0 : wholeBetween(last, searched, periods.length * rule.interval, clock);
      search.left -= all.length - from + alike * all.length;
      index += alike * rule.interval;
    } else {
      const found = scan(all, from, search);
      if (found !== null) return found === ENDED ? null : found;
    }
    if (search.left <= 0) return null;
    index = nextIndex(rule, periods, index);
  }
  return null;
}

const ALL_DAYS = Array.from({ length: 31 }, (_, index) => index + 1);

/** A rule by days as the one by weeks or months that occurs at the same times, and of which more is counted at once. */
function inLargerPeriods(rule: Rule): Rule {
  const { freq, interval, byDay, byMonth, byMonthDay, bySetPos } = rule;
  if (freq !== 'DAILY' || interval !== 1 || bySetPos !== null) return rule;
  if (byMonthDay !== null) return { ...rule, freq: 'MONTHLY' };
  if (byDay !== null) return { ...rule, freq: 'WEEKLY' };
  return byMonth === null ? rule : { ...rule, freq: 'MONTHLY', byMonthDay: ALL_DAYS };
}

const DAY = 86_400;
const ENDED = Infinity;

/** How many more steps of so many days a local time can make before the searched one and before the clocks change. */
const wholeBetween = (local: number, searched: number, days: number, clock: ZoneClock): number =>
  Math.max(0, Math.ceil((Math.min(searched, clock.plainUntil()) - local) / (days * DAY)) - 1);

/** The first candidate from an index on that occurs after the source; null when none does, `ENDED` when none ever will. */
function scan(all: Candidates, from: number, search: Search): number | null {
  const { after, until, policy, exclusions, clock, ahead, budget } = search;
  let moved: number | null = null;
  for (let at = from; at < all.length && search.left > 0; at++) {
    budget.spend(COST.candidate);
    const { epoch, gapEnd } = clock.settle(all.at(at));
    if (gapEnd !== null && policy === 'skip') {
      at = firstFrom(all, gapEnd) - 1;
      continue;
    }
    search.left--;
    if (epoch > until && gapEnd === null) return moved ?? ENDED;
    if (epoch <= after || epoch > until) continue;
    const free = exclusions(epoch);
    if (free > epoch) {
      // Without a count, all that lies on days that are excluded is passed over.
      const earliest = free + Math.min(ahead.offset(epoch), ahead.offset(free));
      if (search.left === Infinity) at = Math.max(at, firstFrom(all, earliest) - 1);
      continue;
    }
    // What was moved behind a gap may lie after a later one that was not.
    if (gapEnd === null) return Math.min(epoch, moved ?? epoch);
    moved = Math.min(epoch, moved ?? epoch);
  }
  return moved;
}

/**
 * The earliest local time whose moment can lie after `after`: just before, the clocks may have jumped over times that
 * `compatible` moves behind the jump.
 */
const earliestReading = (clock: ZoneClock, after: number): number =>
  after + Math.min(clock.offset(after - DAY), clock.offset(after));

/** The hours, minutes and seconds of a day: those of DTSTART where the rule names none. */
function timeParts(rule: Rule, startTime: number): [number[], number[], number[]] {
  return [
    rule.byHour ?? [Math.floor(startTime / 3600)],
    rule.byMinute ?? [Math.floor(startTime / 60) % 60],
    rule.bySecond ?? [startTime % 60],
  ];
}
