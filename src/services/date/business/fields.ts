/** What the operations on opening hours and on working days share: their fields, and how these are read. */
import { type Static, type TObject, Type } from '@sinclair/typebox';
import { Problem } from '../../../errors.ts';
import { defaulted, type Disambiguation, timestamp } from '../../../schemas/manipulation.ts';
import type { Budget } from '../budget.ts';
import { dates, parseDates } from '../input/dates.ts';
import { invalid, MAX_DURATION_LENGTH, parseDuration } from '../input/duration.ts';
import { readTimestamp } from '../input/source.ts';
import type { Context } from '../operation.ts';
import { calendarField, type NamedCalendar } from './named-calendar.ts';
import { type OpenClock, unionOfSpans } from './open-time.ts';
import { openingFields, scheduleOf } from './opening-hours.ts';
import type { Schedule, Validity } from './schedule.ts';
import { type WorkingDays, workingDaysOf } from './working-days.ts';

const MAX_PAUSES = 100;
/** Where a request names no other one. */
const WEEKEND = [6, 7];

export const hoursFields = { ...openingFields, ...calendarField };

export const openDuration = Type.String({
  minLength: 1,
  maxLength: MAX_DURATION_LENGTH,
  description: 'ISO 8601, of hours and smaller, not negative.',
  examples: ['PT8H'],
});

const Pause = Type.Object(
  {
    from: { ...timestamp('The clock stops.'), examples: ['2026-06-05T10:00:00+02:00'] },
    to: { ...timestamp('It goes on.'), examples: ['2026-06-05T11:30:00+02:00'] },
  },
  { title: 'Pause', additionalProperties: false },
);

export const openTimeFields = {
  ...hoursFields,
  pauses: defaulted(
    Type.Array(Pause, {
      maxItems: MAX_PAUSES,
      description:
        'Times that do not count although it is open: a clock that waits for the customer. Each is written as `source_timestamp`.',
    }),
    [],
  ),
};

export const workingDayFields = {
  weekend: defaulted(
    Type.Array(Type.Integer({ minimum: 1, maximum: 7 }), {
      maxItems: 7,
      uniqueItems: true,
      description: 'ISO weekdays that are not worked: 1 is Monday, 7 is Sunday.',
    }),
    WEEKEND,
  ),
  holidays: defaulted(dates('Days that are not worked.'), []),
  additional_working_days: defaulted(
    dates('Days that are worked although they are on a weekend or a holiday.'),
    [],
  ),
  ...calendarField,
};

type HoursRequest = Partial<Static<TObject<typeof hoursFields>>>;
type DaysRequest = Partial<Static<TObject<typeof workingDayFields>>>;

interface Given<Request> {
  zone: string;
  calendar: NamedCalendar | null;
  request: Request;
}

/**
 * The opening hours of a request: its own in the target zone, or those of the calendar that it names.
 * @throws Problem `VALIDATION_FAILED` unless exactly one of the two is given, and for holidays that do not fit
 */
export function requestSchedule({ zone, calendar, request }: Given<HoursRequest>): Schedule {
  const { opening_hours: shifts, holidays = [] } = request;
  if (calendar === null) {
    if (shifts !== undefined) return scheduleOf(zone, shifts, holidays);
    throw misfit(
      'opening_hours',
      'Give opening_hours, such as [{"days": [1, 2, 3, 4, 5], "open": "08:00", "close": "17:30"}], or as calendar the name of one that has them.',
      'required',
    );
  }
  if (shifts !== undefined) throw beside('opening_hours', calendar);
  if (holidays.length > 0) throw beside('holidays', calendar);
  if (calendar.schedule !== null) return calendar.schedule;
  throw misfit(
    'calendar',
    `The calendar ${calendar.name} has no opening_hours: name one that has, or give opening_hours here.`,
    'must have opening hours',
  );
}

interface Days {
  /** Days are those of this zone. */
  zone: string;
  days: WorkingDays;
  valid: Validity | null;
}

/**
 * Which days a request takes for worked.
 * @throws Problem `VALIDATION_FAILED` for what stands beside a calendar, and for dates that do not exist
 */
export function requestDays({ zone, calendar, request }: Given<DaysRequest>): Days {
  const { weekend = WEEKEND, holidays = [], additional_working_days: additional = [] } = request;
  if (calendar === null) {
    const exceptions = new Map([
      ...parseDates(holidays, '/holidays').map((day) => [day, false] as const),
      ...parseDates(additional, '/additional_working_days').map((day) => [day, true] as const),
    ]);
    return { zone, days: workingDaysOf(weekend, exceptions), valid: null };
  }
  if (holidays.length > 0) throw beside('holidays', calendar);
  if (additional.length > 0) throw beside('additional_working_days', calendar);
  if (weekend.join() !== WEEKEND.join()) throw beside('weekend', calendar);
  return { zone: calendar.zone, days: calendar.workingDays, valid: calendar.valid };
}

interface OpenTimeInput extends Given<Partial<Static<TObject<typeof openTimeFields>>>> {
  request: Partial<Static<TObject<typeof openTimeFields>>> & {
    disambiguation: Disambiguation;
    source_timezone?: string;
  } & Parameters<typeof readTimestamp>[1];
  context: Context;
  budget: Budget;
}

/** @throws Problem as the hours, and `VALIDATION_FAILED` for a pause that ends before it begins */
export function openClock(input: OpenTimeInput): OpenClock {
  const { request, context, budget } = input;
  const { pauses = [], disambiguation, source_timezone } = request;
  const read = (text: string) => readTimestamp(text, request, source_timezone, context).epochNs;
  const spans = pauses.map(({ from, to }, index) => {
    const span = { fromNs: read(from), toNs: read(to) };
    if (span.toNs >= span.fromNs) return span;
    throw misfit(`pauses/${index}/to`, 'A pause ends before it begins.', 'must not be before from');
  });
  // Every stretch of open time is held against every pause.
  budget.spend(spans.length * 10);
  return {
    schedule: requestSchedule(input),
    pauses: unionOfSpans(spans),
    search: { disambiguation, budget },
  };
}

/** @throws Problem `INVALID_DURATION` */
export function openTime(text: string): bigint {
  const { years, months, weeks, days, timeNs } = parseDuration(text);
  if (years !== 0 || months !== 0 || weeks !== 0 || days !== 0) {
    throw invalid(
      text,
      'opening time is counted in hours, minutes and seconds, such as PT8H; ADD_BUSINESS_DAYS and SUBTRACT_BUSINESS_DAYS count days',
    );
  }
  if (timeNs < 0n) {
    throw invalid(text, 'it is not negative: ADD_BUSINESS_TIME goes forward, SUBTRACT_BUSINESS_TIME back');
  }
  return timeNs;
}

function misfit(field: string, detail: string, message: string): Problem {
  return new Problem('VALIDATION_FAILED', detail, { errors: [{ path: `/${field}`, message }] });
}

const beside = (field: string, { name }: NamedCalendar): Problem =>
  misfit(
    field,
    `The calendar ${name} says this already: leave out ${field}, or calendar.`,
    'must not stand beside calendar',
  );
