import { type Static, Type } from '@sinclair/typebox';
import { Problem } from '../../../errors.ts';
import { defaulted, type Disambiguation } from '../../../schemas/manipulation.ts';
import { NS_PER_SECOND, splitLocal, weekdayOf } from '../engine/gregorian.ts';
import { DATE_PATTERN, MAX_DATES, parseDate } from '../input/dates.ts';
import { firstMomentOf, type Moment, settle } from '../engine/local-time.ts';
import { offsetAt } from '../engine/offsets.ts';
import { createClock } from '../engine/zone-clock.ts';

const DAY = 86_400;

const timeOfDay = (description: string) =>
  Type.String({
    pattern: String.raw`^(?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d)?$`,
    maxLength: 8,
    description,
    examples: ['08:00'],
  });

const Shift = Type.Object(
  {
    days: Type.Array(Type.Integer({ minimum: 1, maximum: 7 }), {
      maxItems: 7,
      uniqueItems: true,
      description: 'ISO weekdays on which it opens: 1 is Monday, 7 is Sunday.',
      examples: [[1, 2, 3, 4, 5]],
    }),
    open: timeOfDay('On the clock of the target zone, `HH:MM` or `HH:MM:SS`.'),
    close: timeOfDay('At or before `open`, it is on the next day.'),
  },
  { additionalProperties: false },
);

const Holiday = Type.Union(
  [
    Type.String({ pattern: DATE_PATTERN, maxLength: 10 }),
    Type.Object(
      {
        date: Type.String({ pattern: DATE_PATTERN, maxLength: 10 }),
        open: Type.Optional(timeOfDay('The hours of that day; closed all day without them.')),
        close: Type.Optional(timeOfDay('At or before `open`, it is on the next day.')),
        reason: Type.Optional(Type.String({ maxLength: 256 })),
      },
      { additionalProperties: false },
    ),
  ],
  { description: 'A date that is closed, or one with hours of its own.' },
);

export const openingFields = {
  opening_hours: Type.Array(Shift, {
    maxItems: 100,
    description:
      'The week. Several entries for a day make split shifts. What runs past midnight belongs to the day on which it opened.',
    examples: [[{ days: [1, 2, 3, 4, 5], open: '08:00', close: '17:30' }]],
  }),
  holidays: defaulted(
    Type.Array(Holiday, {
      maxItems: MAX_DATES,
      description:
        'Days that replace the week: closed, or with hours of their own (several entries for a date make split shifts).',
      examples: [
        ['2026-12-25', { date: '2026-12-24', open: '08:00', close: '12:00', reason: 'Christmas Eve' }],
      ],
    }),
    [],
  ),
};

/** Seconds since the midnight of the day on which it opens. */
interface Hours {
  open: number;
  close: number;
}

/** When a centre is open: by weekday, and on single days instead. */
export interface Calendar {
  /** Index 1 is Monday. */
  week: Hours[][];
  /** By epoch day; no hours when closed. */
  exceptions: ReadonlyMap<number, Hours[]>;
}

/** Throws `VALIDATION_FAILED` with the path of what does not fit. */
export function openingCalendar(
  shifts: Static<typeof Shift>[],
  holidays: Static<typeof Holiday>[],
): Calendar {
  const week: Hours[][] = Array.from({ length: 8 }, () => []);
  for (const { days, open, close } of shifts) {
    for (const day of days) week[day]?.push(hours(open, close));
  }
  const exceptions = new Map<number, Hours[]>();
  for (const [index, holiday] of holidays.entries()) {
    const path = `/holidays/${index}`;
    const { date, open, close } = typeof holiday === 'string' ? { date: holiday } : holiday;
    const day = parseDate(date, () => (typeof holiday === 'string' ? path : `${path}/date`));
    const own = exceptions.get(day) ?? [];
    if ((open === undefined) !== (close === undefined)) {
      const missing = open === undefined ? 'open' : 'close';
      throw new Problem(
        'VALIDATION_FAILED',
        `A holiday has both open and close, or neither: give ${missing} too.`,
        {
          errors: [{ path: `${path}/${missing}`, message: 'must stand beside the other' }],
        },
      );
    }
    if (open !== undefined && close !== undefined) own.push(hours(open, close));
    exceptions.set(day, own);
  }
  return { week, exceptions };
}

function hours(openText: string, closeText: string): Hours {
  const open = timeOf(openText);
  const close = timeOf(closeText);
  return { open, close: close <= open ? close + DAY : close };
}

function timeOf(text: string): number {
  const [hour = 0, minute = 0, second = 0] = text.split(':').map(Number);
  return hour * 3600 + minute * 60 + second;
}

/** A stretch of time during which it is open. */
export interface Opening {
  open: Moment;
  closeNs: bigint;
}

/**
 * The openings that end after a moment, in the order in which they open; they may overlap. Local times in a gap or a fold
 * are settled by `disambiguation`. It ends only when nothing is open any more.
 */
export function* openingsAfter(
  calendar: Calendar,
  epochNs: bigint,
  zone: string,
  disambiguation: Disambiguation,
): Generator<Opening> {
  const { day } = splitLocal(epochNs + offsetAt(zone, epochNs));
  const settled = settler(zone, disambiguation);
  // What opened the day before, or the day before that on a skipped day, may still be open.
  for (const [open, hours] of openDays(calendar, day - 2)) {
    for (const opening of openingsOf(open, hours, zone, settled)) {
      if (opening.closeNs > epochNs) yield opening;
    }
  }
}

/** The days from one on that have hours, with these. */
function* openDays({ week, exceptions }: Calendar, from: number): Generator<readonly [day: number, Hours[]]> {
  if (week.every((shifts) => shifts.length === 0)) {
    const special = [...exceptions].filter(([day, own]) => day >= from && own.length > 0);
    yield* special.sort(([a], [b]) => a - b);
    return;
  }
  for (let day = from; ; day++) {
    const hours = exceptions.get(day) ?? week[weekdayOf(day)] ?? [];
    if (hours.length > 0) yield [day, hours];
  }
}

/** Settles local seconds. Away from transitions that is a subtraction. */
function settler(zone: string, disambiguation: Disambiguation): (local: number) => Moment {
  const clock = createClock(zone);
  return (local) =>
    clock.isPlain(local, local + DAY)
      ? { epochNs: BigInt(clock.settle(local).epoch) * NS_PER_SECOND, resolution: 'exact' }
      : settle(BigInt(local) * NS_PER_SECOND, zone, disambiguation);
}

function openingsOf(
  day: number,
  hours: Hours[],
  zone: string,
  settled: (local: number) => Moment,
): Opening[] {
  const openings: Opening[] = [];
  for (const { open, close } of hours) {
    const opens = settled(day * DAY + open);
    const closes = settled(day * DAY + close);
    // Hours that lie in a gap altogether come to nothing, and so do those of a day that a zone left out.
    const isNothing = closes.epochNs <= opens.epochNs;
    if (isNothing || (opens.resolution === 'gap_shifted' && isSkipped(day, zone))) continue;
    openings.push({ open: opens, closeNs: closes.epochNs });
  }
  return openings.length < 2 ? openings : openings.sort((a, b) => (a.open.epochNs < b.open.epochNs ? -1 : 1));
}

const isSkipped = (day: number, zone: string): boolean =>
  firstMomentOf(day, zone) === firstMomentOf(day + 1, zone);
