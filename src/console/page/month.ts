/** The days of a month as a calendar shows them. */
export interface Override {
  from: string;
  to: string;
  open: boolean;
  reason?: string;
}

export interface Calendar {
  name: string;
  timezone: string;
  opening_hours?: { days: number[]; open: string; close: string }[];
  holidays?: (
    string | { date?: string; month?: number; day?: number; open?: string; close?: string; reason?: string }
  )[];
  weekend?: number[];
  additional_working_days?: string[];
  overrides?: Override[];
}

export interface Day {
  date: string;
  inMonth: boolean;
  kind: 'open' | 'closed' | 'holiday' | 'special';
  text: string;
}

const pad = (value: number) => String(value).padStart(2, '0');
const dateOf = (at: Date) => at.toISOString().slice(0, 10);

/** Whole weeks from Monday to Sunday that cover a month, written `2026-11`. */
export function weeksOf(calendar: Calendar, month: string): Day[][] {
  const first = new Date(`${month}-01T00:00:00Z`);
  const start = new Date(first);
  start.setUTCDate(1 - ((first.getUTCDay() + 6) % 7));
  const weeks: Day[][] = [];
  for (const at = start; weeks.length === 0 || dateOf(at).slice(0, 7) <= month;) {
    const week: Day[] = [];
    for (let day = 0; day < 7; day += 1) {
      week.push(dayOf(calendar, dateOf(at), month));
      at.setUTCDate(at.getUTCDate() + 1);
    }
    weeks.push(week);
  }
  return weeks;
}

function holidayOn({ holidays = [] }: Calendar, date: string) {
  const yearly = date.slice(5);
  return holidays
    .map((one) => (typeof one === 'string' ? { date: one } : one))
    .find(
      (one) =>
        one.date === date || (one.month !== undefined && `${pad(one.month)}-${pad(one.day ?? 0)}` === yearly),
    );
}

function dayOf(calendar: Calendar, date: string, month: string): Day {
  const inMonth = date.startsWith(month);
  const override = calendar.overrides?.find(
    ({ from, to }) => from.slice(0, 10) <= date && date <= to.slice(0, 10),
  );
  if (override !== undefined) {
    const text = override.reason ?? (override.open ? 'open' : 'closed');
    return { date, inMonth, kind: override.open ? 'special' : 'holiday', text };
  }
  const holiday = holidayOn(calendar, date);
  if (holiday !== undefined) {
    const { open, close, reason } = { open: undefined, close: undefined, reason: undefined, ...holiday };
    if (open !== undefined)
      return { date, inMonth, kind: 'special', text: `${open}–${close} ${reason ?? ''}`.trim() };
    return { date, inMonth, kind: 'holiday', text: reason ?? 'holiday' };
  }
  const weekday = ((new Date(`${date}T00:00:00Z`).getUTCDay() + 6) % 7) + 1;
  const hours = (calendar.opening_hours ?? []).filter(({ days }) => days.includes(weekday));
  if (hours.length > 0) {
    return {
      date,
      inMonth,
      kind: 'open',
      text: hours.map(({ open, close }) => `${open}–${close}`).join(', '),
    };
  }
  const works =
    calendar.opening_hours === undefined &&
    (calendar.additional_working_days?.includes(date) === true ||
      !(calendar.weekend ?? [6, 7]).includes(weekday));
  return works
    ? { date, inMonth, kind: 'open', text: 'working day' }
    : { date, inMonth, kind: 'closed', text: 'closed' };
}

/** The month that many after one, written `2026-11`. */
export function monthAfter(month: string, count: number): string {
  const at = new Date(`${month}-01T00:00:00Z`);
  at.setUTCMonth(at.getUTCMonth() + count);
  return dateOf(at).slice(0, 7);
}
