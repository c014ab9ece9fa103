import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import { Problem } from '../../errors.ts';
import { createBudget } from '../date/budget.ts';
import type { NamedCalendar } from '../date/business/named-calendar.ts';
import { workingDaysOf } from '../date/business/working-days.ts';
import { addSpecialDay, weekOf } from '../date/business/opening-hours.ts';
import type { Hours, Override, Schedule, SpecialDay } from '../date/business/schedule.ts';
import {
  dateOf,
  dayOf,
  daysInMonth,
  floorDiv,
  NS_PER_SECOND,
  splitLocal,
  weekdayOf,
} from '../date/engine/gregorian.ts';
import { firstMomentOf, settle } from '../date/engine/local-time.ts';
import { offsetAt } from '../date/engine/offsets.ts';
import { parseDate } from '../date/input/dates.ts';
import { resolveZone } from '../date/input/zones.ts';
import { recurrenceOf } from '../date/recurrence/index.ts';
import { disjoint, type Span } from './disjoint.ts';
import type { CalendarFile, CalendarHoliday } from './schema.ts';

/** A calendar ready to compute with, and what it says once all that it extends is in it. */
export interface Calendar extends NamedCalendar {
  whole: CalendarFile;
}

/** What does not fit in a file that fits the schema; `path` is a JSON pointer into the whole. */
export class CalendarFault extends Error {
  override name = 'CalendarFault';
  readonly path: string;

  constructor(path: string, message: string) {
    super(message);
    this.path = path;
  }
}

const FIRST_DAY = '1970-01-01';
const LAST_DAY = '2099-12-31';
/** Steps that the rules of one file may take together. */
const RULE_STEPS = 2_000_000;
const TOO_MUCH_WORK =
  'the rules of this file take too much work: set valid_from and valid_until to fewer years, or write dates';
const WEEKEND = [6, 7];

/** A file with what it extends: its own fields hold, lists are added to. */
export function extended(file: CalendarFile, base: CalendarFile | undefined): CalendarFile {
  if (base === undefined) return file;
  const own = new Set((file.holidays ?? []).map(identity));
  return {
    ...base,
    ...file,
    holidays: [...(base.holidays ?? []).filter((one) => !own.has(identity(one))), ...(file.holidays ?? [])],
    additional_working_days: [
      ...(base.additional_working_days ?? []),
      ...(file.additional_working_days ?? []),
    ],
    overrides: [...(base.overrides ?? []), ...(file.overrides ?? [])],
  };
}

function identity(holiday: CalendarHoliday): string {
  if (typeof holiday === 'string') return holiday;
  if ('date' in holiday) return holiday.date;
  return 'month' in holiday ? `${holiday.month}/${holiday.day}` : holiday.recurrence_rule;
}

/** @throws CalendarFault */
export function compileCalendar(whole: CalendarFile): Calendar {
  const { name } = whole;
  if (whole.timezone === undefined) throw new CalendarFault('', 'has no timezone: add one');
  const zone = at('/timezone', () => resolveZone(whole.timezone ?? ''));
  const firstDay = at('/valid_from', () => parseDate(whole.valid_from ?? FIRST_DAY, () => ''));
  const lastDay = at('/valid_until', () => parseDate(whole.valid_until ?? LAST_DAY, () => ''));
  if (lastDay < firstDay) throw new CalendarFault('/valid_until', 'is before valid_from');
  const valid = { name, firstDay, lastDay, from: startOf(firstDay, zone), to: startOf(lastDay + 1, zone) };

  const special = specialDays(whole.holidays ?? [], zone, firstDay, lastDay);
  const exceptions = new Map<number, boolean>();
  for (const [day, { hours }] of special) if (hours.length === 0) exceptions.set(day, false);
  const week = whole.opening_hours === undefined ? null : weekOf(whole.opening_hours);
  for (const [index, text] of (whole.additional_working_days ?? []).entries()) {
    const day = at(`/additional_working_days/${index}`, () => parseDate(text, () => ''));
    exceptions.set(day, true);
    if (week !== null && (special.get(day)?.hours.length ?? 0) === 0) {
      special.set(day, { hours: hoursFor(week, weekdayOf(day)), reason: null });
    }
  }
  const overrides = overridesOf(whole, zone);
  for (const { from, to, open } of overrides.days) {
    for (let day = Math.max(from, firstDay); day < Math.min(to, lastDay + 1); day++)
      exceptions.set(day, open);
  }
  const schedule: Schedule | null =
    week === null ? null : { zone, week, special, overrides: overrides.times, valid };
  return {
    name,
    sha256: createHash('sha256')
      .update(canonicalize(whole) ?? '')
      .digest('hex'),
    zone,
    valid,
    schedule,
    workingDays: workingDaysOf(whole.weekend ?? WEEKEND, exceptions),
    whole,
  };
}

/** The hours of a weekday, or of the nearest one before it that has some. */
function hoursFor(week: readonly Hours[][], weekday: number): readonly Hours[] {
  for (let back = 0; back < 7; back++) {
    const hours = week[((weekday - 1 - back + 7) % 7) + 1] ?? [];
    if (hours.length > 0) return hours;
  }
  return [];
}

function specialDays(
  holidays: readonly CalendarHoliday[],
  zone: string,
  firstDay: number,
  lastDay: number,
): Map<number, SpecialDay> {
  const special = new Map<number, SpecialDay>();
  const budget = createBudget(RULE_STEPS);
  for (const [index, holiday] of holidays.entries()) {
    const path = `/holidays/${index}`;
    const own = typeof holiday === 'string' ? {} : holiday;
    const days = at(path, () => daysOf(holiday, path, zone, firstDay, lastDay, budget));
    for (const day of days) at(path, () => addSpecialDay(special, day, own, path));
  }
  return special;
}

function daysOf(
  holiday: CalendarHoliday,
  path: string,
  zone: string,
  firstDay: number,
  lastDay: number,
  budget: ReturnType<typeof createBudget>,
): number[] {
  if (typeof holiday === 'string') return [parseDate(holiday, () => path)];
  if ('date' in holiday) return [parseDate(holiday.date, () => path)];
  if ('recurrence_rule' in holiday) {
    const { recurrence_rule: rule } = holiday;
    if (!/FREQ=(YEARLY|MONTHLY)/i.test(rule)) {
      throw new CalendarFault(`${path}/recurrence_rule`, 'must have FREQ=YEARLY or FREQ=MONTHLY');
    }
    return at(`${path}/recurrence_rule`, () => ruleDays(rule, zone, firstDay, lastDay, budget));
  }
  const { month, day } = holiday;
  if (day > daysInMonth(2024, month)) throw new CalendarFault(`${path}/day`, 'is not a day of that month');
  const days: number[] = [];
  for (let { year } = dateOf(firstDay); year <= dateOf(lastDay).year; year++) {
    if (day <= daysInMonth(year, month)) days.push(dayOf(year, month, day));
  }
  return days;
}

function ruleDays(
  rule: string,
  zone: string,
  firstDay: number,
  lastDay: number,
  budget: ReturnType<typeof createBudget>,
): number[] {
  const startNs = firstMomentOf(firstDay, zone);
  const next = recurrenceOf(rule, startNs, zone, 'compatible', budget);
  const days: number[] = [];
  for (let ns = next(startNs - 1n); ns !== null; ns = next(ns)) {
    const { day } = splitLocal(ns + offsetAt(zone, ns));
    if (day > lastDay) break;
    days.push(day);
  }
  return days;
}

/** The times of all overrides, of which the later in the list hold; and the whole days among them. */
function overridesOf({ overrides = [] }: CalendarFile, zone: string) {
  const times: Override[] = [];
  const days: (Span & { open: boolean })[] = [];
  for (const [index, { from, to, open, reason }] of overrides.entries()) {
    const path = `/overrides/${index}`;
    const override = {
      from: at(`${path}/from`, () => momentOf(from, zone, 0)),
      to: at(`${path}/to`, () => momentOf(to, zone, 1)),
      open,
      reason: reason ?? null,
    };
    if (override.to <= override.from) throw new CalendarFault(`${path}/to`, 'is not after from');
    times.push(override);
    if (isDate(from) && isDate(to)) {
      days.push({ from: parseDate(from, () => ''), to: parseDate(to, () => '') + 1, open });
    }
  }
  return { times: disjoint(times), days: disjoint(days) };
}

const isDate = (text: string): boolean => text.length === 10;

/** Epoch seconds; of a date its first moment, or with `later` 1 that of the day after it. */
function momentOf(text: string, zone: string, later: 0 | 1): number {
  const day = parseDate(text.slice(0, 10), () => '');
  if (isDate(text)) return startOf(day + later, zone);
  const [, hour, minute, second = '0', offset] =
    /T(\d\d):(\d\d)(?::(\d\d))?(Z|[+-]\d\d:\d\d)?$/.exec(text) ?? [];
  const seconds = Number(hour) * 3600 + Number(minute) * 60 + Number(second);
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) {
    throw new CalendarFault('', 'is not a time of the day');
  }
  const local = day * 86_400 + seconds;
  if (offset === undefined) {
    return toSeconds(settle(BigInt(local) * NS_PER_SECOND, zone, 'compatible').epochNs);
  }
  if (offset === 'Z') return local;
  const minutes = Number(offset.slice(1, 3)) * 60 + Number(offset.slice(4));
  return local - (offset.startsWith('-') ? -1 : 1) * minutes * 60;
}

const toSeconds = (ns: bigint): number => Number(floorDiv(ns, NS_PER_SECOND));
const startOf = (day: number, zone: string): number => toSeconds(firstMomentOf(day, zone));

/** Says of a problem where in the file it comes from. */
function at<T>(path: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof CalendarFault) throw new CalendarFault(error.path || path, error.message);
    if (error instanceof Problem && error.code === 'NO_OCCURRENCE')
      throw new CalendarFault(path, TOO_MUCH_WORK);
    if (error instanceof Problem) throw new CalendarFault(error.errors?.[0]?.path || path, error.message);
    throw error;
  }
}
