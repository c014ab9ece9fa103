/** The requests that are known to ask for the most work, each with lists as long as the schema lets them be. */
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
