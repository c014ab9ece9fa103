import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createCounts } from '../../src/shared/counts.ts';

test('each key is counted by itself, and never below none', () => {
  const counts = createCounts();
  assert.deepEqual([counts.add('a'), counts.add('a'), counts.add('b')], [1, 2, 1]);
  counts.remove('a');
  assert.deepEqual([counts.of('a'), counts.of('b')], [1, 1]);
  for (const key of ['a', 'a', 'b', 'c']) counts.remove(key);
  assert.deepEqual(
    ['a', 'b', 'c'].map((key) => counts.of(key)),
    [0, 0, 0],
  );
  assert.equal(counts.add('a'), 1);
});
