import { dateOf, dayOf, weekdayOf } from '../engine/gregorian.ts';
import { COST } from '../budget.ts';
import { dayOfDay, type DaysOf, daysOfMonth, daysOfWeek, daysOfYear } from './days.ts';
import type { Rule } from './rule.ts';

/** The periods of a frequency: which one a day is in, and where one begins. Periods are counted without the interval. */
export interface Periods {
  /** Of one, in steps of the budget. */
  cost: number;
  /** Its days, when each has the same days of itself; else null. */
  length: number | null;
  indexOf(epochDay: number): number;
  firstDay(index: number): number;
  daysOf: DaysOf;
}

/** `startDay` is the day of DTSTART, which gives what the rule does not say. */
export function periodsOf(rule: Rule, startDay: number): Periods {
  const { freq, weekStart } = rule;
  switch (freq) {
    case 'YEARLY':
      return {
        cost: COST.period.YEARLY + COST.week * (rule.byWeekNo?.length ?? 0) + listedInYear(rule),
        length: null,
        indexOf: (day) => dateOf(day).year,
        firstDay: (year) => dayOf(year, 1, 1),
        daysOf: daysOfYear(rule, startDay),
      };
    case 'MONTHLY':
      return {
        cost: COST.period.MONTHLY + listedInMonth(rule),
        length: null,
        indexOf: (day) => dateOf(day).year * 12 + dateOf(day).month - 1,
        firstDay: (index) => dayOf(Math.floor(index / 12), (((index % 12) + 12) % 12) + 1, 1),
        daysOf: daysOfMonth(rule, startDay),
      };
    case 'WEEKLY':
      return {
        cost: COST.period.WEEKLY + listed(rule.byDay, rule.bySetPos),
        length: rule.byMonth === null ? 7 : null,
        indexOf: (day) => Math.floor((day - firstWeekday(weekStart)) / 7),
        firstDay: (index) => firstWeekday(weekStart) + index * 7,
        daysOf: daysOfWeek(rule, startDay),
      };
    default:
      return {
        cost: COST.period.DAILY + listed(rule.byDay, rule.byMonthDay, rule.byYearDay, rule.bySetPos),
        length: rule.byMonth === null && rule.byMonthDay === null && rule.byDay === null ? 1 : null,
        indexOf: (day) => day,
        firstDay: (day) => day,
        daysOf: dayOfDay(rule),
      };
  }
}

/** What going through lists once costs. */
const listed = (...lists: (readonly unknown[] | null)[]): number =>
  COST.listed * lists.reduce((sum, list) => sum + (list?.length ?? 0), 0);

const listedInMonth = ({ byDay, byMonthDay, bySetPos }: Rule): number => listed(byDay, byMonthDay, bySetPos);

/** Months are gone through one by one, and parts that widen the year are laid out over all of it. */
function listedInYear(rule: Rule): number {
  const { byDay, byMonth, byMonthDay, byYearDay, byWeekNo, bySetPos } = rule;
  const isLaidOut = byYearDay !== null || byWeekNo !== null;
  const months = byMonth?.length ?? (byMonthDay === null ? 1 : 12);
  return (
    listed(byYearDay, bySetPos) +
    months * (COST.period.MONTHLY + listed(byDay, byMonthDay)) +
    (isLaidOut ? 366 * COST.listed : 0)
  );
}

/** An early epoch day that is this weekday. */
const firstWeekday = (weekday: number): number => (weekday - weekdayOf(0) + 7) % 7;

/** The next period; a rule by days goes over months that it does not have at once. */
export function nextIndex(rule: Rule, periods: Periods, index: number): number {
  const next = index + rule.interval;
  if (rule.freq !== 'DAILY' || rule.byMonth === null) return next;
  const { year, month } = dateOf(periods.firstDay(next));
  if (rule.byMonth.includes(month)) return next;
  const later = rule.byMonth.find((one) => one > month);
  const target = dayOf(later === undefined ? year + 1 : year, later ?? rule.byMonth[0] ?? 1, 1);
  return next + Math.max(0, Math.ceil((target - next) / rule.interval)) * rule.interval;
}
