import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Problem } from '../../../../src/errors.ts';
import { compute, type Preview } from '../../../../src/services/date/index.ts';

const run = (
  operation: string,
  source_timestamp: string,
  target_timezone: string,
  more: Record<string, unknown>,
) =>
  compute({
    operation,
    source_timestamp,
    target_timezone,
    precision_limit: 0,
    ...more,
  } as unknown as Preview);

const nextOpening = (source: string, zone: string, opening_hours: unknown, more = {}) =>
  run('NEXT_OPENING', source, zone, { opening_hours, ...more });

const add = (duration: string, source: string, zone: string, opening_hours: unknown, more = {}) =>
  run('ADD_BUSINESS_TIME', source, zone, { duration, opening_hours, ...more }).output_timestamp;

const everyDay = [1, 2, 3, 4, 5, 6, 7];
const NY = 'America/New_York';

describe('NEXT_OPENING', () => {
  const split = [
    { days: [1, 2, 3, 4, 5], open: '13:00', close: '17:00' },
    { days: [1, 2, 3, 4, 5], open: '08:00', close: '12:00' },
  ];
  const cases: [source: string, expected: string][] = [
    ['2026-06-03T07:59:59Z', '2026-06-03T08:00:00Z'],
    ['2026-06-03T08:00:00Z', '2026-06-03T08:00:00Z'],
    ['2026-06-03T11:59:59Z', '2026-06-03T11:59:59Z'],
    ['2026-06-03T12:00:00Z', '2026-06-03T13:00:00Z'],
    ['2026-06-05T17:00:00Z', '2026-06-08T08:00:00Z'],
  ];
  for (const [source, expected] of cases) {
    it(`of split shifts after ${source}`, () => {
      assert.equal(nextOpening(source, 'UTC', split).output_timestamp, expected);
    });
  }

  it('knows holidays: closed, with other hours, or opened on a day off', () => {
    const holidays = [
      '2026-06-03',
      { date: '2026-06-04', reason: 'inventory' },
      { date: '2026-06-06', open: '10:00', close: '11:00', reason: 'Saturday sale' },
      { date: '2026-06-06', open: '12:00', close: '13:00' },
    ];
    const after = (source: string) => nextOpening(source, 'UTC', split, { holidays }).output_timestamp;
    assert.equal(after('2026-06-03T09:00:00Z'), '2026-06-05T08:00:00Z');
    assert.equal(after('2026-06-05T17:00:00Z'), '2026-06-06T10:00:00Z');
    assert.equal(after('2026-06-06T11:00:00Z'), '2026-06-06T12:00:00Z');
  });

  it('leaves a shift past midnight to the day on which it opened', () => {
    const night = [{ days: [5], open: '22:00', close: '06:00' }];
    const after = (source: string, holidays: unknown[]) =>
      nextOpening(source, 'UTC', night, { holidays }).output_timestamp;
    assert.equal(after('2026-06-06T05:59:00Z', ['2026-06-06']), '2026-06-06T05:59:00Z');
    assert.equal(after('2026-06-06T05:59:00Z', ['2026-06-05']), '2026-06-12T22:00:00Z');
  });

  it('is open round the clock where a day closes as it opens', () => {
    const always = [{ days: everyDay, open: '00:00', close: '00:00' }];
    for (const source of ['2026-03-08T02:00:00-05:00', '2026-11-01T01:30:00-05:00']) {
      const answer = nextOpening(source, NY, always);
      assert.equal(Date.parse(String(answer.output_timestamp)), Date.parse(source));
    }
  });

  it('settles an opening in a gap or a fold by disambiguation', () => {
    const early = [{ days: [7], open: '02:30', close: '05:00' }];
    const before = '2026-03-08T00:00:00-05:00';
    const compatible = nextOpening(before, NY, early);
    assert.equal(compatible.output_timestamp, '2026-03-08T03:30:00-04:00');
    assert.equal(compatible.resolution, 'gap_shifted');
    const earlier = nextOpening(before, NY, early, { disambiguation: 'earlier' });
    assert.equal(earlier.output_timestamp, '2026-03-08T01:30:00-05:00');
    assert.throws(() => nextOpening(before, NY, early, { disambiguation: 'reject' }), {
      code: 'LOCAL_TIME_NONEXISTENT',
    });
    const inFold = [{ days: [7], open: '01:30', close: '05:00' }];
    const fold = nextOpening('2026-11-01T00:00:00-04:00', NY, inFold);
    assert.equal(fold.output_timestamp, '2026-11-01T01:30:00-04:00');
    assert.equal(fold.resolution, 'fold_earlier');
  });

  it('does not open on a day that the zone left out', () => {
    const fridays = [{ days: [5], open: '08:00', close: '17:00' }];
    const answer = nextOpening('2011-12-29T18:00:00-10:00', 'Pacific/Apia', fridays);
    assert.equal(answer.output_timestamp, '2012-01-06T08:00:00+14:00');
  });

  it('names the holiday that is not a date', () => {
    const refused = (holidays: unknown[], path: string) =>
      assert.throws(
        () => nextOpening('2026-06-03T09:00:00Z', 'UTC', split, { holidays }),
        (error) =>
          error instanceof Problem && error.code === 'VALIDATION_FAILED' && error.errors?.[0]?.path === path,
      );
    refused(['2026-06-03', '2026-02-29'], '/holidays/1');
    refused([{ date: '2026-13-01' }], '/holidays/0/date');
    refused([{ date: '2026-06-03', open: '08:00' }], '/holidays/0/close');
  });
});

describe('ADD_BUSINESS_TIME', () => {
  const office = [{ days: [1, 2, 3, 4, 5], open: '09:00', close: '17:00' }];
  const night = [{ days: everyDay, open: '00:00', close: '06:00' }];

  it('ends at the close where the duration does', () => {
    assert.equal(add('PT8H', '2026-06-03T09:00:00Z', 'UTC', office), '2026-06-03T17:00:00Z');
    assert.equal(
      add('PT8H0.001S', '2026-06-03T09:00:00Z', 'UTC', office, { rounding_mode: 'ceil' }),
      '2026-06-04T09:00:01Z',
    );
  });

  it('starts to count when it opens, and moves nothing for no time', () => {
    assert.equal(add('PT30M', '2026-06-05T18:00:00Z', 'UTC', office), '2026-06-08T09:30:00Z');
    assert.equal(add('PT0S', '2026-06-06T18:00:00Z', 'UTC', office), '2026-06-06T18:00:00Z');
  });

  it('counts an hour less over a gap and an hour more over a fold', () => {
    assert.equal(add('PT6H', '2026-03-08T00:00:00-05:00', NY, night), '2026-03-09T01:00:00-04:00');
    assert.equal(add('PT6H', '2026-11-01T00:00:00-04:00', NY, night), '2026-11-01T05:00:00-05:00');
  });

  it('counts overlapping shifts once', () => {
    const overlapping = [...office, { days: [3], open: '12:00', close: '18:00' }];
    assert.equal(add('PT9H', '2026-06-03T09:00:00Z', 'UTC', overlapping), '2026-06-03T18:00:00Z');
  });

  it('takes no days and nothing negative', () => {
    for (const duration of ['P1D', 'P1W', '-PT1H', '1H']) {
      assert.throws(() => add(duration, '2026-06-03T09:00:00Z', 'UTC', office), { code: 'INVALID_DURATION' });
    }
  });

  it('says so when it closes for good', () => {
    const once = { holidays: [{ date: '2026-06-06', open: '10:00', close: '11:00' }] };
    assert.equal(add('PT1H', '2026-06-03T09:00:00Z', 'UTC', [], once), '2026-06-06T11:00:00Z');
    assert.throws(() => add('PT2H', '2026-06-03T09:00:00Z', 'UTC', [], once), { code: 'NO_OCCURRENCE' });
  });
});

describe('working days', () => {
  const move = (operation: string, days: number, source: string, more = {}) =>
    run(operation, source, NY, { days, ...more }).output_timestamp;

  it('count from where they start, also on a day that is not worked', () => {
    assert.equal(move('ADD_BUSINESS_DAYS', 1, '2026-06-06T09:30:00-04:00'), '2026-06-08T09:30:00-04:00');
    assert.equal(move('ADD_BUSINESS_DAYS', 1, '2026-06-05T09:30:00-04:00'), '2026-06-08T09:30:00-04:00');
    assert.equal(move('ADD_BUSINESS_DAYS', 0, '2026-06-06T09:30:00-04:00'), '2026-06-06T09:30:00-04:00');
    assert.equal(move('SUBTRACT_BUSINESS_DAYS', 1, '2026-06-06T09:30:00-04:00'), '2026-06-05T09:30:00-04:00');
  });

  it('keep the time of day over a change of the clocks', () => {
    assert.equal(move('ADD_BUSINESS_DAYS', 1, '2026-03-06T09:30:00-05:00'), '2026-03-09T09:30:00-04:00');
  });

  it('let a day that is worked beat a holiday and a weekend', () => {
    const more = { holidays: ['2026-06-08'], additional_working_days: ['2026-06-06', '2026-06-08'] };
    assert.equal(
      move('ADD_BUSINESS_DAYS', 1, '2026-06-05T09:30:00-04:00', more),
      '2026-06-06T09:30:00-04:00',
    );
    assert.equal(
      move('ADD_BUSINESS_DAYS', 2, '2026-06-05T09:30:00-04:00', more),
      '2026-06-08T09:30:00-04:00',
    );
  });
});
