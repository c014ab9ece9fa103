import assert from 'node:assert/strict';
import { test } from 'node:test';
import { disjoint } from '../../../src/services/calendars/disjoint.ts';
import { createRandom } from '../../support/random.ts';

test('of spans that overlap the last holds, as when each is painted over those before it', () => {
  const random = createRandom(20261124);
  for (let round = 0; round < 2_000; round++) {
    const spans = Array.from({ length: random.integer(0, 12) }, (_, id) => {
      const from = random.integer(-20, 40);
      return { id, from, to: from + random.integer(1, 30) };
    });
    const painted = new Map<number, number>();
    for (const { id, from, to } of spans) for (let at = from; at < to; at++) painted.set(at, id);
    const left = disjoint(spans);
    const read = new Map<number, number>();
    for (const { id, from, to } of left) {
      for (let at = from; at < to; at++) {
        assert.ok(!read.has(at), 'none overlaps another');
        read.set(at, id);
      }
    }
    assert.deepEqual([...read].sort(), [...painted].sort(), JSON.stringify(spans));
    assert.deepEqual(
      left.map(({ from }) => from),
      left.map(({ from }) => from).sort((a, b) => a - b),
      'in order',
    );
  }
});
