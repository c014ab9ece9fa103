import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { compute } from '../../../../src/services/date/index.ts';
import { compareCrons } from './cron-oracle.ts';

const next = (cron: string, source_timestamp: string, target_timezone = 'UTC', more = {}) =>
  String(
    compute({
      source_timestamp,
      target_timezone,
      precision_limit: 0,
      operation: 'NEXT_OCCURRENCE',
      cron,
      ...more,
    }).output_timestamp,
  );

describe('cron', () => {
  const answers: [what: string, cron: string, source: string, expected: string][] = [
    ['strictly after the source', '0 12 * * *', '2026-06-10T12:00:00Z', '2026-06-11T12:00:00Z'],
    ['names in any letter case', '30 8 * jul mon-fri', '2026-06-10T12:00:00Z', '2026-07-01T08:30:00Z'],
    ['Sunday is 0 and 7', '0 0 * * 7', '2026-06-10T12:00:00Z', '2026-06-14T00:00:00Z'],
    ['a range over the whole week', '0 0 * * 5-7', '2026-06-13T12:00:00Z', '2026-06-14T00:00:00Z'],
    ['a step from a number on', '50/5 * * * *', '2026-06-10T12:51:00Z', '2026-06-10T12:55:00Z'],
    ['the last day', '0 9 L * *', '2026-02-10T12:00:00Z', '2026-02-28T09:00:00Z'],
    ['three days before the last', '0 9 L-3 * *', '2026-02-10T12:00:00Z', '2026-02-25T09:00:00Z'],
    ['the weekday nearest to a Saturday', '0 9 15W * *', '2026-08-01T00:00:00Z', '2026-08-14T09:00:00Z'],
    [
      'a first that is a Saturday stays in its month',
      '0 9 1W * *',
      '2026-07-31T12:00:00Z',
      '2026-08-03T09:00:00Z',
    ],
    ['the last weekday', '0 9 LW * *', '2026-05-01T00:00:00Z', '2026-05-29T09:00:00Z'],
    ['the third Friday', '0 9 * * FRI#3', '2026-06-10T12:00:00Z', '2026-06-19T09:00:00Z'],
    ['a fifth Monday', '0 9 * * 1#5', '2026-06-10T12:00:00Z', '2026-06-29T09:00:00Z'],
    ['the last Friday', '0 9 * * 5L', '2026-06-10T12:00:00Z', '2026-06-26T09:00:00Z'],
    ['either day where both are named', '0 9 13 * FRI', '2026-06-10T12:00:00Z', '2026-06-12T09:00:00Z'],
    [
      'both days where one begins with a star',
      '0 9 */2 * MON',
      '2026-06-10T12:00:00Z',
      '2026-06-15T09:00:00Z',
    ],
    ['29 February', '0 0 29 2 *', '2026-06-10T12:00:00Z', '2028-02-29T00:00:00Z'],
  ];
  for (const [what, cron, source, expected] of answers) {
    it(`${what}: ${cron}`, () => assert.equal(next(cron, source), expected));
  }

  it('leaves out a time that the clocks skip, or moves it behind the gap', () => {
    const [source, zone] = ['2026-03-08T00:00:00-05:00', 'America/New_York'];
    assert.equal(next('30 2 * * *', source, zone), '2026-03-09T02:30:00-04:00');
    const moved = next('30 2 * * *', source, zone, { gap_policy: 'compatible' });
    assert.equal(moved, '2026-03-08T03:30:00-04:00');
  });

  it('runs once at a time that the clocks show twice, and each hour where it runs each hour', () => {
    const [source, zone] = ['2026-11-01T01:30:00-04:00', 'America/New_York'];
    assert.equal(next('30 1 * * *', source, zone), '2026-11-02T01:30:00-05:00');
    assert.equal(next('30 * * * *', source, zone), '2026-11-01T01:30:00-05:00');
  });

  it('has no moment where its parts never meet', () => {
    for (const cron of ['0 0 30 2 *', '* * 30 2 *', '0 0 31 4,6,9,11 *']) {
      assert.throws(() => next(cron, '2026-06-10T12:00:00Z'), { code: 'NO_OCCURRENCE' });
    }
  });

  for (const cron of [
    '',
    '* * * *',
    '0 * * * * *',
    '60 * * * *',
    '* 24 * * *',
    '* * 0 * *',
    '* * 32 * *',
    '* * * 13 *',
    '* * * FOO *',
    '* * * * 8',
    '*/0 * * * *',
    '5-1 * * * *',
    '1-2-3 * * * *',
    '1/2/3 * * * *',
    '* * L-31 * *',
    '* * 32W * *',
    '* * * * 1#6',
    '@daily',
    '-1 * * * *',
  ]) {
    it(`refuses ${JSON.stringify(cron)} and says why`, () => {
      assert.throws(() => next(cron, '2026-06-10T12:00:00Z'), {
        code: 'INVALID_CRON_EXPRESSION',
        message: /five fields/,
      });
    });
  }

  it('stands alone, not beside a recurrence rule', () => {
    const both = { recurrence_rule: 'FREQ=DAILY' };
    assert.throws(() => next('* * * * *', '2026-06-10T12:00:00Z', 'UTC', both), {
      code: 'VALIDATION_FAILED',
    });
  });

  for (const { library, compared, differences } of compareCrons(600, 20261124)) {
    it(`agrees with ${library} on ${compared} random cases`, () => {
      assert.ok(compared > 300);
      assert.deepEqual(differences, []);
    });
  }
});
