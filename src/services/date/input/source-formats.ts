import { Problem } from '../../../errors.ts';
import type { SourceFormat } from '../../../schemas/manipulation.ts';
import { dayOf, daysInMonth, NS_PER_SECOND, weekdayOf } from '../engine/gregorian.ts';
import { noSuchDay, quote } from './text.ts';

/** What a text says, in nanoseconds: an instant; or a clock, or a day's midnight on it, as if it were UTC. */
export interface Formatted {
  kind: 'instant' | 'clock' | 'day';
  ns: bigint;
}

/**
 * Reads what the service writes as `cxone_studio`, `rfc1123`, `ole_automation_date` and `date`.
 * @throws Problem `INVALID_TIMESTAMP`
 */
export function parseFormatted(text: string, format: Exclude<SourceFormat, 'rfc3339'>): Formatted {
  switch (format) {
    case 'cxone_studio':
      return { kind: 'clock', ns: readStudio(text) };
    case 'rfc1123':
      return { kind: 'instant', ns: readRfc1123(text) };
    case 'ole_automation_date':
      return { kind: 'clock', ns: readOle(text) };
    case 'date':
      return { kind: 'day', ns: readDate(text) };
  }
}

const invalid = (text: string, why: string): Problem =>
  new Problem('INVALID_TIMESTAMP', `${quote(text)} is not a valid timestamp: ${why}.`);

const at = (day: number, seconds: number): bigint => BigInt(day * 86_400 + seconds) * NS_PER_SECOND;

function dayIn(text: string, year: number, month: number, day: number): number {
  const days = daysInMonth(year, month);
  if (day < 1 || day > days) throw invalid(text, noSuchDay(year, month, days));
  return dayOf(year, month, day);
}

const STUDIO = /^(\d\d)\/(\d\d)\/(\d{4}) (\d\d):([0-5]\d):([0-5]\d) (AM|PM)$/i;

function readStudio(text: string): bigint {
  const match = STUDIO.exec(text);
  if (match === null) {
    throw invalid(
      text,
      'as cxone_studio it is written MM/dd/yyyy hh:mm:ss tt, such as 02/29/2024 10:30:00 AM',
    );
  }
  const [month = 0, day = 0, year = 0, hour = 0, minute = 0, second = 0] = match.slice(1, 7).map(Number);
  if (hour < 1 || hour > 12) throw invalid(text, 'hours go from 01 to 12 before AM or PM');
  const hour24 = (hour % 12) + (String(match[7]).toUpperCase() === 'PM' ? 12 : 0);
  return at(dayIn(text, year, month, day), hour24 * 3600 + minute * 60 + second);
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const WEEKDAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];
const RFC1123 = /^([A-Z][a-z]{2}), (\d\d) ([A-Z][a-z]{2}) (\d{4}) ([01]\d|2[0-3]):([0-5]\d):([0-5]\d) GMT$/;

function readRfc1123(text: string): bigint {
  const [, weekday = '', day, monthName = '', year, hour, minute, second] = RFC1123.exec(text) ?? [];
  const month = MONTHS.indexOf(monthName) + 1;
  if (month === 0 || !WEEKDAYS.includes(weekday)) {
    throw invalid(text, 'as rfc1123 it is written like Thu, 29 Feb 2024 15:30:00 GMT');
  }
  const epochDay = dayIn(text, Number(year), month, Number(day));
  const right = WEEKDAYS[weekdayOf(epochDay) - 1];
  if (weekday !== right) throw invalid(text, `that day is a ${String(right)}`);
  return at(epochDay, Number(hour) * 3600 + Number(minute) * 60 + Number(second));
}

const OLE = /^-?\d{1,7}(?:\.\d{1,25})?(?:e-\d{1,2})?$/;
const OLE_EPOCH_DAY = dayOf(1899, 12, 30);
const FIRST_OLE_DAY = dayOf(100, 1, 1) - OLE_EPOCH_DAY;
const LAST_OLE_DAY = dayOf(9999, 12, 31) - OLE_EPOCH_DAY;
const MS_PER_DAY = 86_400_000;

/** To the millisecond, as .NET reads it. The fraction is the time of the day before 1899-12-30 too. */
function readOle(text: string): bigint {
  const value = OLE.test(text) ? Number(text) : NaN;
  const day = Math.trunc(value);
  if (!(day >= FIRST_OLE_DAY && day <= LAST_OLE_DAY)) {
    throw invalid(
      text,
      'as ole_automation_date it is a number of days since 30 December 1899, such as 45351.4375, of the years 0100 to 9999',
    );
  }
  const ms = Math.round(Math.abs(value - day) * MS_PER_DAY);
  return BigInt((OLE_EPOCH_DAY + day) * MS_PER_DAY + ms) * 1_000_000n;
}

const DATE = /^(\d{4})-(\d\d)-(\d\d)$/;

function readDate(text: string): bigint {
  const match = DATE.exec(text);
  if (match === null) throw invalid(text, 'as date it is written YYYY-MM-DD, such as 2024-02-29');
  return at(dayIn(text, Number(match[1]), Number(match[2]), Number(match[3])), 0);
}
