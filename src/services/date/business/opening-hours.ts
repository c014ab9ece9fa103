import { type Static, Type } from '@sinclair/typebox';
import { Problem } from '../../../errors.ts';
import { defaulted } from '../../../schemas/manipulation.ts';
import { DATE_PATTERN, MAX_DATES, parseDate } from '../input/dates.ts';
import type { Hours, Schedule, SpecialDay } from './schedule.ts';

const DAY = 86_400;

export const timeOfDay = (description: string, options: { midnight?: boolean } = {}) =>
  Type.String({
    pattern: options.midnight
      ? String.raw`^(?:(?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d)?|24:00(?::00)?)$`
      : String.raw`^(?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d)?$`,
    maxLength: 8,
    description,
    examples: ['08:00'],
  });

const close = timeOfDay('At or before `open`, it is on the next day; `24:00` is the end of the day.', {
  midnight: true,
});

/** Of a day that replaces the week. */
export const ownHours = {
  open: Type.Optional(timeOfDay('The hours of that day; closed all day without them.')),
  close: Type.Optional(close),
};

export const Shift = Type.Object(
  {
    days: Type.Array(Type.Integer({ minimum: 1, maximum: 7 }), {
      maxItems: 7,
      uniqueItems: true,
      description: 'ISO weekdays on which it opens: 1 is Monday, 7 is Sunday.',
      examples: [[1, 2, 3, 4, 5]],
    }),
    open: timeOfDay('On the clock of the zone of the hours, `HH:MM` or `HH:MM:SS`.'),
    close,
  },
  { title: 'Shift', additionalProperties: false },
);

export const Holiday = Type.Union(
  [
    Type.String({ pattern: DATE_PATTERN, maxLength: 10 }),
    Type.Object(
      {
        date: Type.String({ pattern: DATE_PATTERN, maxLength: 10 }),
        ...ownHours,
        reason: Type.Optional(Type.String({ maxLength: 256 })),
      },
      { title: 'Holiday', additionalProperties: false },
    ),
  ],
  { description: 'A date that is closed, or one with hours of its own.' },
);

export const openingFields = {
  opening_hours: Type.Optional(
    Type.Array(Shift, {
      maxItems: 100,
      description:
        'The week, on the clock of the target zone; either this or `calendar` is required. Several entries for a day make split shifts. What runs past midnight belongs to the day on which it opened.',
      examples: [[{ days: [1, 2, 3, 4, 5], open: '08:00', close: '17:30' }]],
    }),
  ),
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

/**
 * The hours that a request brings itself.
 * @throws Problem `VALIDATION_FAILED` with the path of what does not fit
 */
export function scheduleOf(
  zone: string,
  shifts: Static<typeof Shift>[],
  holidays: Static<typeof Holiday>[],
): Schedule {
  const special = new Map<number, SpecialDay>();
  for (const [index, holiday] of holidays.entries()) addHoliday(special, holiday, `/holidays/${index}`);
  return { zone, week: weekOf(shifts), special, overrides: [], valid: null };
}

/** Index 1 is Monday. */
export function weekOf(shifts: readonly Static<typeof Shift>[]): Hours[][] {
  const week: Hours[][] = Array.from({ length: 8 }, () => []);
  for (const { days, open, close } of shifts) {
    for (const day of days) week[day]?.push(hoursOf(open, close));
  }
  return week;
}

function addHoliday(special: Map<number, SpecialDay>, holiday: Static<typeof Holiday>, path: string): void {
  const isText = typeof holiday === 'string';
  const { date, ...own } = isText ? { date: holiday } : holiday;
  addSpecialDay(
    special,
    parseDate(date, () => (isText ? path : `${path}/date`)),
    own,
    path,
  );
}

/**
 * Adds a day that replaces the week. Several entries for one day add up to its hours.
 * @throws Problem `VALIDATION_FAILED` where only one of the two times is given
 */
export function addSpecialDay(
  special: Map<number, SpecialDay>,
  day: number,
  { open, close, reason }: { open?: string; close?: string; reason?: string },
  path: string,
): void {
  if ((open === undefined) !== (close === undefined)) {
    const missing = open === undefined ? 'open' : 'close';
    throw new Problem(
      'VALIDATION_FAILED',
      `A holiday has both open and close, or neither: give ${missing} too.`,
      { errors: [{ path: `${path}/${missing}`, message: 'must stand beside the other' }] },
    );
  }
  const before = special.get(day);
  const hours = open === undefined || close === undefined ? [] : [hoursOf(open, close)];
  special.set(day, {
    hours: [...(before?.hours ?? []), ...hours],
    reason: before?.reason ?? reason ?? null,
  });
}

function hoursOf(openText: string, closeText: string): Hours {
  const open = secondsOf(openText);
  const close = secondsOf(closeText);
  return { open, close: close <= open ? close + DAY : close };
}

/** Seconds since midnight. */
function secondsOf(text: string): number {
  const [hour = 0, minute = 0, second = 0] = text.split(':').map(Number);
  return hour * 3600 + minute * 60 + second;
}
