import { Problem } from '../../../errors.ts';
import { dayOf, daysInMonth, weekdayOf } from '../engine/gregorian.ts';
import { quote } from '../input/text.ts';

/** A cron expression of five fields. */
export interface Cron {
  minutes: number[];
  hours: number[];
  months: number[];
  /** Whether the hour begins with `*` or is any: then it runs by exact time, else on the wall clock. */
  everyHour: boolean;
  /** The days of a month that it names, in order, as epoch days. */
  daysOf(year: number, month: number): number[];
}

interface Field {
  name: string;
  min: number;
  max: number;
  names: readonly string[];
}

const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const WEEKDAYS = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];

const MINUTE: Field = { name: 'minute', min: 0, max: 59, names: [] };
const HOUR: Field = { name: 'hour', min: 0, max: 23, names: [] };
const DAY: Field = { name: 'day of month', min: 1, max: 31, names: [] };
const MONTH: Field = { name: 'month', min: 1, max: 12, names: MONTHS };
/** 0 and 7 are both Sunday. */
const WEEKDAY: Field = { name: 'day of week', min: 0, max: 7, names: WEEKDAYS };

export const invalidCron = (why: string): Problem =>
  new Problem(
    'INVALID_CRON_EXPRESSION',
    `The cron expression cannot be read: ${why}. It has five fields, such as "30 8 * * MON-FRI": minute, hour, day of month, month, day of week.`,
  );

const NICKNAMES: Readonly<Record<string, string>> = {
  '@YEARLY': '0 0 1 1 *',
  '@ANNUALLY': '0 0 1 1 *',
  '@MONTHLY': '0 0 1 * *',
  '@WEEKLY': '0 0 * * 0',
  '@DAILY': '0 0 * * *',
  '@MIDNIGHT': '0 0 * * *',
  '@HOURLY': '0 * * * *',
};

/** What was probably meant by a text that has not five fields; `fields` are its words in capitals. */
function cronHint(text: string, fields: readonly string[]): string | undefined {
  if (text.trim() === '') return 'it is empty';
  if (/FREQ=/i.test(text)) return `a recurrence rule goes into "recurrence_rule": ${quote(text)}`;
  const nickname = NICKNAMES[fields[0] ?? ''];
  if (nickname !== undefined) return `instead of ${quote(text)} write "${nickname}"`;
  if (fields.length === 6 || fields.length === 7) {
    const five = text.trim().split(/\s+/).slice(1, 6).join(' ');
    return `${quote(text)} has ${fields.length} fields; without seconds and year it is ${quote(five)}`;
  }
  return undefined;
}

/** @throws Problem `INVALID_CRON_EXPRESSION` */
export function parseCron(text: string): Cron {
  const fields = text.trim().toUpperCase().split(/\s+/);
  const [minute, hour, day, month, weekday, ...more] = fields;
  if (
    minute === undefined ||
    hour === undefined ||
    day === undefined ||
    month === undefined ||
    weekday === undefined ||
    more.length > 0
  ) {
    throw invalidCron(cronHint(text, fields) ?? `${quote(text)} has ${fields.length} fields`);
  }
  const days = parseDays(day);
  const weekdays = parseWeekdays(weekday);
  // Vixie's rule: where both are named, either will do; where one begins with a star, both must hold.
  const either = !isStar(day) && !isStar(weekday);
  const hours = parseList(HOUR, hour);
  return {
    minutes: parseList(MINUTE, minute),
    hours,
    months: parseList(MONTH, month),
    everyHour: isStar(hour) || hours.length === 24,
    daysOf: (year, of) => {
      const first = dayOf(year, of, 1);
      const length = daysInMonth(year, of);
      const [byDay, byWeekday] = [new Set(days(first, length)), new Set(weekdays(first, length))];
      const all = Array.from({ length }, (_, index) => index + 1);
      const chosen = all.filter((one) =>
        either ? byDay.has(one) || byWeekday.has(one) : byDay.has(one) && byWeekday.has(one),
      );
      return chosen.map((one) => first + one - 1);
    },
  };
}

const isStar = (field: string): boolean => field.startsWith('*') || field === '?';

/** The days, counted from 1, of a month that begins on an epoch day and has so many of them. */
type DaysOf = (first: number, length: number) => number[];

function together(parts: DaysOf[]): DaysOf {
  return (first, length) => parts.flatMap((part) => part(first, length));
}

function parseDays(text: string): DaysOf {
  if (text === '?') return parseDays('*');
  return together(
    text.split(',').map((piece): DaysOf => {
      const back = /^L(?:-(\d{1,2}))?$/.exec(piece);
      if (back !== null) {
        const days = Number(back[1] ?? 0);
        if (days > 30) throw invalidCron(`${quote(piece)} goes back by 30 days at most`);
        return (_first, length) => (length > days ? [length - days] : []);
      }
      if (piece === 'LW') return (first, length) => [nearestWorkday(first, length, length)];
      const near = /^(\d{1,2})W$/.exec(piece);
      if (near !== null) {
        const day = numberOf(DAY, String(near[1]));
        return (first, length) => (day <= length ? [nearestWorkday(first, length, day)] : []);
      }
      const days = parseRange(DAY, piece);
      return (_first, length) => days.filter((day) => day <= length);
    }),
  );
}

/** The day from Monday to Friday that is nearest to a day and in the same month. */
function nearestWorkday(first: number, length: number, day: number): number {
  const weekday = weekdayOf(first + day - 1);
  if (weekday === 6) return day === 1 ? 3 : day - 1;
  if (weekday === 7) return day === length ? day - 2 : day + 1;
  return day;
}

function parseWeekdays(text: string): DaysOf {
  if (text === '?') return parseWeekdays('*');
  return together(
    text.split(',').map((piece): DaysOf => {
      const numbered = /^([0-7]|[A-Z]{3})(?:#([1-5])|(L))$/.exec(piece);
      if (numbered !== null) {
        const weekday = isoWeekday(numberOf(WEEKDAY, String(numbered[1])));
        if (numbered[3] !== undefined) return (first, length) => [lastOf(first, length, weekday)];
        const which = Number(numbered[2]);
        return (first, length) => {
          const day = firstOf(first, weekday) + 7 * (which - 1);
          return day <= length ? [day] : [];
        };
      }
      const weekdays = parseRange(WEEKDAY, piece).map(isoWeekday);
      return (first, length) =>
        [...new Set(weekdays)].flatMap((weekday) => {
          const days: number[] = [];
          for (let day = firstOf(first, weekday); day <= length; day += 7) days.push(day);
          return days;
        });
    }),
  );
}

const isoWeekday = (cronWeekday: number): number => (cronWeekday === 0 ? 7 : cronWeekday);

const firstOf = (first: number, weekday: number): number => 1 + ((weekday - weekdayOf(first) + 7) % 7);

const lastOf = (first: number, length: number, weekday: number): number =>
  length - ((weekdayOf(first + length - 1) - weekday + 7) % 7);

const parseList = (field: Field, text: string): number[] =>
  [...new Set(text.split(',').flatMap((piece) => parseRange(field, piece)))].sort((a, b) => a - b);

/** `5`, `1-5`, `*`, and each of them with a step; `5/10` goes on to the end. */
function parseRange(field: Field, piece: string): number[] {
  const [range = '', step, ...more] = piece.split('/');
  if (more.length > 0) throw invalidCron(`${quote(piece)} has more than one step`);
  const by = step === undefined ? 1 : Number(/^\d{1,2}$/.test(step) ? step : NaN);
  if (!(by >= 1)) throw invalidCron(`the step of ${quote(piece)} must be a number from 1`);
  // Both ends of the week are Sunday, so that a step over all of it stops before the second.
  const max = field === WEEKDAY ? 6 : field.max;
  if (range === '*') return numbers(field.min, max, by);
  const [from = '', to, ...rest] = range.split('-');
  if (rest.length > 0) throw invalidCron(`${quote(piece)} is not a range such as 1-5`);
  const low = numberOf(field, from);
  if (to === undefined) return step === undefined ? [low] : numbers(low, Math.max(low, max), by);
  const high = numberOf(field, to);
  if (high < low) throw invalidCron(`${quote(range)} ends before it begins`);
  return numbers(low, high, by);
}

const numbers = (from: number, to: number, by: number): number[] =>
  Array.from({ length: Math.floor((to - from) / by) + 1 }, (_, index) => from + index * by);

function numberOf({ name, min, max, names }: Field, text: string): number {
  const named = names.indexOf(text);
  if (named >= 0) return named + (names === MONTHS ? 1 : 0);
  const value = /^\d{1,2}$/.test(text) ? Number(text) : NaN;
  if (value >= min && value <= max) return value;
  const also = names.length > 0 ? `, or a name such as ${String(names[1])}` : '';
  throw invalidCron(`${quote(text)} is not a ${name}: it goes from ${min} to ${max}${also}`);
}
