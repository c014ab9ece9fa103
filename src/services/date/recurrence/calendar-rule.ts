import { dayOf } from '../engine/gregorian.ts';
import { createClock, type ZoneClock } from '../engine/zone-clock.ts';
import { type Budget, COST } from './budget.ts';
import { type Candidates, candidatesOf, chosenBy, firstFrom, timesOf } from './candidates.ts';
import { nextIndex, periodsOf } from './periods.ts';
import type { Rule } from './rule.ts';
import type { Recurrence } from './text.ts';

export type GapPolicy = 'skip' | 'compatible';

/** The last day of the year 9999. */
const LAST_DAY = dayOf(9999, 12, 31);

/** What a search looks for, and how many occurrences the rule has left to count. */
interface Search {
  after: number;
  until: number;
  policy: GapPolicy;
  isExcluded: (epoch: number) => boolean;
  clock: ZoneClock;
  budget: Budget;
  left: number;
}

/**
 * The first occurrence after `after` of a rule whose periods are days or longer; epoch seconds, or null when it has ended.
 * Its times are on the zone's clock: one that the clocks skip is left out and not counted (RFC 5545 3.3.10), or with
 * `compatible` moved behind the gap; one that they show twice occurs the first time.
 */
export function nextOnCalendar(
  { rule, start, until, zone }: Recurrence,
  after: number,
  policy: GapPolicy,
  isExcluded: (epoch: number) => boolean,
  budget: Budget,
): number | null {
  const clock = createClock(zone, () => budget.spend(COST.transition));
  const search = { after, until, policy, isExcluded, clock, budget, left: rule.count ?? Infinity };
  const startDay = Math.floor(start.local / DAY);
  const periods = periodsOf(rule, startDay);
  const times = timesOf(...timeParts(rule, start.local - startDay * DAY));
  const searched = earliestReading(clock, after);
  const origin = periods.indexOf(startDay);
  // Without a count, what lies before the source need not be gone through.
  const before = rule.count === null ? periods.indexOf(Math.floor(searched / DAY)) - origin : 0;
  let index = origin + Math.max(0, Math.floor(before / rule.interval)) * rule.interval;

  for (let first = periods.firstDay(index); first <= LAST_DAY; first = periods.firstDay(index)) {
    const days = periods.daysOf(first);
    budget.spend(periods.cost + days.length);
    const all = chosenBy(rule.bySetPos, candidatesOf(days, times));
    const from = firstFrom(all, rule.count === null ? Math.max(searched, start.local) : start.local);
    const last = all.at(all.length - 1);
    if (from < all.length && last < searched && clock.isPlain(all.at(from), last)) {
      // All of them only count, and so do whole periods that are alike.
      const alike =
        periods.length === null ? 0 : wholeBetween(last, searched, periods.length * rule.interval, clock);
      search.left -= all.length - from + alike * all.length;
      index += alike * rule.interval;
      budget.counted();
    } else {
      const found = scan(all, from, search);
      if (found !== null) return found === ENDED ? null : found;
    }
    if (search.left <= 0) return null;
    index = nextIndex(rule, periods, index);
  }
  return null;
}

const DAY = 86_400;
const ENDED = Infinity;

/** How many more steps of so many days a local time can make before the searched one and before the clocks change. */
const wholeBetween = (local: number, searched: number, days: number, clock: ZoneClock): number =>
  Math.max(0, Math.ceil((Math.min(searched, clock.plainUntil()) - local) / (days * DAY)) - 1);

/** The first candidate from an index on that occurs after the source; null when none does, `ENDED` when none ever will. */
function scan(all: Candidates, from: number, search: Search): number | null {
  const { after, until, policy, isExcluded, clock, budget } = search;
  let moved: number | null = null;
  for (let at = from; at < all.length && search.left > 0; at++) {
    budget.spend(COST.candidate);
    const { epoch, gapEnd } = clock.settle(all.at(at));
    if (gapEnd !== null && policy === 'skip') {
      at = firstFrom(all, gapEnd) - 1;
      continue;
    }
    search.left--;
    if (search.left < Infinity && epoch <= after) budget.counted();
    if (epoch > until && gapEnd === null) return moved ?? ENDED;
    if (epoch <= after || epoch > until || isExcluded(epoch)) continue;
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
    // RFC 5545 lets second 60 stand; no clock here has it.
    rule.bySecond?.filter((second) => second < 60) ?? [startTime % 60],
  ];
}
