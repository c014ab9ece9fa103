import { dateOf, dayOf, daysInMonth, isLeapYear, weekdayOf } from '../engine/gregorian.ts';
import type { Rule, WeekdayOf } from './rule.ts';

/** The days of a period that a rule chooses, as epoch days in order; the period is given by its first day. */
export type DaysOf = (first: number) => number[];

const ALL_MONTHS = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12];

const inOrder = (days: number[]): number[] =>
  days.length < 2 ? days : [...new Set(days)].sort((a, b) => a - b);

const includes = (list: readonly number[] | null, value: number): boolean =>
  list === null || list.includes(value);

/** Counted from the start, or from the end when negative (`BYMONTHDAY=-1`). */
const fromEither = (list: readonly number[] | null, position: number, length: number): boolean =>
  list === null || list.includes(position) || list.includes(position - length - 1);

/** The days at these positions of a stretch, counted from either end. */
function daysAt(positions: readonly number[], first: number, length: number): number[] {
  const days: number[] = [];
  for (const position of positions) {
    const index = position > 0 ? position - 1 : length + position;
    if (index >= 0 && index < length) days.push(first + index);
  }
  return inOrder(days);
}

/** All the Mondays of a stretch of days, the second one (`2MO`), or the last (`-1MO`). */
function weekdaysWithin(byDay: readonly WeekdayOf[], first: number, length: number): number[] {
  const last = first + length - 1;
  const days: number[] = [];
  for (const { weekday, ordinal } of byDay) {
    const earliest = first + ((weekday - weekdayOf(first) + 7) % 7);
    const latest = last - ((weekdayOf(last) - weekday + 7) % 7);
    if (ordinal === null) {
      for (let day = earliest; day <= latest; day += 7) days.push(day);
    } else {
      const day = ordinal > 0 ? earliest + 7 * (ordinal - 1) : latest + 7 * (ordinal + 1);
      if (day >= first && day <= last) days.push(day);
    }
  }
  return inOrder(days);
}

const yearLength = (year: number): number => (isLeapYear(year) ? 366 : 365);

/** Whether a day passes the parts that only ever limit a period of a day or less. */
export function dayPasses(rule: Rule, epochDay: number): boolean {
  if (rule.byDay !== null && !rule.byDay.some(({ weekday }) => weekday === weekdayOf(epochDay))) return false;
  if (rule.byMonth === null && rule.byMonthDay === null && rule.byYearDay === null) return true;
  const { year, month, day } = dateOf(epochDay);
  return (
    includes(rule.byMonth, month) &&
    fromEither(rule.byMonthDay, day, daysInMonth(year, month)) &&
    fromEither(rule.byYearDay, epochDay - dayOf(year, 1, 1) + 1, yearLength(year))
  );
}

export const dayOfDay =
  (rule: Rule): DaysOf =>
  (first) =>
    dayPasses(rule, first) ? [first] : [];

/** Weeks begin on WKST. `start` is the day of DTSTART, which gives what the rule does not say. */
export function daysOfWeek(rule: Rule, start: number): DaysOf {
  const weekdays = rule.byDay?.map(({ weekday }) => weekday) ?? [weekdayOf(start)];
  const offsets = inOrder(weekdays.map((weekday) => (weekday - rule.weekStart + 7) % 7));
  const { byMonth } = rule;
  return (first) => {
    const days = offsets.map((offset) => first + offset);
    return byMonth === null ? days : days.filter((day) => byMonth.includes(dateOf(day).month));
  };
}

export const daysOfMonth =
  (rule: Rule, start: number): DaysOf =>
  (first) => {
    const { year, month } = dateOf(first);
    return includes(rule.byMonth, month) ? chosenInMonth(rule, start, year, month) : [];
  };

function chosenInMonth({ byMonthDay, byDay }: Rule, start: number, year: number, month: number): number[] {
  const first = dayOf(year, month, 1);
  const length = daysInMonth(year, month);
  const weekdays = byDay === null ? null : weekdaysWithin(byDay, first, length);
  if (byMonthDay === null) return weekdays ?? daysAt([dateOf(start).day], first, length);
  const days = daysAt(byMonthDay, first, length);
  if (weekdays === null) return days;
  const those = new Set(weekdays);
  return days.filter((day) => those.has(day));
}

/** The parts of a year widen or narrow it by the table of RFC 5545 3.3.10. */
export function daysOfYear(rule: Rule, start: number): DaysOf {
  const { byMonth, byWeekNo, byYearDay, byMonthDay, byDay } = rule;
  if (byYearDay !== null || byWeekNo !== null) return (first) => chosenInYear(rule, start, first);
  if (byMonth === null && byDay !== null) {
    return byMonthDay === null
      ? (first) => weekdaysWithin(byDay, first, yearLength(dateOf(first).year))
      : (first) => chosenInYear(rule, start, first);
  }
  const months = byMonth ?? (byMonthDay === null ? [dateOf(start).month] : ALL_MONTHS);
  return (first) => {
    const { year } = dateOf(first);
    return months.flatMap((month) => chosenInMonth(rule, start, year, month));
  };
}

/** Goes out from the part that names the fewest days, and lets the others narrow them. */
function chosenInYear(rule: Rule, start: number, first: number): number[] {
  const { byMonth, byWeekNo, byYearDay, byMonthDay, byDay, weekStart } = rule;
  const { year } = dateOf(first);
  const length = yearLength(year);
  const inMonths = (daysOf: (begin: number, length: number) => number[]): number[] =>
    (byMonth ?? ALL_MONTHS).flatMap((month) => daysOf(dayOf(year, month, 1), daysInMonth(year, month)));

  const sets: number[][] = [];
  if (byYearDay !== null) sets.push(daysAt(byYearDay, first, length));
  if (byWeekNo !== null) sets.push(daysOfWeeks(byWeekNo, year, weekStart, first, length));
  if (byMonthDay !== null) sets.push(inMonths((begin, days) => daysAt(byMonthDay, begin, days)));
  else if (byMonth !== null)
    sets.push(inMonths((begin, days) => Array.from({ length: days }, (_, day) => begin + day)));
  // Beside BYWEEKNO alone, the weekday is that of DTSTART. A number counts within the months where some are named.
  const alone = byYearDay === null && byMonthDay === null;
  const weekdays = byDay ?? (alone ? [{ weekday: weekdayOf(start), ordinal: null }] : null);
  if (weekdays !== null && byMonth === null) sets.push(weekdaysWithin(weekdays, first, length));
  else if (weekdays !== null) sets.push(inMonths((begin, days) => weekdaysWithin(weekdays, begin, days)));

  const [fewest = [], ...others] = sets.sort((a, b) => a.length - b.length);
  return others.reduce((days, set) => {
    const those = new Set(set);
    return days.filter((day) => those.has(day));
  }, fewest);
}

/**
 * The days of a calendar year that lie in these weeks, its first and last days in weeks of the years beside it too. A week
 * is of the year that holds four of its days or more (ISO 8601, with any day as its first).
 */
function daysOfWeeks(
  byWeekNo: readonly number[],
  year: number,
  weekStart: number,
  first: number,
  length: number,
): number[] {
  const days: number[] = [];
  for (const weekYear of [year - 1, year, year + 1]) {
    const begin = firstWeek(weekYear, weekStart);
    const weeks = (firstWeek(weekYear + 1, weekStart) - begin) / 7;
    for (const week of daysAt(byWeekNo, 0, weeks)) {
      for (let day = begin + week * 7; day < begin + week * 7 + 7; day++) {
        if (day >= first && day < first + length) days.push(day);
      }
    }
  }
  return inOrder(days);
}

/** The first day of a year's week 1, the week that 4 January is in. */
function firstWeek(year: number, weekStart: number): number {
  const fourth = dayOf(year, 1, 4);
  return fourth - ((weekdayOf(fourth) - weekStart + 7) % 7);
}
