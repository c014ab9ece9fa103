import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isDurationAccurate, isInstantAccurate } from '../../../../src/services/date/accuracy/index.ts';
import type { Written } from '../../../../src/services/date/accuracy/instant.ts';

const NOON = BigInt(Date.UTC(2026, 6, 1, 16)) * 1_000_000n;
const zone = 'America/New_York';

/** Right, and wrong in the ways that dates are got wrong. */
const cases: [Written['format'], right: string | number, wrong: (string | number)[]][] = [
  [
    'rfc3339',
    '2026-07-01T12:00:00.000-04:00',
    [
      '2026-07-01T12:00:00.000Z',
      '2026-07-01T12:00:00.000-05:00',
      '2026-07-01T12:00:00.002-04:00',
      '2026-07-02T12:00:00.000-04:00',
      '2026-07-01 12:00:00.000-04:00',
      '2026-06-31T12:00:00.000-04:00',
      '',
      0,
    ],
  ],
  ['utc', '2026-07-01T16:00:00.000Z', ['2026-07-01T12:00:00.000Z', '2026-07-01T12:00:00.000-04:00']],
  [
    'rfc9557',
    '2026-07-01T12:00:00.000-04:00[America/New_York]',
    [
      '2026-07-01T12:00:00.000-05:00[America/New_York]',
      '2026-07-01T11:00:00.000-05:00[America/New_York]',
      '2026-07-01T12:00:00.000-04:00[America/Toronto]',
      '2026-07-01T12:00:00.000-04:00',
    ],
  ],
  ['epoch_seconds', 1782921600, [1782918000, 1782921600000, '1782921600']],
  ['epoch_milliseconds', 1782921600000, [1782921600, 1782921600002]],
  [
    'rfc1123',
    'Wed, 01 Jul 2026 16:00:00 GMT',
    ['Wed, 01 Jul 2026 12:00:00 GMT', 'Wed, 01 Jul 2026 16:00:00'],
  ],
  [
    'cxone_studio',
    '07/01/2026 12:00:00 PM',
    ['07/01/2026 12:00:00 AM', '01/07/2026 12:00:00 PM', '07/01/2026 04:00:00 PM'],
  ],
  ['ole_automation_date', 46204.5, [46204.5 + 4 / 24, 46205.5, '46204.5']],
];

describe('the second opinion on a moment', () => {
  for (const [format, right, wrong] of cases) {
    const digits = format === 'rfc1123' || format === 'cxone_studio' ? 0 : 3;
    it(`agrees with ${right} and not with what is wrong`, () => {
      assert.equal(isInstantAccurate({ value: right, format, zone, digits }, NOON), true);
      for (const value of wrong) {
        assert.equal(isInstantAccurate({ value, format, zone, digits }, NOON), false, String(value));
      }
    });
  }

  it('reads both sides of the first day of OLE automation', () => {
    const sixInTheMorning = BigInt(Date.UTC(1899, 11, 29, 6)) * 1_000_000n;
    const written = { format: 'ole_automation_date', zone: 'UTC', digits: 3 } as const;
    assert.equal(isInstantAccurate({ ...written, value: -1.25 }, sixInTheMorning), true);
    assert.equal(isInstantAccurate({ ...written, value: -0.75 }, sixInTheMorning), false);
  });
});

describe('the second opinion on a duration', () => {
  const from = BigInt(Date.UTC(2026, 2, 7, 17)) * 1_000_000n;
  const to = BigInt(Date.UTC(2026, 2, 8, 16)) * 1_000_000n;

  it('knows that a day may have 23 hours', () => {
    for (const text of ['P1D', 'PT23H'])
      assert.equal(isDurationAccurate(text, zone, from, to, 3), true, text);
    for (const text of ['PT24H', '-P1D', 'P1DT1S', 'one day', 'P1.5D']) {
      assert.equal(isDurationAccurate(text, zone, from, to, 3), false, text);
    }
  });
});
