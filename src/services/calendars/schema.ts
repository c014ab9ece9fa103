import { type Static, Type } from '@sinclair/typebox';
import { CALENDAR_NAME } from '../date/business/named-calendar.ts';
import { ownHours, Shift } from '../date/business/opening-hours.ts';
import { date, DATE_PATTERN } from '../date/input/dates.ts';

/** Where the service serves the schema of calendar files. */
export const CALENDAR_SCHEMA_PATH = '/schemas/calendar.json';

const MOMENT = String.raw`^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2})?(?:Z|[+-]\d{2}:\d{2})?)?$`;
const MOST_ENTRIES = 5_000;

const reason = Type.Optional(
  Type.String({ maxLength: 256, description: 'Repeated in answers.', examples: ['Christmas Day'] }),
);

const ownHoursAndReason = { ...ownHours, reason };

/** A date, a day of every year, or what a recurrence rule gives. Which of them an object is, its fields say. */
const CalendarHoliday = Type.Union(
  [
    Type.String({ pattern: DATE_PATTERN, maxLength: 10 }),
    Type.Object({ date: date('One day.'), ...ownHoursAndReason }, { additionalProperties: false }),
    Type.Object(
      {
        month: Type.Integer({ minimum: 1, maximum: 12 }),
        day: Type.Integer({
          minimum: 1,
          maximum: 31,
          description: '29 February is one only in leap years.',
        }),
        ...ownHoursAndReason,
      },
      { additionalProperties: false, description: 'A day of every year.' },
    ),
    Type.Object(
      {
        recurrence_rule: Type.String({
          minLength: 1,
          maxLength: 1024,
          description: 'RFC 5545, with `FREQ=YEARLY` or `MONTHLY`: its occurrences’ dates.',
          examples: ['RRULE:FREQ=YEARLY;BYMONTH=5;BYDAY=-1MO'],
        }),
        ...ownHoursAndReason,
      },
      { additionalProperties: false, description: 'Days that a rule gives.' },
    ),
  ],
  { description: 'A day that replaces the week: closed, or with hours of its own.' },
);

const Override = Type.Object(
  {
    from: Type.String({
      pattern: MOMENT,
      maxLength: 25,
      description: 'A date, or a time on the calendar’s clock, or one with an offset.',
      examples: ['2026-06-05T14:00'],
    }),
    to: Type.String({
      pattern: MOMENT,
      maxLength: 25,
      description: 'A date that is included, or a time at which it ends.',
      examples: ['2026-06-05T17:00'],
    }),
    open: Type.Boolean({ description: 'Whether it is open then, whatever the hours say.' }),
    reason,
  },
  { additionalProperties: false },
);

/** A file of `CALENDARS_DIR`. */
export const CalendarFile = Type.Object(
  {
    $schema: Type.Optional(Type.String({ maxLength: 512, description: 'For editors.' })),
    attribution: Type.Optional(
      Type.String({ maxLength: 2048, description: 'Where the data is from, and under which licence.' }),
    ),
    name: Type.String({
      pattern: CALENDAR_NAME,
      maxLength: 64,
      description: 'The file’s own name, without `.json`.',
      examples: ['uk-support'],
    }),
    extends: Type.Optional(
      Type.String({
        pattern: CALENDAR_NAME,
        maxLength: 64,
        description:
          'Another calendar of the folder. What this one does not say, that one says; holidays, additional working days and overrides are added to those of that one, and a holiday of the same date replaces that one’s.',
      }),
    ),
    timezone: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 128,
        description: 'Of all times and days here. Required, here or in what it extends.',
        examples: ['Europe/London'],
      }),
    ),
    opening_hours: Type.Optional(
      Type.Array(Shift, { maxItems: 100, description: 'The week. Several entries a day make split shifts.' }),
    ),
    weekend: Type.Optional(
      Type.Array(Type.Integer({ minimum: 1, maximum: 7 }), {
        maxItems: 7,
        uniqueItems: true,
        description: 'ISO weekdays that are not worked; 6 and 7 when it is left out.',
      }),
    ),
    holidays: Type.Optional(Type.Array(CalendarHoliday, { maxItems: MOST_ENTRIES })),
    additional_working_days: Type.Optional(
      Type.Array(date('A day that is worked although it is on a weekend or a holiday.'), {
        maxItems: MOST_ENTRIES,
        description:
          'Worked days, with the hours of their weekday, or where that has none, of the nearest weekday before it that has.',
      }),
    ),
    overrides: Type.Optional(
      Type.Array(Override, {
        maxItems: MOST_ENTRIES,
        description: 'Emergencies and exceptions. Of two that overlap, the later one in the list holds.',
      }),
    ),
    valid_from: Type.Optional(date('The first day that it knows; 1970-01-01 when it is left out.')),
    valid_until: Type.Optional(date('The last day that it knows; 2099-12-31 when it is left out.')),
  },
  {
    $schema: 'http://json-schema.org/draft-07/schema#',
    // Where the service serves it, whatever its host is called.
    $id: CALENDAR_SCHEMA_PATH,
    title: 'Calendar',
    description: 'A named calendar: a file NAME.json in the folder that CALENDARS_DIR names.',
    additionalProperties: false,
  },
);

export type CalendarFile = Static<typeof CalendarFile>;
export type CalendarHoliday = Static<typeof CalendarHoliday>;
