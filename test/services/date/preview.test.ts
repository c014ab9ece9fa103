import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { WARNING_CODES } from '../../../src/schemas/preview.ts';
import { type Preview, preview, tzdbAgeDays, tzdbVersion } from '../../../src/services/date/index.ts';
import { Temporal } from '../../../src/services/temporal.ts';
import { moment, source, zoneWithClocks } from './arbitraries.ts';

const look = (request: Record<string, unknown>, context = {}) =>
  preview({ target_timezone: 'UTC', operation: 'CONVERT', ...request } as unknown as Preview, context);
const codes = (request: Record<string, unknown>, context = {}) =>
  look(request, context).warnings.map(({ code }) => code);

const at = { source_timestamp: '2026-06-10T12:00:00Z' };
const berlin = { ...at, target_timezone: 'Europe/Berlin' };

describe('a preview', () => {
  it('tells the changes of offset around the result', () => {
    const { previous_transition, next_transition } = look(berlin);
    assert.deepEqual(previous_transition, {
      instant: '2026-03-29T01:00:00Z',
      offset_before: '+01:00',
      offset_after: '+02:00',
    });
    assert.deepEqual(next_transition, {
      instant: '2026-10-25T01:00:00Z',
      offset_before: '+02:00',
      offset_after: '+01:00',
    });
    assert.deepEqual(look(at).previous_transition, null);
  });

  it('counts a result at the change as after it', () => {
    const { previous_transition } = look({ ...berlin, source_timestamp: '2026-03-29T01:00:00Z' });
    assert.equal(previous_transition?.instant, '2026-03-29T01:00:00Z');
  });

  it('tells changes and fields as Temporal does, whatever was asked before', () =>
    fc.assert(
      fc.property(moment, zoneWithClocks, (epochNs, zone) => {
        const answer = look({ ...source(epochNs), target_timezone: zone });
        const written = Temporal.Instant.from(String(answer.output_instant)).toZonedDateTimeISO(zone);
        const previous = written.add({ nanoseconds: 1 }).getTimeZoneTransition('previous');
        const next = written.getTimeZoneTransition('next');
        assert.equal(answer.previous_transition?.instant, previous?.toInstant().toString());
        assert.equal(answer.next_transition?.instant, next?.toInstant().toString());
        assert.deepEqual(answer.fields, {
          weekday: written.dayOfWeek,
          iso_year: written.yearOfWeek,
          iso_week: written.weekOfYear,
          day_of_year: written.dayOfYear,
          utc_offset: written.offset,
        });
      }),
      { numRuns: 400, seed: 11 },
    ));

  it('has no fields for a length of time', () => {
    const length = { ...at, operation: 'UNTIL', until_timestamp: '2026-06-11T12:00:00Z', also_in: ['UTC'] };
    assert.equal(look(length).fields, null);
    assert.deepEqual(look(length).also_in, []);
  });

  it('tells the result in other zones, in the same format', () => {
    const { also_in } = look({
      ...at,
      also_in: ['india standard time', 'America/New_York'],
      output_format: 'date',
    });
    assert.deepEqual(also_in, [
      { timezone: 'Asia/Kolkata', output_timestamp: '2026-06-10' },
      { timezone: 'America/New_York', output_timestamp: '2026-06-10' },
    ]);
    assert.throws(() => look({ ...at, also_in: ['Mars/Olympus'] }), { code: 'UNKNOWN_TIME_ZONE' });
  });

  it('lists occurrences, the result first, until there are no more', () => {
    const list = (more: Record<string, unknown>) =>
      look({ ...at, operation: 'NEXT_OCCURRENCE', precision_limit: 0, ...more }).occurrences?.map(
        ({ output_timestamp }) => output_timestamp,
      );
    assert.deepEqual(list({ occurrences: 3, cron: '0 9 * * MON-FRI' }), [
      '2026-06-11T09:00:00Z',
      '2026-06-12T09:00:00Z',
      '2026-06-15T09:00:00Z',
    ]);
    const ending = 'DTSTART:20260609T090000Z\nRRULE:FREQ=DAILY;COUNT=4';
    assert.deepEqual(list({ occurrences: 20, recurrence_rule: ending }), [
      '2026-06-11T09:00:00Z',
      '2026-06-12T09:00:00Z',
    ]);
    assert.throws(() => look({ ...at, occurrences: 2 }), { code: 'VALIDATION_FAILED' });
  });

  it('lists as many occurrences as the budget allows, and says so', () => {
    const recurrence_rule =
      'DTSTART:20000101T090000Z\nRRULE:FREQ=DAILY;INTERVAL=5;BYDAY=MO,TU,WE,TH,FR;COUNT=5000';
    const answer = look({ ...at, operation: 'NEXT_OCCURRENCE', occurrences: 20, recurrence_rule });
    assert.ok(Number(answer.occurrences?.length) < 20);
    assert.deepEqual(
      answer.warnings.map(({ code }) => code),
      ['OCCURRENCES_GIVEN_UP'],
    );
  });
});

describe('warnings', () => {
  it('are none for a plain request', () => assert.deepEqual(codes(berlin), []));

  const cases: [Record<string, unknown>, string][] = [
    [{ ...at, target_timezone: 'EST' }, 'FIXED_ZONE'],
    [{ source_timestamp: '2026-06-10T12:00:00', source_timezone: 'mst' }, 'FIXED_ZONE'],
    [{ ...at, target_timezone: 'Etc/GMT+5' }, 'REVERSED_ZONE'],
    [{ ...at, recurrence_rule: 'FREQ=MONTHLY;BYMONTHDAY=31' }, 'SHORT_MONTHS_LEFT_OUT'],
    [{ ...at, recurrence_rule: 'DTSTART:20260130T090000Z\nRRULE:FREQ=MONTHLY' }, 'SHORT_MONTHS_LEFT_OUT'],
    [{ ...at, recurrence_rule: 'FREQ=YEARLY;BYMONTHDAY=5' }, 'EVERY_MONTH'],
    [{ ...at, recurrence_rule: 'FREQ=YEARLY;INTERVAL=2;BYWEEKNO=1' }, 'WEEKS_OVER_NEW_YEAR'],
    [{ ...at, cron: '0 9 */2 * MON' }, 'BOTH_DAYS'],
  ];
  for (const [request, code] of cases) {
    it(`${code} for ${JSON.stringify(request)}`, () => {
      const recurs = 'cron' in request || 'recurrence_rule' in request;
      assert.deepEqual(codes({ ...request, ...(recurs && { operation: 'NEXT_OCCURRENCE' }) }), [code]);
    });
  }

  it('are none where the last day of every month is meant', () => {
    const rules = ['FREQ=MONTHLY;BYMONTHDAY=-1', 'FREQ=MONTHLY;BYMONTHDAY=28,29,30,31;BYSETPOS=-1'];
    for (const recurrence_rule of rules) {
      assert.deepEqual(codes({ ...at, operation: 'NEXT_OCCURRENCE', recurrence_rule }), []);
    }
  });

  it('of a step are those of the sequence, with the step’s number', () => {
    const { warnings } = look({
      ...berlin,
      operation: 'SEQUENCE',
      steps: [
        { operation: 'NEXT_OCCURRENCE', recurrence_rule: 'FREQ=MONTHLY;BYMONTHDAY=31' },
        { operation: 'NEXT_OCCURRENCE', cron: '0 9 */2 * MON' },
      ],
    });
    assert.deepEqual(
      warnings.map(({ code, detail }) => [code, detail.slice(0, 24)]),
      [
        ['SHORT_MONTHS_LEFT_OUT', 'Step 1 (NEXT_OCCURRENCE)'],
        ['BOTH_DAYS', 'Step 2 (NEXT_OCCURRENCE)'],
      ],
    );
  });

  it('are told of in docs/dates.md, every one', () => {
    const document = readFileSync(new URL('../../../docs/dates.md', import.meta.url), 'utf8');
    for (const code of WARNING_CODES) assert.match(document, new RegExp(`^\\| \`${code}\` `, 'm'));
  });

  it('OLD_TZDB when the tz database is older than 120 days', () => {
    const released = Date.now() - tzdbAgeDays(tzdbVersion, Date.now()) * 86_400_000;
    assert.deepEqual(codes(at, { now: released + 100 * 86_400_000 }), []);
    assert.deepEqual(codes(at, { now: released + 122 * 86_400_000 }), ['OLD_TZDB']);
  });
});

describe('the age of the tz database', () => {
  const at = Date.UTC(2026, 10, 24);
  it('is counted from its release', () => {
    assert.equal(tzdbAgeDays('2026c', at), 139);
    assert.equal(tzdbAgeDays('2026f', at), 28);
  });

  it('of a later one is never less than it is', () => {
    assert.equal(tzdbAgeDays('2026z', at), 28);
    assert.equal(tzdbAgeDays('2027a', Date.UTC(2027, 1, 1)), 31);
    assert.ok(Number.isNaN(tzdbAgeDays('unknown', at)));
  });
});
