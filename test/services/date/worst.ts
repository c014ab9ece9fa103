/** The requests that are known to ask for the most work, each with lists as long as the schema lets them be. */
import { Problem } from '../../../src/errors.ts';
import { type Calendar, compileCalendar } from '../../../src/services/calendars/compile.ts';
import type { Calendars } from '../../../src/services/date/index.ts';

const at = { source_timestamp: '2026-01-15T10:20:30.5Z', target_timezone: 'America/New_York' };
const count = (length: number, from = 0) => Array.from({ length }, (_, index) => index + from);
const dates = (year: number, step = 1) =>
  count(500).map((index) =>
    new Date(Date.UTC(year, 0, 5) + index * step * 86_400_000).toISOString().slice(0, 10),
  );
const everySecond = `BYHOUR=${count(24).join()};BYMINUTE=${count(60).join()};BYSECOND=${count(60).join()}`;
const months = `BYMONTH=${count(12, 1).join()}`;
const allDays = 'MO,TU,WE,TH,FR,SA,SU';
const numberedDays = allDays
  .split(',')
  .flatMap((day) => count(106, -53).map((n) => `${n < 0 ? n : n + 1}${day}`));
const monthDays = [...count(31, 1), ...count(31, -31)].join();
const yearDays = count(366, 1).join();
const positions = [...count(366, -366), ...count(366, 1)].join();
const zoned = (start: string) => `DTSTART;TZID=America/New_York:${start}\nRRULE:`;
const days = count(7, 1);

const shifts = count(100).map((i) => ({ days, open: `0${i % 9}:${10 + (i % 50)}`, close: '09:00' }));
const minutesOf = (i: number, minutes: number) =>
  `${new Date(Date.UTC(2026, 0, 1) + i * minutes * 60_000).toISOString().slice(0, 16)}Z`;
const pauses = count(100).map((i) => ({
  from: `20${10 + (i % 80)}-01-0${1 + Math.floor(i / 20)}T08:00:00Z`,
  to: `20${10 + (i % 80)}-01-0${1 + Math.floor(i / 20)}T09:00:00Z`,
}));

const named = new Map<string, Calendar>(
  [
    // As many overrides as a file takes, one every half an hour, on as many shifts as it takes.
    {
      name: 'crowded',
      opening_hours: shifts,
      overrides: count(5000).map((i) => ({
        from: minutesOf(i, 30),
        to: minutesOf(2 * i + 1, 15),
        open: i % 2 === 0,
      })),
    },
    // Half of the days of 130 years are not as the week says.
    {
      name: 'exceptional',
      opening_hours: [{ days, open: '08:00', close: '09:00' }],
      holidays: count(28 * 12, 0)
        .filter((i) => i % 2 === 0)
        .map((i) => ({ month: 1 + Math.floor(i / 28), day: 1 + (i % 28) })),
      additional_working_days: count(5000).map((i) => minutesOf(i * 7, 1440).slice(0, 10)),
    },
    {
      name: 'shut',
      opening_hours: shifts,
      // As many as a file takes, each of them over all the others.
      overrides: count(5000).map(() => ({ from: '1970-01-01', to: '2099-12-31', open: false })),
    },
    // Nothing but days with hours of their own.
    {
      name: 'single',
      opening_hours: [],
      holidays: count(5000).map((i) => ({
        date: minutesOf(i * 5, 1440).slice(0, 10),
        open: '08:00',
        close: '09:00',
      })),
    },
  ].map((file) => [file.name, compileCalendar({ timezone: 'America/New_York', ...file })]),
);

/** The worst files that the schema lets through, and those that its requests name. */
export const worstCalendars: Calendars = {
  find(name) {
    const calendar = named.get(name);
    if (calendar === undefined) throw new Problem('CALENDAR_NOT_FOUND', `There is no calendar ${name}.`);
    return calendar;
  },
};

const hours = [{ days, open: '08:00', close: '09:00' }];
const openTime = (operation: string, more: object) => ({
  ...at,
  operation,
  duration: 'PT999999999H',
  ...more,
});
const openUntil = (until_timestamp: string, more: object) => ({
  ...at,
  operation: 'BUSINESS_TIME_UNTIL',
  until_timestamp,
  ...more,
});
const sequence = (length: number, step: Record<string, unknown>) => ({
  ...at,
  operation: 'SEQUENCE',
  steps: count(length).map(() => step),
});

const rule = (recurrence_rule: string, more = {}) => ({
  ...at,
  operation: 'NEXT_OCCURRENCE',
  recurrence_rule: recurrence_rule
    .slice(0, 4096)
    .replace(/,[^,]{0,6}$/, (end) => (recurrence_rule.length > 4096 ? '' : end)),
  ...more,
});

const cron = (text: string) => ({ ...at, operation: 'NEXT_OCCURRENCE', cron: text });

export const worst: Record<string, [request: Record<string, unknown>, expected: RegExp]> = {
  'a billion seconds, ended long ago': [
    rule('DTSTART:19700101T000000Z\nRRULE:FREQ=SECONDLY;COUNT=1000000000'),
    /^NO_OCCURRENCE$/,
  ],
  'a billion seconds, not ended': [
    rule('DTSTART:20000101T000000Z\nRRULE:FREQ=SECONDLY;COUNT=1000000000'),
    /^2026-01-15T05:20:31/,
  ],
  '30 February by the year': [rule('RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30'), /^NO_OCCURRENCE$/],
  '30 February by the month': [rule('RRULE:FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=30'), /^NO_OCCURRENCE$/],
  '30 February by the day': [rule('RRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30'), /^NO_OCCURRENCE$/],
  '30 February by the hour': [rule('RRULE:FREQ=HOURLY;BYMONTH=2;BYMONTHDAY=30'), /^NO_OCCURRENCE$/],
  '30 February by the minute': [rule('RRULE:FREQ=MINUTELY;BYMONTH=2;BYMONTHDAY=30'), /^NO_OCCURRENCE$/],
  '30 February by the second': [
    rule('RRULE:FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30;COUNT=3'),
    /^NO_OCCURRENCE$/,
  ],
  'seconds that never meet': [rule('RRULE:FREQ=SECONDLY;INTERVAL=60;BYSECOND=31'), /^NO_OCCURRENCE$/],
  'minutes that never meet': [
    rule(`RRULE:FREQ=MINUTELY;INTERVAL=7;BYHOUR=3;BYMINUTE=1;BYMONTHDAY=31;BYMONTH=6`),
    /^NO_OCCURRENCE$/,
  ],
  'hours that never meet': [
    rule(`RRULE:FREQ=HOURLY;INTERVAL=24;BYHOUR=3;BYMONTHDAY=${monthDays}`),
    /^20\d\d-|^NO_OCCURRENCE$/,
  ],
  'weeks that never meet': [rule('RRULE:FREQ=YEARLY;BYWEEKNO=53;BYDAY=MO;BYMONTH=6'), /^NO_OCCURRENCE$/],
  'all weeks of the year, in a month of which none is': [
    rule(`RRULE:FREQ=YEARLY;BYWEEKNO=${[...count(53, 1), ...count(53, -53)].join()};BYMONTH=2;BYMONTHDAY=30`),
    /^NO_OCCURRENCE$/,
  ],
  'all days of the year, on none of a month': [
    rule(`RRULE:FREQ=YEARLY;BYYEARDAY=${yearDays};BYMONTH=2;BYMONTHDAY=30,31`),
    /^NO_OCCURRENCE$/,
  ],
  'a weekday named 1,300 times': [
    rule(
      `DTSTART:20000101T000000\nRRULE:FREQ=YEARLY;${months};BYMONTHDAY=31;BYSETPOS=366;BYDAY=${count(1300)
        .map(() => 'MO')
        .join()}`,
    ),
    /^NO_OCCURRENCE$/,
  ],
  'all weekdays of a year by their numbers, by the year': [
    rule(`RRULE:FREQ=YEARLY;BYMONTHDAY=30;BYMONTH=2;BYDAY=${numberedDays.join()}`),
    /^NO_OCCURRENCE$/,
  ],
  'all weekdays of a month by their numbers, by the month': [
    rule(`RRULE:FREQ=MONTHLY;BYMONTHDAY=30;BYMONTH=2;BYDAY=${numberedDays.join()}`),
    /^NO_OCCURRENCE$/,
  ],
  'all weekdays by their numbers, counted': [
    rule(`DTSTART:00010101T000000\nRRULE:FREQ=YEARLY;${months};COUNT=99999999;BYDAY=${numberedDays.join()}`),
    /^NO_OCCURRENCE$/,
  ],
  'all positions of a year, counted': [
    rule(`DTSTART:00010101T000000\nRRULE:FREQ=YEARLY;BYDAY=${allDays};COUNT=99999999;BYSETPOS=${positions}`),
    /^NO_OCCURRENCE$|^2026-/,
  ],
  'positions that a week never has': [
    rule(`RRULE:FREQ=WEEKLY;BYDAY=MO;BYSETPOS=${count(365, 2).join()}`),
    /^NO_OCCURRENCE$/,
  ],
  'positions that a day never has': [
    rule(`RRULE:FREQ=DAILY;BYHOUR=1;BYSETPOS=${count(365, 2).join()}`),
    /^NO_OCCURRENCE$/,
  ],
  'positions that an hour never has': [
    rule(`RRULE:FREQ=HOURLY;BYMINUTE=1;BYSETPOS=${count(365, 2).join()}`),
    /^NO_OCCURRENCE$/,
  ],
  'positions that a minute never has': [
    rule(`RRULE:FREQ=MINUTELY;BYSECOND=1;BYSETPOS=${count(365, 2).join()}`),
    /^NO_OCCURRENCE$/,
  ],
  'a gap each year': [rule(`${zoned('20100314T023000')}FREQ=YEARLY;BYMONTH=3;BYDAY=2SU`), /^NO_OCCURRENCE$/],
  'a start in the year 1': [rule(`${zoned('00010101T000000')}FREQ=DAILY;COUNT=800000`), /^2026-01-16T00:00/],
  'two thousand years of Mondays, counted': [
    rule(`${zoned('00010101T000000')}FREQ=DAILY;BYDAY=MO;COUNT=800000`),
    /^2026-01-19T00:00/,
  ],
  'two thousand years of every second day, counted': [
    rule(`${zoned('00010101T000000')}FREQ=DAILY;INTERVAL=2;BYDAY=MO;COUNT=800000`),
    /^NO_OCCURRENCE$/,
  ],
  'two thousand years of hours, counted': [
    rule(`${zoned('00010101T000000')}FREQ=HOURLY;BYDAY=${allDays};COUNT=80000000`),
    /^NO_OCCURRENCE$/,
  ],
  'every second of every day, in a fold': [
    rule(`${zoned('20000101T000000')}FREQ=YEARLY;BYDAY=${allDays};${everySecond}`, {
      source_timestamp: '2026-11-01T06:30:00Z',
    }),
    /^2026-11-01T02:00:00/,
  ],
  'every second of every day but a year of days that are excluded': [
    rule(
      `DTSTART:20260101T000000Z\nRRULE:FREQ=YEARLY;BYDAY=${allDays};${everySecond}\nEXDATE;VALUE=DATE:${dates(
        2026,
      )
        .slice(0, 360)
        .map((date) => date.replaceAll('-', ''))
        .join()}`,
    ),
    /^2026-1\d-/,
  ],
  'every second but a year of days that are excluded': [
    rule(
      `DTSTART:20260101T000000Z\nRRULE:FREQ=SECONDLY;BYDAY=${allDays}\nEXDATE;VALUE=DATE:${dates(2026)
        .slice(0, 400)
        .map((date) => date.replaceAll('-', ''))
        .join()}`,
    ),
    /^2027-|^2026-/,
  ],
  'the same, counted': [
    rule(
      `DTSTART:20260101T000000Z\nRRULE:FREQ=SECONDLY;BYDAY=${allDays};COUNT=99999999\nEXDATE;VALUE=DATE:${dates(
        2026,
      )
        .slice(0, 400)
        .map((date) => date.replaceAll('-', ''))
        .join()}`,
    ),
    /^NO_OCCURRENCE$/,
  ],
  'two billion of them to count': [
    rule(`${zoned('20000101T000000')}FREQ=DAILY;COUNT=2000000000;${everySecond}`),
    /^NO_OCCURRENCE$/,
  ],
  'an enormous interval': [rule('RRULE:FREQ=SECONDLY;INTERVAL=999999999999;BYDAY=MO'), /^NO_OCCURRENCE$/],
  'an enormous interval of years': [rule('RRULE:FREQ=YEARLY;INTERVAL=999999999999'), /^NO_OCCURRENCE$/],
  'an endless list of dates': [
    rule(
      `RRULE:FREQ=YEARLY\nRDATE:${count(240)
        .map((i) => `${1000 + i * 30}0310T023000`)
        .join()}`,
    ),
    /^2027-01-15/,
  ],
  'a list of dates in gaps, all of them excluded': [
    rule(
      `RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30\nRDATE:${count(120)
        .map((i) => `${2027 + i}0310T023000`)
        .join()}\nEXDATE:${count(120)
        .map((i) => `${2027 + i}0310T023000`)
        .join()}`,
    ),
    /^NO_OCCURRENCE$/,
  ],
  'cron: 30 February': [cron('0 0 30 2 *'), /^NO_OCCURRENCE$/],
  'cron: every minute of 30 February': [cron('* * 30 2 *'), /^NO_OCCURRENCE$/],
  'cron: a day that no month named has': [cron('0 0 31 2,4,6,9,11 *'), /^NO_OCCURRENCE$/],
  'cron: the weekday nearest to 30 February': [cron('*/7 3-5 30W FEB *'), /^NO_OCCURRENCE$/],
  'cron: every day in every way': [
    cron(`${count(60).join()} ${count(24).join()} L,L-1,L-30,LW,1W,31W,*/2 JAN-DEC *,FRIL,1#5`.slice(0, 256)),
    /^INVALID_CRON_EXPRESSION$|^2026-/,
  ],
  'cron: a gap each year, in a month of its own': [cron('30 2 8-14 3 */7'), /^2027-|^2028-|^NO_OCCURRENCE$/],
  'a week without a working day': [
    { ...at, operation: 'ADD_BUSINESS_DAYS', days: 1, weekend: days },
    /^NO_OCCURRENCE$/,
  ],
  'two million working days': [
    {
      ...at,
      operation: 'ADD_BUSINESS_DAYS',
      days: 2_000_000,
      holidays: dates(2026),
      additional_working_days: dates(2027),
    },
    /^9692-/,
  ],
  'a centre that never opens': [{ ...at, operation: 'NEXT_OPENING', opening_hours: [] }, /^NO_OCCURRENCE$/],
  'a centre that is closed each Monday that it opens on': [
    {
      ...at,
      operation: 'NEXT_OPENING',
      opening_hours: [{ days: [1], open: '08:00', close: '09:00' }],
      holidays: dates(2026, 7),
    },
    /^2035-/,
  ],
  'an hour a week for a hundred thousand years': [
    {
      ...at,
      operation: 'ADD_BUSINESS_TIME',
      duration: 'PT999999999H',
      opening_hours: [{ days: [1], open: '08:00', close: '09:00' }],
    },
    /^NO_OCCURRENCE$/,
  ],
  'a hundred shifts a day': [
    {
      ...at,
      operation: 'ADD_BUSINESS_TIME',
      duration: 'PT999999999H',
      opening_hours: count(100).map((i) => ({ days, open: `0${i % 9}:${10 + (i % 50)}`, close: '09:00' })),
      holidays: dates(2026),
    },
    /^NO_OCCURRENCE$/,
  ],
  'a hundred shifts a day, backwards': [
    openTime('SUBTRACT_BUSINESS_TIME', { opening_hours: shifts, holidays: dates(2025) }),
    /^NO_OCCURRENCE$/,
  ],
  'a hundred pauses in twenty years of open time': [
    openTime('ADD_BUSINESS_TIME', { opening_hours: hours, pauses }),
    /^NO_OCCURRENCE$/,
  ],
  'a hundred pauses, backwards': [
    openTime('SUBTRACT_BUSINESS_TIME', { opening_hours: hours, pauses }),
    /^NO_OCCURRENCE$/,
  ],
  'the open time of eight thousand years': [
    openUntil('9999-12-30T00:00:00Z', { opening_hours: hours, pauses }),
    /^NO_OCCURRENCE$/,
  ],
  'the open time of two thousand years, backwards': [
    openUntil('0001-01-01T00:00:00Z', { opening_hours: shifts, pauses }),
    /^NO_OCCURRENCE$/,
  ],
  'a closing that never comes': [
    { ...at, operation: 'NEXT_CLOSING', opening_hours: [{ days, open: '00:00', close: '24:00' }] },
    /^NO_OCCURRENCE$/,
  ],
  'the closing of a hundred shifts that touch': [
    { ...at, operation: 'NEXT_CLOSING', opening_hours: shifts, holidays: dates(2026) },
    /^20\d\d-/,
  ],
  'the working days of ten thousand years': [
    {
      source_timestamp: '0001-01-01T12:00:00Z',
      target_timezone: 'UTC',
      operation: 'BUSINESS_DAYS_UNTIL',
      until_timestamp: '9999-12-31T12:00:00Z',
      holidays: dates(2026),
      additional_working_days: dates(2027),
    },
    /^\d+$/,
  ],
  'every working day of ten thousand years, backwards': [
    {
      ...at,
      operation: 'SUBTRACT_BUSINESS_DAYS',
      days: 3_652_425,
      holidays: dates(2024),
      additional_working_days: dates(2022),
    },
    /^OUT_OF_RANGE$/,
  ],
  'a roll over 500 holidays that leads back over 500': [
    {
      ...at,
      operation: 'ROLL_TO_BUSINESS_DAY',
      roll: 'modified_following',
      weekend: [1, 2, 3, 4, 5, 6],
      holidays: dates(2026, 7).map((_, i) => dates(2025, 1)[i] ?? ''),
    },
    /^202\d-|^NO_OCCURRENCE$/,
  ],
  'eight steps of open time': [
    sequence(8, { operation: 'ADD_BUSINESS_TIME', duration: 'PT2000H', opening_hours: hours, pauses }),
    /^20\d\d-|^NO_OCCURRENCE$/,
  ],
  'eight steps with every list full': [
    sequence(8, {
      operation: 'ADD_BUSINESS_DAYS',
      days: 1000,
      holidays: dates(2026),
      additional_working_days: dates(2027),
    }),
    /^20\d\d-/,
  ],
  'eight steps of rules': [
    sequence(8, {
      operation: 'NEXT_OCCURRENCE',
      recurrence_rule: `RRULE:FREQ=YEARLY;${months};BYDAY=${numberedDays.join().slice(0, 3500)}`.replace(
        /,[^,]*$/,
        '',
      ),
    }),
    /^20\d\d-|^NO_OCCURRENCE$/,
  ],
  'calendar: overrides every half an hour, added': [
    openTime('ADD_BUSINESS_TIME', { calendar: 'crowded', pauses }),
    /^NO_OCCURRENCE$/,
  ],
  'calendar: overrides every half an hour, subtracted': [
    openTime('SUBTRACT_BUSINESS_TIME', {
      calendar: 'crowded',
      pauses,
      source_timestamp: '2026-06-01T00:00:00Z',
    }),
    /^NO_OCCURRENCE$/,
  ],
  'calendar: overrides every half an hour, counted': [
    openUntil('2026-04-15T00:00:00Z', { calendar: 'crowded', pauses }),
    /^PT\d+H|^NO_OCCURRENCE$/,
  ],
  'calendar: overrides every half an hour, in eight steps': [
    sequence(8, { operation: 'NEXT_CLOSING', calendar: 'crowded' }),
    /^2026-|^NO_OCCURRENCE$/,
  ],
  'calendar: shut for 130 years': [{ ...at, operation: 'NEXT_OPENING', calendar: 'shut' }, /^NO_OCCURRENCE$/],
  'calendar: nothing but single days, from the end of them': [
    { ...at, source_timestamp: '2099-06-01T00:00:00Z', operation: 'NEXT_OPENING', calendar: 'single' },
    /^NO_OCCURRENCE$/,
  ],
  'calendar: nothing but single days, in eight steps': [
    sequence(8, { operation: 'NEXT_CLOSING', calendar: 'single' }),
    /^2026-/,
  ],
  'calendar: 130 years of exceptions': [
    { ...at, operation: 'ADD_BUSINESS_DAYS', days: 20_000, calendar: 'exceptional' },
    /^20\d\d-|^NO_OCCURRENCE$/,
  ],
  'calendar: 130 years of exceptions, backwards': [
    { ...at, operation: 'SUBTRACT_BUSINESS_DAYS', days: 20_000, calendar: 'exceptional' },
    /^NO_OCCURRENCE$/,
  ],
  'calendar: 130 years of exceptions, counted': [
    {
      ...at,
      source_timestamp: '1970-01-02T12:00:00Z',
      operation: 'BUSINESS_DAYS_UNTIL',
      until_timestamp: '2099-12-30T12:00:00Z',
      calendar: 'exceptional',
    },
    /^\d+$/,
  ],
  'calendar: 130 years of exceptions, in eight steps': [
    sequence(8, { operation: 'ADD_BUSINESS_DAYS', days: 1000, calendar: 'exceptional' }),
    /^20\d\d-|^NO_OCCURRENCE$/,
  ],
  'calendar: open time among 130 years of exceptions': [
    openTime('ADD_BUSINESS_TIME', { calendar: 'exceptional', pauses }),
    /^NO_OCCURRENCE$/,
  ],
  'an enormous duration': [
    { ...at, operation: 'ADD', duration: 'P999999999999999Y999999999999999DT999999999999999.999999999H' },
    /^OUT_OF_RANGE$/,
  ],
  'an enormous offset': [
    { ...at, operation: 'ADD_OFFSET', offset_minutes: Number.MAX_SAFE_INTEGER },
    /^OUT_OF_RANGE$/,
  ],
  'an enormous epoch': [
    {
      source_epoch: { value: '9'.repeat(30), unit: 'second' },
      target_timezone: 'UTC',
      operation: 'CONVERT',
    },
    /^OUT_OF_RANGE$/,
  ],
};
