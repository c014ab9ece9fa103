import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseRetryAfter } from '../../src/shared/retry-after.ts';

const NOW = Date.UTC(2024, 1, 29, 12, 0, 0);

test('seconds and the three forms of an HTTP date', () => {
  const cases: [string | undefined, number | undefined][] = [
    ['0', 0],
    ['120', 120_000],
    [' 7 ', 7000],
    ['Thu, 29 Feb 2024 12:00:09 GMT', 9000],
    ['Thursday, 29-Feb-24 12:00:09 GMT', 9000],
    ['Thu Feb 29 12:00:09 2024', 9000],
    ['Thu Feb  1 12:00:09 2024', 0],
    ['Sun, 06 Nov 1994 08:49:37 GMT', 0],
    [undefined, undefined],
    ['', undefined],
    ['-1', undefined],
    ['+1', undefined],
    ['1.5', undefined],
    ['1e3', undefined],
    ['0x10', undefined],
    ['2024-02-29T12:00:09Z', undefined],
    ['Thu, 29 Feb 2024 12:00:09', undefined],
    ['Thu, 29 Feb 2024 12:00:09 +0100', undefined],
    ['Thu, 99 Feb 2024 12:00:09 GMT', undefined],
    ['1, 2', undefined],
  ];
  for (const [header, expected] of cases)
    assert.equal(parseRetryAfter(header, NOW), expected, String(header));
});

test('any date that is written is waited for to the millisecond', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 4_000_000_000 }),
      fc.integer({ min: 0, max: 999 }),
      (seconds, milliseconds) => {
        const now = NOW + milliseconds;
        const waited = parseRetryAfter(new Date(seconds * 1000).toUTCString(), now);
        assert.equal(waited, Math.max(0, seconds * 1000 - now));
      },
    ),
    { seed: 9 },
  );
});
