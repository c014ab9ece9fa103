import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { compute, type Preview } from '../../../src/services/date/index.ts';

const round = (source_timestamp: string, more: Record<string, unknown>) =>
  compute({ source_timestamp, target_timezone: 'UTC', operation: 'ROUND', ...more } as unknown as Preview);

describe('ROUND to a unit finer than what is written', () => {
  it('rounds once, to what is written', () => {
    const answer = round('2026-01-01T00:00:00.0004996Z', { smallest_unit: 'microsecond' });
    assert.equal(answer.output_timestamp, '2026-01-01T00:00:00.000Z');
    assert.equal(answer.discarded_nanoseconds, 499_600);
    assert.equal(answer.accuracy_valid, true);
  });

  it('does so for formats of whole seconds too', () => {
    const answer = round('2026-01-01T00:00:00.4996Z', {
      smallest_unit: 'millisecond',
      output_format: 'rfc1123',
    });
    assert.equal(answer.output_timestamp, 'Thu, 01 Jan 2026 00:00:00 GMT');
  });

  it('still rounds to an increment that is coarser than what is written', () => {
    const answer = round('2026-01-01T00:00:00.0009Z', {
      smallest_unit: 'millisecond',
      rounding_increment: 500,
    });
    assert.equal(answer.output_timestamp, '2026-01-01T00:00:00.000Z');
  });
});
