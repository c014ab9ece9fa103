import { dateOf, dayOf } from '../engine/gregorian.ts';
import { createClock, type ZoneClock } from '../engine/zone-clock.ts';
import { type Budget, COST } from '../budget.ts';
import { type Candidates, chosenBy, firstFrom, timesOf } from './candidates.ts';
import { dayPasses } from './days.ts';
import { exclusionsOf } from './exclusions.ts';
import type { Rule } from './rule.ts';
import type { Recurrence } from './text.ts';

const UNIT_SECONDS = { HOURLY: 3600, MINUTELY: 60, SECONDLY: 1 };

/** The last second of the year 9999. */
const LAST = dayOf(10_000, 1, 1) * 86_400 - 1;

/**
 * The first occurrence after `after`, and before `limit` if there is one, of a rule by hours, minutes or seconds; epoch seconds, or null when it has ended. Its
 * periods are exact time, so that an hour that the clocks skip does not exist and one that they repeat comes twice; the
 * other parts of the rule are read off the zone's clock.
 */
export function nextInExactTime(
  recurrence: Recurrence,
  after: number,
  limit: number,
  budget: Budget,
): number | null {
  const { rule, start, until, zone } = recurrence;
  const unit = UNIT_SECONDS[rule.freq as keyof typeof UNIT_SECONDS];
  const step = unit * rule.interval;
  const look = () => budget.spend(COST.transition);
  const clock = createClock(zone, look);
  const exclusions = exclusionsOf(recurrence, zone, createClock(zone, look));
  const last = Math.min(until, limit, LAST);
  const isPlain = hasNoParts(rule);
  const listed = isPlain ? 0 : listedIn(rule);
  // A plain rule counts itself; any other that has a count is gone through from its start.
  const fromStart = rule.count !== null && !isPlain;
  let index = fromStart ? 0 : Math.max(0, Math.floor((after - start.epoch) / step));
  const countAt = (at: number) =>
    isPlain && rule.count !== null ? rule.count - at : (rule.count ?? Infinity);
  let left = countAt(index);

  while (left > 0) {
    budget.spend(COST.moment + listed);
    const moment = start.epoch + index * step;
    if (moment > last) return null;
    const jump = isPlain ? moment : passes(rule, moment, clock, unit);
    let next = index + 1;
    if (jump > moment) {
      next = Math.max(next, Math.ceil((jump - start.epoch) / step));
    } else {
      if (!isPlain) budget.spend(COST.expansion);
      const all = isPlain ? single(moment) : expanded(rule, moment, clock, unit);
      for (let at = firstFrom(all, start.epoch); at < all.length && left > 0; at++) {
        budget.spend(COST.candidate);
        const epoch = all.at(at);
        left--;
        if (epoch > until) return null;
        if (epoch <= after) continue;
        const free = exclusions(epoch);
        if (free === epoch) return epoch;
        if (fromStart) continue;
        // What lies before the end of what is excluded need not be looked at.
        next = Math.max(next, Math.floor((free - start.epoch) / step));
        at = Math.max(at, firstFrom(all, free) - 1);
      }
    }
    if (!fromStart) left = countAt(next);
    index = next;
  }
  return null;
}

const hasNoParts = ({ bySecond, byMinute, byHour, byDay, byMonthDay, byYearDay, byMonth }: Rule): boolean =>
  [bySecond, byMinute, byHour, byDay, byMonthDay, byYearDay, byMonth].every((part) => part === null);

/** What looking a moment's fields up in the rule's lists costs. */
const listedIn = (rule: Rule): number =>
  COST.listed *
  [rule.byDay, rule.byMonthDay, rule.byYearDay, rule.bySetPos].reduce(
    (sum, list) => sum + (list?.length ?? 0),
    0,
  );

const single = (moment: number): Candidates => ({ length: 1, at: () => moment });

/** The moment itself when its period passes the parts that limit it; else a later one before which none can. */
function passes(rule: Rule, moment: number, clock: ZoneClock, unit: number): number {
  const offset = clock.offset(moment);
  const local = moment + offset;
  const day = Math.floor(local / 86_400);
  /** The moment of a later local time, or of a change of the clocks before it. */
  const jumpTo = (later: number): number => Math.min(later - offset, clock.changesAt());

  if (rule.byMonth !== null) {
    const { year, month } = dateOf(day);
    if (!rule.byMonth.includes(month))
      return jumpTo(dayOf(year + Math.floor(month / 12), (month % 12) + 1, 1) * 86_400);
  }
  if (!dayPasses(rule, day)) return jumpTo((day + 1) * 86_400);
  const time = local - day * 86_400;
  const hour = Math.floor(time / 3600);
  if (rule.byHour !== null && !rule.byHour.includes(hour)) return jumpTo(day * 86_400 + (hour + 1) * 3600);
  const minute = Math.floor(time / 60);
  if (unit < 3600 && rule.byMinute !== null && !rule.byMinute.includes(minute % 60)) {
    return jumpTo(day * 86_400 + (minute + 1) * 60);
  }
  if (unit < 60 && rule.bySecond !== null && !rule.bySecond.includes(time % 60)) return jumpTo(local + 1);
  return moment;
}

/** The moments of a period: the minutes and seconds that are named in an hour, the seconds in a minute. */
function expanded(rule: Rule, moment: number, clock: ZoneClock, unit: number): Candidates {
  const ofUnit = (moment + clock.offset(moment)) % unit;
  const begin = moment - (ofUnit < 0 ? ofUnit + unit : ofUnit);
  const time = moment - begin;
  const minutes = unit === 3600 ? (rule.byMinute ?? [Math.floor(time / 60)]) : [0];
  const seconds = unit >= 60 ? (rule.bySecond ?? [time % 60]) : [0];
  const times = timesOf([0], minutes, seconds);
  return chosenBy(rule.bySetPos, { length: times.length, at: (index) => begin + times.at(index) });
}
