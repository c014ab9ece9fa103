/** The days of a month as a calendar shows them. */
/** A time of being open, in epoch milliseconds; the reason is that of a holiday or an override. */
export interface Span {
  from: number;
  to: number;
  reason: string | null;
}

export interface Holiday {
  date?: string;
  month?: number;
  day?: number;
  recurrence_rule?: string;
  open?: string;
  close?: string;
  reason?: string;
}

/** What the service tells of a calendar's file. */
export interface CalendarFile {
  name: string;
  timezone: string;
  opening_hours?: { days: number[]; open: string; close: string }[];
  holidays?: (string | Holiday)[];
  weekend?: number[];
  additional_working_days?: string[];
  overrides?: { from: string; to: string; open: boolean; reason?: string }[];
  valid_from?: string;
  valid_until?: string;
  extends?: string;
  attribution?: string;
}

export interface Day {
  date: string;
  inMonth: boolean;
  kind: 'open' | 'closed' | 'holiday' | 'special' | 'unknown';
  text: string;
}

const pad = (value: number) => String(value).padStart(2, '0');
const dateOf = (at: Date) => at.toISOString().slice(0, 10);

/** The dates of the whole weeks, from Monday to Sunday, that cover a month written `2026-11`. */
export function weeksOf(month: string): string[][] {
  const first = new Date(`${month}-01T00:00:00Z`);
  const at = new Date(first);
  at.setUTCDate(1 - ((first.getUTCDay() + 6) % 7));
  const weeks: string[][] = [];
  while (weeks.length === 0 || dateOf(at).slice(0, 7) <= month) {
    weeks.push(
      Array.from({ length: 7 }, () => {
        const date = dateOf(at);
        at.setUTCDate(at.getUTCDate() + 1);
        return date;
      }),
    );
  }
  return weeks;
}

/** What is open on each date, on the calendar's clock: `08:00–18:00`. What goes over midnight stands on both days. */
export function hoursByDate(
  spans: Span[],
  clock: (epochMs: number) => { date: string; time: string },
): Map<string, { hours: string[]; reason: string | null }> {
  const byDate = new Map<string, { hours: string[]; reason: string | null }>();
  for (const { from, to, reason } of spans) {
    const [first, last] = [clock(from), clock(to - 1)];
    const at = new Date(`${first.date}T00:00:00Z`);
    for (let date = first.date; date <= last.date; date = dateOf(at)) {
      const opens = date === first.date ? first.time : '00:00';
      const closes = date === last.date ? clock(to).time : '24:00';
      const day = byDate.get(date) ?? { hours: [], reason: null };
      day.hours.push(`${opens}–${closes === '00:00' ? '24:00' : closes}`);
      day.reason ??= reason;
      byDate.set(date, day);
      at.setUTCDate(at.getUTCDate() + 1);
    }
  }
  return byDate;
}

/** The holidays of some dates, by date; `byRule` has the dates that recurrence rules give. */
export function holidaysOf(
  { holidays = [] }: CalendarFile,
  dates: string[],
  byRule: { date: string; holiday: Holiday }[],
): Map<string, Holiday> {
  const found = new Map<string, Holiday>();
  for (const { date, holiday } of byRule) found.set(date, holiday);
  const listed = holidays.map((one) => (typeof one === 'string' ? { date: one } : one));
  for (const date of dates) {
    const holiday = listed.findLast(
      (one) =>
        one.date === date ||
        (one.month !== undefined && `${pad(one.month)}-${pad(one.day ?? 0)}` === date.slice(5)),
    );
    if (holiday !== undefined) found.set(date, holiday);
  }
  return found;
}

/** @param open what is open by date; undefined of a calendar that knows working days alone */
export function dayOf(
  calendar: CalendarFile,
  date: string,
  {
    month,
    open,
    holidays,
  }: {
    month: string;
    open: ReturnType<typeof hoursByDate> | undefined;
    holidays: Map<string, Holiday>;
  },
): Day {
  const day = { date, inMonth: date.startsWith(month) };
  if (date < (calendar.valid_from ?? '') || date > (calendar.valid_until ?? '9999'))
    return { ...day, kind: 'unknown', text: 'not known' };
  const holiday = holidays.get(date);
  const override = calendar.overrides?.findLast(
    ({ from, to }) => from.slice(0, 10) <= date && date <= to.slice(0, 10),
  );
  const known = open?.get(date);
  const reason = override?.reason ?? holiday?.reason ?? known?.reason ?? null;
  const isSpecial = override !== undefined || holiday !== undefined || reason !== null;
  if (open !== undefined) {
    if (known === undefined)
      return { ...day, kind: isSpecial ? 'holiday' : 'closed', text: reason ?? 'closed' };
    const hours = known.hours.join(', ');
    return {
      ...day,
      kind: isSpecial ? 'special' : 'open',
      text: reason === null ? hours : `${hours} ${reason}`,
    };
  }
  const weekday = ((new Date(`${date}T00:00:00Z`).getUTCDay() + 6) % 7) + 1;
  const isAdded = calendar.additional_working_days?.includes(date) === true;
  if (isAdded) return { ...day, kind: 'special', text: 'worked' };
  if (override !== undefined)
    return { ...day, kind: override.open ? 'special' : 'holiday', text: reason ?? 'override' };
  if (holiday !== undefined) return { ...day, kind: 'holiday', text: reason ?? 'holiday' };
  return (calendar.weekend ?? [6, 7]).includes(weekday)
    ? { ...day, kind: 'closed', text: 'weekend' }
    : { ...day, kind: 'open', text: 'working day' };
}

/** The month that many after one, written `2026-11`. */
export function monthAfter(month: string, count: number): string {
  const at = new Date(`${month}-01T00:00:00Z`);
  at.setUTCMonth(at.getUTCMonth() + count);
  return dateOf(at).slice(0, 7);
}
