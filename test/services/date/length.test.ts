import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { compute, type Preview } from '../../../src/services/date/index.ts';
import { Temporal } from '../../../src/services/temporal.ts';
import { moment, source, zoneWithClocks } from './arbitraries.ts';

const run = (request: Record<string, unknown>) => compute(request as unknown as Preview);

const overTheGap = {
  source_timestamp: '2026-03-28T12:00:00+01:00',
  until_timestamp: '2026-03-29T12:00:00+02:00',
  target_timezone: 'Europe/Berlin',
  operation: 'UNTIL',
};

describe('duration_format', () => {
  const lengths: Record<string, string | number> = {
    iso8601: 'PT23H',
    hours: 23,
    minutes: 1380,
    seconds: 82_800,
    days: 1,
  };
  for (const [duration_format, length] of Object.entries(lengths)) {
    it(`${duration_format} of a noon to the next over a gap is ${length}`, () => {
      const answer = run({ ...overTheGap, duration_format });
      assert.equal(answer.output_timestamp, length);
      assert.equal(answer.accuracy_valid, true);
      assert.equal(answer.output_instant, null);
    });
  }

  it('counts half a day of 23 hours as half a day', () => {
    const answer = run({
      ...overTheGap,
      source_timestamp: '2026-03-29T00:00:00+01:00',
      until_timestamp: '2026-03-29T12:30:00+02:00',
      duration_format: 'days',
    });
    assert.equal(answer.output_timestamp, 0.5);
    assert.equal(answer.accuracy_valid, true);
  });

  it('is negative where the other moment is earlier', () => {
    const answer = run({
      source_timestamp: '2026-06-10T12:00:00Z',
      until_timestamp: '2026-06-10T10:30:00Z',
      target_timezone: 'UTC',
      operation: 'UNTIL',
      duration_format: 'hours',
    });
    assert.equal(answer.output_timestamp, -1.5);
    assert.equal(answer.accuracy_valid, true);
  });

  it('tells days as Temporal totals them, wherever its own difference leads to the end', () =>
    fc.assert(
      fc.property(moment, moment, zoneWithClocks, (fromNs, toNs, zone) => {
        const [from, to] = [fromNs / 1_000_000n, toNs / 1_000_000n].map((ms) =>
          Temporal.Instant.fromEpochMilliseconds(Number(ms)).toZonedDateTimeISO(zone),
        ) as [Temporal.ZonedDateTime, Temporal.ZonedDateTime];
        const answer = run({
          ...source(from.epochNanoseconds),
          until_timestamp: to.toInstant().toString(),
          target_timezone: zone,
          operation: 'UNTIL',
          duration_format: 'days',
        });
        assert.ok(answer.accuracy_valid);
        const apart = from.until(to, { largestUnit: 'day' });
        if (!from.add(apart).equals(to)) return;
        const total = apart.total({ unit: 'day', relativeTo: from });
        assert.ok(
          Math.abs(Number(answer.output_timestamp) - total) < 1e-6,
          `${answer.output_timestamp} ${total}`,
        );
      }),
      { numRuns: 400, seed: 5 },
    ));
});
