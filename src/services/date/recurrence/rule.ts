import { Problem } from '../../../errors.ts';
import { quote } from '../input/text.ts';

export const FREQUENCIES = [
  'SECONDLY',
  'MINUTELY',
  'HOURLY',
  'DAILY',
  'WEEKLY',
  'MONTHLY',
  'YEARLY',
] as const;
export type Frequency = (typeof FREQUENCIES)[number];

/** A weekday of `BYDAY`; an ordinal counts them within the month or the year, from the end when negative. */
export interface WeekdayOf {
  /** ISO: 1 is Monday. */
  weekday: number;
  ordinal: number | null;
}

/** The value of an `RRULE` (RFC 5545 3.3.10). A list has each value once, and is null where the part is not given. */
export interface Rule {
  freq: Frequency;
  interval: number;
  count: number | null;
  /** As written. */
  until: string | null;
  bySecond: number[] | null;
  byMinute: number[] | null;
  byHour: number[] | null;
  byDay: WeekdayOf[] | null;
  byMonthDay: number[] | null;
  byYearDay: number[] | null;
  byWeekNo: number[] | null;
  byMonth: number[] | null;
  bySetPos: number[] | null;
  /** ISO weekday on which a week starts. */
  weekStart: number;
}

const WEEKDAYS = ['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU'];

const PARTS = [
  'FREQ',
  'INTERVAL',
  'COUNT',
  'UNTIL',
  'BYSECOND',
  'BYMINUTE',
  'BYHOUR',
  'BYDAY',
  'BYMONTHDAY',
  'BYYEARDAY',
  'BYWEEKNO',
  'BYMONTH',
  'BYSETPOS',
  'WKST',
] as const;
type Part = (typeof PARTS)[number];

export const invalidRule = (why: string): Problem =>
  new Problem('INVALID_RECURRENCE_RULE', `The recurrence rule is not one of RFC 5545: ${why}.`);

/** Reads `FREQ=WEEKLY;BYDAY=MO`. Throws `INVALID_RECURRENCE_RULE`. */
export function parseRule(text: string): Rule {
  const parts = splitParts(text);
  const freq = FREQUENCIES.find((one) => one === parts.get('FREQ'));
  if (freq === undefined) throw invalidRule(`FREQ must be one of ${FREQUENCIES.join(', ')}`);
  const list = (part: Part, min: number, max: number) => numbers(part, parts.get(part), min, max);
  const rule: Rule = {
    freq,
    interval: positive('INTERVAL', parts.get('INTERVAL')) ?? 1,
    count: positive('COUNT', parts.get('COUNT')),
    until: parts.get('UNTIL') ?? null,
    bySecond: seconds(list('BYSECOND', 0, 60)),
    byMinute: list('BYMINUTE', 0, 59),
    byHour: list('BYHOUR', 0, 23),
    byDay: weekdays(parts.get('BYDAY')),
    byMonthDay: list('BYMONTHDAY', -31, 31),
    byYearDay: list('BYYEARDAY', -366, 366),
    byWeekNo: list('BYWEEKNO', -53, 53),
    byMonth: list('BYMONTH', 1, 12),
    bySetPos: list('BYSETPOS', -366, 366),
    weekStart: weekday(parts.get('WKST') ?? 'MO'),
  };
  checkTogether(rule);
  return rule;
}

function splitParts(text: string): Map<Part, string> {
  const parts = new Map<Part, string>();
  // Some writers end it with a semicolon.
  for (const piece of text.toUpperCase().replace(/;$/, '').split(';')) {
    const [name, value, ...more] = piece.split('=');
    const part = PARTS.find((one) => one === name);
    if (part === undefined || value === undefined || value === '' || more.length > 0) {
      throw invalidRule(`${quote(piece)} is not a part of it`);
    }
    if (parts.has(part)) throw invalidRule(`${part} stands twice`);
    parts.set(part, value);
  }
  return parts;
}

/** The table of RFC 5545 3.3.10: which parts go with which frequency. */
function checkTogether(rule: Rule): void {
  const { freq } = rule;
  if (rule.count !== null && rule.until !== null) throw invalidRule('COUNT and UNTIL exclude each other');
  if (rule.byWeekNo !== null && freq !== 'YEARLY') throw invalidRule('BYWEEKNO goes with FREQ=YEARLY only');
  if (rule.byYearDay !== null && ['DAILY', 'WEEKLY', 'MONTHLY'].includes(freq)) {
    throw invalidRule(`BYYEARDAY does not go with FREQ=${freq}`);
  }
  if (rule.byMonthDay !== null && freq === 'WEEKLY')
    throw invalidRule('BYMONTHDAY does not go with FREQ=WEEKLY');
  const hasOrdinal = rule.byDay?.some(({ ordinal }) => ordinal !== null) ?? false;
  if (hasOrdinal && freq !== 'MONTHLY' && freq !== 'YEARLY') {
    throw invalidRule(`BYDAY has numbers with FREQ=MONTHLY and YEARLY only`);
  }
  if (hasOrdinal && rule.byWeekNo !== null) throw invalidRule('BYDAY has no numbers beside BYWEEKNO');
  const others = [
    rule.bySecond,
    rule.byMinute,
    rule.byHour,
    rule.byDay,
    rule.byMonthDay,
    rule.byYearDay,
    rule.byWeekNo,
    rule.byMonth,
  ];
  if (rule.bySetPos !== null && others.every((part) => part === null)) {
    throw invalidRule('BYSETPOS needs another BY part to choose from');
  }
}

function positive(part: Part, text: string | undefined): number | null {
  if (text === undefined) return null;
  if (!/^\d{1,12}$/.test(text) || Number(text) === 0) throw invalidRule(`${part} must be a number from 1`);
  return Number(text);
}

/** Zero stands only where the range begins with it. */
function numbers(part: Part, text: string | undefined, min: number, max: number): number[] | null {
  if (text === undefined) return null;
  const values = text.split(',').map((piece) => {
    const value = /^[+-]?\d{1,3}$/.test(piece) ? Number(piece) : NaN;
    if (!(value >= min && value <= max) || (value === 0 && min < 0)) {
      throw invalidRule(`${quote(piece)} is not a number that ${part} takes`);
    }
    return value;
  });
  return [...new Set(values)].sort((a, b) => a - b);
}

/** RFC 5545 lets second 60 stand for a leap second, which no clock here has. */
const seconds = (list: number[] | null): number[] | null =>
  list === null ? null : [...new Set(list.map((second) => Math.min(second, 59)))];

function weekday(text: string): number {
  const index = WEEKDAYS.indexOf(text);
  if (index < 0) throw invalidRule(`${quote(text)} is not a weekday such as MO`);
  return index + 1;
}

function weekdays(text: string | undefined): WeekdayOf[] | null {
  if (text === undefined) return null;
  const days = new Map<string, WeekdayOf>();
  for (const piece of text.split(',')) {
    const match = /^([+-]?\d{1,2})?([A-Z]{2})$/.exec(piece);
    const ordinal = match?.[1] === undefined ? null : Number(match[1]);
    if (match === null || ordinal === 0 || Math.abs(ordinal ?? 1) > 53) {
      throw invalidRule(`${quote(piece)} is not a weekday such as MO or -1FR`);
    }
    const name = String(match[2]);
    days.set(`${ordinal ?? ''}${name}`, { weekday: weekday(name), ordinal });
  }
  return [...days.values()];
}
