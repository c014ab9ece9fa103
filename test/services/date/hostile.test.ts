/** No input may be dear, and none may end in anything but a catalogued problem. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { Problem } from '../../../src/errors.ts';
import { compute, type Preview } from '../../../src/services/date/index.ts';
import { runtimeHasTemporal } from './on-both.ts';

/** Where there is only the polyfill, or coverage counts every block, everything takes many times longer. */
const plain = runtimeHasTemporal && !process.env['NODE_V8_COVERAGE'];
const LIMIT_MS = plain ? 5 : 100;
const TRIES = 12;

function outcome(request: Record<string, unknown>): string {
  try {
    const { output_timestamp, accuracy_valid } = compute(request as unknown as Preview);
    assert.equal(accuracy_valid, true);
    return String(output_timestamp);
  } catch (error) {
    if (error instanceof Problem) return error.code;
    throw error;
  }
}

/** Processor time of the best of a few tries, so that what else the machine does is not counted. */
function cost(request: Record<string, unknown>): number {
  let best = Infinity;
  for (let i = 0; i < TRIES && best > LIMIT_MS / 5; i++) {
    const start = process.cpuUsage();
    outcome(request);
    const { user, system } = process.cpuUsage(start);
    best = Math.min(best, (user + system) / 1000);
  }
  return best;
}

const at = { source_timestamp: '2026-01-15T10:20:30.5Z', target_timezone: 'America/New_York' };
const count = (length: number, from = 0) => Array.from({ length }, (_, index) => index + from);
const dates = (year: number, step = 1) =>
  count(500).map((index) =>
    new Date(Date.UTC(year, 0, 5) + index * step * 86_400_000).toISOString().slice(0, 10),
  );
const everySecond = `BYHOUR=${count(24).join()};BYMINUTE=${count(60).join()};BYSECOND=${count(60).join()}`;
const zoned = (start: string) => `DTSTART;TZID=America/New_York:${start}\nRRULE:`;
const rule = (recurrence_rule: string, more = {}) => ({
  ...at,
  operation: 'NEXT_OCCURRENCE',
  recurrence_rule,
  ...more,
});
const days = count(7, 1);

const cases: Record<string, [request: Record<string, unknown>, expected: RegExp]> = {
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
  '30 February by the second': [
    rule('RRULE:FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30;COUNT=3'),
    /^NO_OCCURRENCE$/,
  ],
  'seconds that never meet': [rule('RRULE:FREQ=SECONDLY;INTERVAL=60;BYSECOND=31'), /^NO_OCCURRENCE$/],
  'weeks that never meet': [rule('RRULE:FREQ=YEARLY;BYWEEKNO=53;BYDAY=MO;BYMONTH=6'), /^NO_OCCURRENCE$/],
  'a gap each year': [rule(`${zoned('20100314T023000')}FREQ=YEARLY;BYMONTH=3;BYDAY=2SU`), /^NO_OCCURRENCE$/],
  'a start in the year 1': [rule(`${zoned('00010101T000000')}FREQ=DAILY;COUNT=800000`), /^2026-01-16T00:00/],
  'every second of every day, in a fold': [
    rule(`${zoned('20000101T000000')}FREQ=YEARLY;BYDAY=MO,TU,WE,TH,FR,SA,SU;${everySecond}`, {
      source_timestamp: '2026-11-01T06:30:00Z',
    }),
    /^2026-11-01T02:00:00/,
  ],
  'two billion of them to count': [
    rule(`${zoned('20000101T000000')}FREQ=DAILY;COUNT=2000000000;${everySecond}`),
    /^INVALID_RECURRENCE_RULE$/,
  ],
  'an enormous interval': [rule('RRULE:FREQ=SECONDLY;INTERVAL=999999999999;BYDAY=MO'), /^NO_OCCURRENCE$/],
  'an endless list of dates': [
    rule(
      `RRULE:FREQ=YEARLY\nRDATE:${count(240)
        .map((i) => `${1000 + i * 30}0310T023000`)
        .join()}`,
    ),
    /^2027-01-15/,
  ],
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

describe('a request made to be dear', () => {
  for (const [what, [request, expected]] of Object.entries(cases)) {
    it(`${what} costs at most ${LIMIT_MS} ms`, () => {
      assert.match(outcome(request), expected);
      const ms = cost(request);
      assert.ok(ms <= LIMIT_MS, `${ms} ms`);
    });
  }
});

describe('any string anywhere', () => {
  /** Strings near to right ones get further than noise. */
  const pieces = fc.constantFrom(
    ...[
      '2026-01-15',
      'T',
      '10:20:30',
      'Z',
      '+05:30',
      '[',
      ']',
      '[Europe/Berlin]',
      '!',
      '=',
      '.5',
      'P1Y',
      'PT',
      'RRULE:',
    ],
    ...[
      'FREQ=DAILY',
      ';',
      'COUNT=',
      'BYDAY=',
      '-1MO',
      '\n',
      'DTSTART',
      ':',
      'EXDATE',
      ',',
      '9'.repeat(40),
      '-',
      '(',
      '\0',
    ],
  );
  const text = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 200 }),
    fc.array(pieces, { maxLength: 30 }).map((parts) => parts.join('')),
    fc.tuple(pieces, fc.integer({ min: 1, max: 20_000 })).map(([piece, times]) => piece.repeat(times)),
  );
  const good: Record<string, Record<string, unknown>> = {
    source_timestamp: { ...at, operation: 'CONVERT' },
    source_timezone: { ...at, source_timestamp: '2026-01-15T10:20:30', operation: 'CONVERT' },
    target_timezone: { ...at, operation: 'CONVERT' },
    duration: { ...at, operation: 'ADD' },
    until_timestamp: { ...at, operation: 'UNTIL', largest_unit: 'year' },
    recurrence_rule: { ...at, operation: 'NEXT_OCCURRENCE' },
  };
  for (const [field, request] of Object.entries(good)) {
    it(`${field} ends in an answer or a problem, and soon`, () => {
      fc.assert(
        fc.property(text, (value) => {
          const ms = cost({ ...request, [field]: value });
          assert.ok(ms <= LIMIT_MS, `${ms} ms`);
        }),
        { numRuns: 300, seed: 2 },
      );
    });
  }
});
