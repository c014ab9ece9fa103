/** Mistakes that are typical of a caller's first hour, and the words that the answer's `detail` alone must have. */

export interface Mistake {
  name: string;
  method?: string;
  path?: string;
  headers?: Record<string, string>;
  body?: unknown;
  code: string;
  /** What a reader needs in order to go on: each stands in `detail`. */
  says: readonly string[];
  /** What would mislead. */
  never?: RegExp;
}

const BASE = {
  source_timestamp: '2024-02-29T15:30:00Z',
  target_timezone: 'America/New_York',
  operation: 'CONVERT',
};
const OPENING = { ...BASE, operation: 'NEXT_OPENING' };
const HOURS = [{ days: [1, 2, 3, 4, 5], open: '08:00', close: '17:30' }];
const OCCURRENCE = { ...BASE, operation: 'NEXT_OCCURRENCE' };
const DAYS = { ...BASE, operation: 'ADD_BUSINESS_DAYS', days: 2 };

const preview = (
  name: string,
  body: unknown,
  code: string,
  says: readonly string[],
  never?: RegExp,
): Mistake => ({ name, body, code, says, ...(never && { never }) });

const misfit = (name: string, change: object, ...says: string[]): Mistake =>
  preview(name, { ...BASE, ...change }, 'VALIDATION_FAILED', says);

const timestamp = (name: string, text: string, ...says: string[]): Mistake =>
  preview(name, { ...BASE, source_timestamp: text }, 'INVALID_TIMESTAMP', says);

const zone = (name: string, text: string, ...says: string[]): Mistake =>
  preview(name, { ...BASE, target_timezone: text }, 'UNKNOWN_TIME_ZONE', says);

const OPERATIONS: Mistake[] = [
  misfit('an operation misspelt', { operation: 'ADD_OFSET' }, 'did you mean "ADD_OFFSET"', 'CONVERT'),
  misfit('an operation in small letters', { operation: 'convert' }, 'did you mean "CONVERT"'),
  misfit('an operation in camel case', { operation: 'startOf' }, 'did you mean "START_OF"'),
  misfit('an operation that is not there', { operation: 'TRANSLATE' }, 'CONVERT', 'NEXT_OCCURRENCE'),
  misfit('an operation with spaces', { operation: 'add business days' }, 'did you mean "ADD_BUSINESS_DAYS"'),
  misfit('no operation', { operation: undefined }, '/operation is required', 'ADD_OFFSET'),
  misfit(
    'an operation that is null',
    { operation: null },
    '/operation must be one of',
    'CONVERT',
    'not null',
  ),
  misfit('minutes beside ADD', { operation: 'ADD', offset_minutes: 5 }, 'ADD_OFFSET', 'duration'),
  misfit('minutes beside CONVERT', { offset_minutes: 5 }, 'offset_minutes', 'ADD_OFFSET'),
  misfit('a duration beside CONVERT', { duration: 'PT1H' }, 'duration', 'ADD'),
  misfit(
    'a duration beside ADD_OFFSET',
    { operation: 'ADD_OFFSET', duration: 'PT1H' },
    'ADD',
    'offset_minutes',
  ),
  misfit('a unit beside ROUND', { operation: 'ROUND', unit: 'hour' }, 'unit', 'START_OF', 'smallest_unit'),
  misfit('days beside ADD', { operation: 'ADD', days: 3 }, 'ADD_BUSINESS_DAYS', 'duration'),
  misfit('cron beside CONVERT', { cron: '0 9 * * 1' }, 'NEXT_OCCURRENCE'),
];

const FIELDS: Mistake[] = [
  misfit(
    'camel case',
    { target_timezone: undefined, targetTimezone: 'UTC' },
    'did you mean "target_timezone"',
  ),
  misfit(
    'camel case of the source',
    { source_timestamp: undefined, sourceTimestamp: '2024-02-29T15:30:00Z' },
    'did you mean "source_timestamp"',
  ),
  misfit('kebab case', { 'precision-limit': 3 }, 'did you mean "precision_limit"'),
  misfit('a letter missing', { rounding_mod: 'trunc' }, 'did you mean "rounding_mode"'),
  misfit('"tz"', { target_timezone: undefined, tz: 'UTC' }, 'did you mean "target_timezone"'),
  misfit('"action"', { action: 'Production_Date_Processor' }, 'did you mean "action_name"'),
  misfit('"webhook"', { webhook: 'https://example.com/' }, 'did you mean "webhook_url"'),
  misfit('"callback_url"', { callback_url: 'https://example.com/' }, 'did you mean "webhook_url"'),
  misfit(
    '"timestamp"',
    { source_timestamp: undefined, timestamp: '2024-02-29T15:30:00Z' },
    'did you mean "source_timestamp"',
  ),
  misfit('"minutes"', { operation: 'ADD_OFFSET', minutes: 5 }, 'did you mean "offset_minutes"'),
  misfit('"rrule"', { operation: 'NEXT_OCCURRENCE', rrule: 'FREQ=DAILY' }, 'did you mean "recurrence_rule"'),
  misfit('"locale"', { locale: 'de-CH' }, 'did you mean "output_locale"'),
  misfit('a field that is not there', { colour: 'red' }, '/colour', 'target_timezone'),
  misfit(
    'no target_timezone',
    { target_timezone: undefined },
    '/target_timezone is required',
    'America/New_York',
  ),
  misfit('no source', { source_timestamp: undefined }, 'source_timestamp', 'source_epoch', 'now'),
  misfit(
    'two sources',
    { source_epoch: { value: 1, unit: 'second' } },
    'source_timestamp',
    'source_epoch',
    'not both',
  ),
  { ...misfit('no action_name in a write', {}, '/action_name is required'), path: '/manipulations' },
  {
    ...misfit('an action_name that is empty', { action_name: '' }, '/action_name must not be empty'),
    path: '/manipulations',
  },
];

const TYPES: Mistake[] = [
  misfit(
    'a number in quotes',
    { operation: 'ADD_OFFSET', offset_minutes: '120' },
    'write 120 without quotes',
  ),
  misfit(
    'half a minute',
    { operation: 'ADD_OFFSET', offset_minutes: 1.5 },
    '/offset_minutes',
    'an integer',
    '1.5',
  ),
  misfit('null for a zone', { target_timezone: null }, '/target_timezone', 'not null', 'America/New_York'),
  misfit('null for "not given"', { duration_format: null }, '/duration_format', 'leave it out'),
  misfit('an enum', { output_format: 'iso' }, '"rfc3339"', '"epoch_seconds"'),
  misfit('an enum misspelt', { rounding_mode: 'halfexpand' }, 'did you mean "halfExpand"'),
  misfit('an enum of another library', { disambiguation: 'raise' }, '"reject"', '"earlier"'),
  misfit('out of range', { precision_limit: 9 }, 'from 0 to 3'),
  misfit('a boolean for a number', { precision_limit: true }, '/precision_limit', 'an integer'),
  misfit(
    'a negative count of days',
    { operation: 'ADD_BUSINESS_DAYS', days: -2 },
    '/days',
    'SUBTRACT_BUSINESS_DAYS',
  ),
  misfit(
    'an epoch without a unit',
    { source_timestamp: undefined, source_epoch: { value: 1709220600 } },
    '/source_epoch/unit is required',
    '"second"',
  ),
  misfit(
    'an epoch that is a number',
    { source_timestamp: undefined, source_epoch: 1709220600 },
    '/source_epoch',
    '"unit": "second"',
  ),
  misfit(
    'an epoch unit in the plural',
    { source_timestamp: undefined, source_epoch: { value: 1, unit: 'seconds' } },
    'did you mean "second"',
  ),
  misfit(
    'an epoch with a fraction',
    { source_timestamp: undefined, source_epoch: { value: 1709220600.5, unit: 'second' } },
    '/source_epoch/value',
    'whole',
    'millisecond',
  ),
];

const TIMES: Mistake[] = [
  misfit('Unix seconds', { source_timestamp: 1709220600 }, 'source_epoch', '"unit": "second"', '1709220600'),
  misfit('Unix milliseconds', { source_timestamp: 1709220600000 }, 'source_epoch', '"unit": "millisecond"'),
  timestamp('Unix seconds as text', '1709220600', 'source_epoch', '"unit": "second"'),
  timestamp('Unix milliseconds as text', '1709220600000', 'source_epoch', '"unit": "millisecond"'),
  timestamp('no seconds', '2024-02-29T15:30Z', 'seconds', '2024-02-29T15:30:00Z'),
  timestamp('a date alone', '2024-02-29', 'source_format', '"date"', '2024-02-29T00:00:00'),
  timestamp('an American date', '02/29/2024 10:30:00 AM', 'source_format', '"cxone_studio"'),
  timestamp('a date of an HTTP header', 'Thu, 29 Feb 2024 15:30:00 GMT', 'source_format', '"rfc1123"'),
  timestamp('an offset without minutes', '2024-02-29T15:30:00+05', '+05:00'),
  timestamp('an offset without a colon', '2024-02-29T15:30:00+0530', '+05:30'),
  timestamp('a comma for the fraction', '2024-02-29T15:30:00,5Z', '15:30:00.5Z'),
  timestamp('29 February of another year', '2023-02-29T15:30:00Z', 'February 2023 has 28 days'),
  timestamp('month 13', '2024-13-01T00:00:00Z', 'month', '01 to 12'),
  timestamp('hour 24', '2024-02-29T24:00:00Z', '00 to 23', 'next day'),
  timestamp('a zone’s name after the time', '2024-02-29T10:30:00 America/New_York', '[America/New_York]'),
  timestamp('an abbreviation after the time', '2024-02-29T10:30:00 EST', 'offset', '-05:00'),
  timestamp('a word', 'tomorrow', '"now"', '2024-02-29T15:30:00.000Z'),
  misfit(
    'Unix seconds where no count goes',
    { operation: 'UNTIL', until_timestamp: 1709220600 },
    '"2024-02-29T15:30:00.000Z"',
  ),
  preview(
    'Unix seconds as text where no count goes',
    { ...BASE, operation: 'UNTIL', until_timestamp: '1709220600' },
    'INVALID_TIMESTAMP',
    ['written out', '2024-02-29T15:30:00Z'],
  ),
  misfit('a format of Unix time', { source_format: 'unix', source_timestamp: '1709220600' }, 'source_epoch'),
  misfit('an empty duration', { operation: 'ADD', duration: '' }, '/duration must not be empty', '"P1M"'),
  misfit('a unit in the plural', { operation: 'START_OF', unit: 'days' }, 'did you mean "day"?'),
  misfit(
    'steps that are a text',
    { operation: 'SEQUENCE', steps: 'ADD' },
    '/steps',
    'a list',
    '"operation": "ADD"',
  ),
  misfit('an empty timestamp', { source_timestamp: '' }, '/source_timestamp must not be empty'),
  misfit('a zone beside an offset', { source_timezone: 'Europe/Berlin' }, 'source_timezone', 'leave it out'),
  preview(
    'a gap that is refused',
    {
      ...BASE,
      source_timestamp: '2026-03-08T02:30:00',
      source_timezone: 'America/New_York',
      disambiguation: 'reject',
    },
    'LOCAL_TIME_NONEXISTENT',
    ['2026-03-08T02:30:00', 'America/New_York', 'disambiguation', 'later'],
  ),
  preview(
    'a fold that is refused',
    {
      ...BASE,
      source_timestamp: '2026-11-01T01:30:00',
      source_timezone: 'America/New_York',
      disambiguation: 'reject',
    },
    'LOCAL_TIME_AMBIGUOUS',
    ['2026-11-01T01:30:00', '-04:00', '-05:00', 'disambiguation'],
  ),
  preview(
    'the winter’s offset in summer',
    { ...BASE, source_timestamp: '2024-07-01T12:00:00-05:00[America/New_York]' },
    'OFFSET_MISMATCH',
    ['-04:00', 'offset_conflict'],
  ),
  preview(
    '31 January plus a month, strictly',
    {
      ...BASE,
      source_timestamp: '2024-01-31T12:00:00Z',
      operation: 'ADD',
      duration: 'P1M',
      overflow: 'reject',
    },
    'DATE_OVERFLOW',
    ['overflow', 'constrain'],
  ),
];

const ZONES: Mistake[] = [
  zone('a zone without its underscore', 'America/NewYork', 'did you mean "America/New_York"'),
  zone('a zone misspelt', 'Europe/Londn', 'did you mean "Europe/London"'),
  zone('a zone with a space', 'America/New York', 'did you mean "America/New_York"'),
  zone('a city alone', 'Berlin', '"Europe/Berlin"'),
  zone('a zone of the wrong continent', 'Asia/Sydney', '"Australia/Sydney"'),
  zone('summer time of New York', 'EDT', 'America/New_York', 'abbreviation'),
  zone('an abbreviation of two zones', 'CST', 'abbreviation', 'America/Chicago'),
  zone('a Windows name misspelt', 'Eastern Standart Time', 'did you mean "Eastern Standard Time"'),
  zone(
    'a Windows display name',
    '(UTC-05:00) Eastern Time (US & Canada)',
    'Windows',
    '"Eastern Standard Time"',
  ),
  zone('a zone’s offset without a colon', '+0530', '+05:30'),
  zone('an offset of one digit', '+5', '+05:00'),
  zone('an offset after UTC', 'UTC+2', '+02:00'),
  zone('a zone as it is spoken of', 'Eastern Daylight Time', 'did you mean "America/New_York"'),
  zone('a Windows display name of cities', '(UTC+01:00) Amsterdam, Berlin, Bern', '"Europe/Amsterdam"'),
  zone('nothing like a zone', 'here', 'America/New_York', '+05:30'),
];

const DURATIONS: Mistake[] = [
  preview('a duration in words', { ...BASE, operation: 'ADD', duration: '2 hours' }, 'INVALID_DURATION', [
    'PT2H',
  ]),
  preview('a duration without T', { ...BASE, operation: 'ADD', duration: 'P2H' }, 'INVALID_DURATION', [
    'PT2H',
  ]),
  preview('a duration as a clock', { ...BASE, operation: 'ADD', duration: '01:30' }, 'INVALID_DURATION', [
    'PT1H30M',
  ]),
  misfit('a duration that is a number', { operation: 'ADD', duration: 90 }, '/duration', '"P', 'PT'),
  misfit('no duration', { operation: 'ADD' }, '/duration is required', '"P'),
  preview(
    'days of opening time',
    { ...OPENING, operation: 'ADD_BUSINESS_TIME', duration: 'P1D', opening_hours: HOURS },
    'INVALID_DURATION',
    ['hours', 'ADD_BUSINESS_DAYS'],
  ),
];

const RECURRENCE: Mistake[] = [
  preview(
    'cron in recurrence_rule',
    { ...OCCURRENCE, recurrence_rule: '0 9 * * 1-5' },
    'INVALID_RECURRENCE_RULE',
    ['"cron": "0 9 * * 1-5"'],
    /FREQ must be/,
  ),
  preview('a rule in cron', { ...OCCURRENCE, cron: 'FREQ=DAILY' }, 'INVALID_CRON_EXPRESSION', [
    '"recurrence_rule": "FREQ=DAILY"',
  ]),
  preview('cron of six fields', { ...OCCURRENCE, cron: '0 0 9 * * 1' }, 'INVALID_CRON_EXPRESSION', [
    'five fields',
    '"0 9 * * 1"',
    'seconds',
  ]),
  preview('a nickname of cron', { ...OCCURRENCE, cron: '@daily' }, 'INVALID_CRON_EXPRESSION', [
    '"0 0 * * *"',
  ]),
  preview('an hour of 24', { ...OCCURRENCE, cron: '0 24 * * *' }, 'INVALID_CRON_EXPRESSION', [
    'hour',
    '0 to 23',
  ]),
  preview('neither cron nor a rule', OCCURRENCE, 'VALIDATION_FAILED', [
    'cron',
    '"0 9 * * 1-5"',
    'recurrence_rule',
    'FREQ=',
  ]),
  preview('a rule without FREQ', { ...OCCURRENCE, recurrence_rule: 'BYDAY=MO' }, 'INVALID_RECURRENCE_RULE', [
    'FREQ',
    'WEEKLY',
  ]),
  preview(
    'a weekday in full',
    { ...OCCURRENCE, recurrence_rule: 'FREQ=WEEKLY;BYDAY=Monday' },
    'INVALID_RECURRENCE_RULE',
    ['MO'],
  ),
  preview(
    'a rule that never meets',
    { ...OCCURRENCE, recurrence_rule: 'FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30' },
    'NO_OCCURRENCE',
    ['never meet'],
  ),
];

const BUSINESS: Mistake[] = [
  misfit(
    'one digit of an hour',
    { ...OPENING, opening_hours: [{ days: [1], open: '8:00', close: '17:00' }] },
    '"08:00"',
    '"8:00"',
  ),
  misfit(
    'an hour with AM',
    { ...OPENING, opening_hours: [{ days: [1], open: '8 AM', close: '17:00' }] },
    '/opening_hours/0/open',
    '"08:00"',
  ),
  misfit(
    'a weekday of 8',
    { ...OPENING, opening_hours: [{ days: [8], open: '08:00', close: '17:00' }] },
    'from 1 to 7',
  ),
  misfit(
    'Sunday as 0',
    { ...OPENING, opening_hours: [{ days: [0], open: '08:00', close: '17:00' }] },
    'from 1 to 7',
    'Sunday is 7',
  ),
  misfit(
    'weekdays by name',
    { ...OPENING, opening_hours: [{ days: ['MON'], open: '08:00', close: '17:00' }] },
    '/opening_hours/0/days/0',
    '1',
    'Monday',
  ),
  misfit(
    'opening hours that are an object',
    { ...OPENING, opening_hours: { mon: '8-17' } },
    '/opening_hours',
    'a list',
    '"open": "08:00"',
  ),
  misfit(
    '"start" and "end"',
    { ...OPENING, opening_hours: [{ days: [1], start: '08:00', end: '17:00' }] },
    '"open"',
    '"close"',
  ),
  misfit('no opening hours', OPENING, 'opening_hours', 'calendar', '"close": "17:30"'),
  misfit('a weekend by name', { ...DAYS, weekend: ['saturday', 'sunday'] }, '/weekend/0', '6', 'Saturday'),
  misfit('a weekend as text', { ...DAYS, weekend: 'sat,sun' }, '/weekend', 'a list', '[6, 7]'),
  misfit(
    'a holiday with a time',
    { ...DAYS, holidays: ['2026-12-25T00:00:00Z'] },
    '/holidays/0',
    '"2026-12-25"',
  ),
  misfit('an American holiday', { ...DAYS, holidays: ['12/25/2026'] }, '/holidays/0', '"2026-12-25"'),
  misfit(
    'a holiday that does not exist',
    { ...DAYS, holidays: ['2026-02-30'] },
    '2026-02-30',
    'February 2026 has 28 days',
  ),
  misfit(
    'a holiday with an opening only',
    { ...OPENING, opening_hours: HOURS, holidays: [{ date: '2026-12-24', open: '08:00' }] },
    'close',
  ),
  misfit(
    'a calendar beside holidays',
    { ...DAYS, calendar: 'uk-support', holidays: ['2026-12-25'] },
    'leave out holidays, or calendar',
  ),
  preview('a calendar misspelt', { ...DAYS, calendar: 'uk-suport' }, 'CALENDAR_NOT_FOUND', ['uk-support']),
  preview('a calendar that is not there', { ...DAYS, calendar: 'mars' }, 'CALENDAR_NOT_FOUND', [
    'GET /calendars',
  ]),
  preview('a week that is all weekend', { ...DAYS, weekend: [1, 2, 3, 4, 5, 6, 7] }, 'NO_OCCURRENCE', [
    'weekend',
  ]),
  misfit('a roll misspelt', { operation: 'ROLL_TO_BUSINESS_DAY', roll: 'next' }, '"following"'),
  misfit(
    'an increment that does not divide',
    { operation: 'ROUND', smallest_unit: 'minute', rounding_increment: 7 },
    '/rounding_increment'.slice(1),
    '15',
  ),
  misfit(
    'a step that is no operation',
    { operation: 'SEQUENCE', steps: [{ operation: 'CONVERT' }, { operation: 'ADDD', duration: 'P1D' }] },
    '/steps/1/operation',
    'did you mean "ADD"',
  ),
];

const OUTPUT: Mistake[] = [
  misfit('a pattern of Java’s week year', { output_format: 'pattern', output_pattern: 'YYYY-MM-dd' }, 'yyyy'),
  misfit(
    'an unknown letter of a pattern',
    { output_format: 'pattern', output_pattern: 'yyyy-MM-dd K:mm' },
    '"K"',
    'quotes',
  ),
  misfit('a pattern without its format', { output_pattern: 'yyyy' }, 'output_format', 'pattern'),
  misfit('the format without a pattern', { output_format: 'pattern' }, 'output_pattern', 'yyyy'),
  misfit(
    'a locale that is not there',
    { output_format: 'pattern', output_pattern: 'yyyy', output_locale: 'english' },
    'en-US',
  ),
];

const raw = (name: string, body: string, code: string, ...says: string[]): Mistake => ({
  name,
  body,
  code,
  says,
});

const JSON_TEXT: Mistake[] = [
  raw('JSON that ends early', '{"operation": "CONVERT"', 'VALIDATION_FAILED', 'line 1, column 24', '"}"'),
  raw('a text that does not end', '{"operation": "CONVERT}', 'VALIDATION_FAILED', 'line 1, column', 'quote'),
  raw(
    'a comma too many',
    '{\n  "operation": "CONVERT",\n}',
    'VALIDATION_FAILED',
    'line 3, column 1',
    'comma',
  ),
  raw('single quotes', "{'operation': 'CONVERT'}", 'VALIDATION_FAILED', 'line 1, column 2', 'double quotes'),
  raw(
    'a name without quotes',
    '{operation: "CONVERT"}',
    'VALIDATION_FAILED',
    'line 1, column 2',
    'double quotes',
  ),
  raw('a comma forgotten', '{"a": 1\n "b": 2}', 'VALIDATION_FAILED', 'line 2, column 2', 'comma'),
  raw('Python’s None', '{"operation": None}', 'VALIDATION_FAILED', 'line 1, column 15', 'null'),
  raw('Python’s True', '{"operation": True}', 'VALIDATION_FAILED', 'line 1, column 15', 'true'),
  raw('a comment', '{"a": 1 // one\n}', 'VALIDATION_FAILED', 'line 1, column 9', 'comment'),
  raw('NaN', '{"precision_limit": NaN}', 'VALIDATION_FAILED', 'line 1, column 21', 'number'),
  raw('a leading zero', '{"offset_minutes": 0120}', 'VALIDATION_FAILED', 'line 1, column 20'),
  raw(
    'a name twice',
    '{"operation": "CONVERT", "operation": "ADD"}',
    'VALIDATION_FAILED',
    '"operation"',
    'twice',
  ),
  raw('an empty body', '', 'VALIDATION_FAILED', 'empty', 'JSON object'),
  raw('a form', 'operation=CONVERT', 'VALIDATION_FAILED', 'line 1, column 1', 'JSON'),
  preview('a list', [BASE], 'VALIDATION_FAILED', ['/manipulations/batch']),
  preview('a text of JSON', JSON.stringify(JSON.stringify(BASE)), 'VALIDATION_FAILED', [
    'a JSON object',
    'encoded twice',
  ]),
  raw('null', 'null', 'VALIDATION_FAILED', 'a JSON object', 'null'),
];

const HTTP: Mistake[] = [
  {
    name: 'no content type',
    body: JSON.stringify(BASE),
    headers: { 'content-type': '' },
    code: 'UNSUPPORTED_MEDIA_TYPE',
    says: ['application/json', 'Content-Type'],
  },
  {
    name: 'text/plain',
    body: JSON.stringify(BASE),
    headers: { 'content-type': 'text/plain' },
    code: 'UNSUPPORTED_MEDIA_TYPE',
    says: ['application/json', 'text/plain'],
  },
  {
    name: 'what curl -d sends',
    body: JSON.stringify(BASE),
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    code: 'UNSUPPORTED_MEDIA_TYPE',
    says: ['application/json', "-H 'content-type: application/json'"],
  },
  {
    name: 'a compressed body',
    body: JSON.stringify(BASE),
    headers: { 'content-encoding': 'gzip' },
    code: 'UNSUPPORTED_MEDIA_TYPE',
    says: ['Content-Encoding'],
  },
  {
    name: 'NDJSON to one manipulation',
    body: JSON.stringify(BASE),
    headers: { 'content-type': 'application/x-ndjson' },
    code: 'UNSUPPORTED_MEDIA_TYPE',
    says: ['/manipulations/batch'],
  },
  {
    name: 'GET of what is posted',
    method: 'GET',
    path: '/manipulations',
    code: 'METHOD_NOT_ALLOWED',
    says: ['POST'],
  },
  {
    name: 'PUT of a record',
    method: 'PUT',
    path: '/audit-records',
    body: {},
    code: 'METHOD_NOT_ALLOWED',
    says: ['GET'],
  },
  {
    name: 'the singular',
    path: '/manipulation',
    body: BASE,
    code: 'ROUTE_NOT_FOUND',
    says: ['/manipulations', 'did you mean'],
  },
  {
    name: 'an underscore for a hyphen',
    method: 'GET',
    path: '/audit_records',
    code: 'ROUTE_NOT_FOUND',
    says: ['/audit-records'],
  },
  {
    name: 'a version before the path',
    path: '/v1/manipulations',
    body: BASE,
    code: 'ROUTE_NOT_FOUND',
    says: ['did you mean', '/manipulations'],
  },
  {
    name: 'a slash too many',
    path: '/manipulations/',
    body: BASE,
    code: 'ROUTE_NOT_FOUND',
    says: ['/manipulations'],
  },
  {
    name: 'a route that is not there',
    method: 'GET',
    path: '/zones',
    code: 'ROUTE_NOT_FOUND',
    says: ['/docs'],
  },
  {
    name: 'a key with a space',
    path: '/manipulations',
    headers: { 'idempotency-key': 'night run' },
    body: { ...BASE, action_name: 'A' },
    code: 'VALIDATION_FAILED',
    says: ['Idempotency-Key', 'space', 'nightly-2024-02-29'],
  },
  {
    name: 'a key that is empty',
    path: '/manipulations',
    headers: { 'idempotency-key': '""' },
    body: { ...BASE, action_name: 'A' },
    code: 'VALIDATION_FAILED',
    says: ['Idempotency-Key', '1 to 255'],
  },
  {
    name: 'a key that is too long',
    path: '/manipulations',
    headers: { 'idempotency-key': 'k'.repeat(256) },
    body: { ...BASE, action_name: 'A' },
    code: 'VALIDATION_FAILED',
    says: ['Idempotency-Key', '1 to 255', '256'],
  },
  {
    name: 'a cursor that was made up',
    method: 'GET',
    path: '/audit-records?cursor=2',
    code: 'VALIDATION_FAILED',
    says: ['cursor', 'next_cursor'],
  },
  {
    name: 'a limit of 1000',
    method: 'GET',
    path: '/audit-records?limit=1000',
    code: 'VALIDATION_FAILED',
    says: ['/limit', 'from 1 to 500', 'cursor'],
  },
  {
    name: 'a limit that is a word',
    method: 'GET',
    path: '/audit-records?limit=all',
    code: 'VALIDATION_FAILED',
    says: ['/limit', 'integer'],
  },
  {
    name: 'a status in small letters',
    method: 'GET',
    path: '/audit-records?status=failed',
    code: 'VALIDATION_FAILED',
    says: ['did you mean "FAILED"'],
  },
  {
    name: 'a filter that is not there',
    method: 'GET',
    path: '/audit-records?action=x',
    code: 'VALIDATION_FAILED',
    says: ['did you mean "action_name"'],
  },
  {
    name: 'a date as "from"',
    method: 'GET',
    path: '/audit-records?from=2024-02-29',
    code: 'VALIDATION_FAILED',
    says: ['/from', '2024-02-29T00:00:00Z'],
  },
  {
    name: 'a record’s id that is none',
    method: 'GET',
    path: '/audit-records/42',
    code: 'AUDIT_RECORD_NOT_FOUND',
    says: ['request_id', 'UUID'],
  },
  {
    name: 'a webhook without a scheme',
    path: '/manipulations',
    body: { ...BASE, action_name: 'A', webhook_url: 'hooks.example.com/x' },
    code: 'VALIDATION_FAILED',
    says: ['webhook_url', 'https://'],
  },
  {
    name: 'a webhook over http',
    path: '/manipulations',
    body: { ...BASE, action_name: 'A', webhook_url: 'http://hooks.example.com/x' },
    code: 'WEBHOOK_URL_REFUSED',
    says: ['https'],
  },
  {
    name: 'a webhook to a host that is not allowed',
    path: '/manipulations',
    body: { ...BASE, action_name: 'A', webhook_url: 'https://hooks.example.com/x' },
    code: 'WEBHOOK_URL_REFUSED',
    says: ['hooks.example.com', 'WEBHOOK_ALLOWED_HOSTS'],
  },
  {
    name: 'an action in other letters',
    path: '/manipulations',
    body: { ...BASE, action_name: 'PRODUCTION_DATE_PROCESSOR' },
    code: 'ACTION_NOT_FOUND',
    says: ['"PRODUCTION_DATE_PROCESSOR"', 'did you mean "'],
  },
  {
    name: 'an action misspelt',
    path: '/manipulations',
    body: { ...BASE, action_name: 'Production_Date_Proccessor' },
    code: 'ACTION_NOT_FOUND',
    says: ['"Production_Date_Processor"'],
  },
  {
    name: 'an action that is not there',
    path: '/manipulations',
    body: { ...BASE, action_name: 'No such thing' },
    code: 'ACTION_NOT_FOUND',
    says: ['"No such thing"', 'letter case'],
  },
];

export const MISTAKES: readonly Mistake[] = [
  ...OPERATIONS,
  ...FIELDS,
  ...TYPES,
  ...TIMES,
  ...ZONES,
  ...DURATIONS,
  ...RECURRENCE,
  ...BUSINESS,
  ...OUTPUT,
  ...JSON_TEXT,
  ...HTTP,
];

/** Asked of a service that wants a key. */
export const KEY_MISTAKES: readonly Mistake[] = [
  { name: 'no key', body: BASE, code: 'UNAUTHENTICATED', says: ['Authorization: Bearer'] },
  {
    name: 'a key without "Bearer"',
    body: BASE,
    headers: { authorization: 'cxd_abc' },
    code: 'UNAUTHENTICATED',
    says: ['Authorization: Bearer', 'without the word Bearer'],
  },
  {
    name: 'a key as a password',
    body: BASE,
    headers: { authorization: 'Basic YTpi' },
    code: 'UNAUTHENTICATED',
    says: ['Authorization: Bearer', 'Basic'],
  },
  {
    name: 'a key in X-API-Key',
    body: BASE,
    headers: { 'x-api-key': 'cxd_abc' },
    code: 'UNAUTHENTICATED',
    says: ['Authorization: Bearer', 'X-API-Key'],
  },
  {
    name: 'a key that was cut',
    body: BASE,
    headers: { authorization: 'Bearer cxd_abc' },
    code: 'UNAUTHENTICATED',
    says: ['whole', 'withdrawn'],
  },
  {
    name: 'a key without the scope',
    path: '/manipulations',
    body: { ...BASE, action_name: 'A' },
    headers: { authorization: 'Bearer KEY' },
    code: 'FORBIDDEN',
    says: ['manipulations:write', 'npm run keys'],
  },
];
