import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { concurrently } from '../../../src/services/batch/concurrently.ts';

const tick = () => new Promise<void>((resolve) => setImmediate(resolve));

async function* counted(n: number, taken: { count: number }) {
  for (let i = 0; i < n; i += 1) {
    taken.count += 1;
    yield i;
  }
}

test('every item has one result; items with one key run one after another in their order; no more than the limit run', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ key: fc.constantFrom('a', 'b', 'c'), ticks: fc.nat(4) }), { maxLength: 40 }),
      fc.integer({ min: 1, max: 8 }),
      async (items, limit) => {
        const order: Record<string, number[]> = {};
        let running = 0;
        let most = 0;
        const busy = new Set<string>();
        const results: number[] = [];
        async function* source() {
          yield* items.entries();
        }
        for await (const result of concurrently(source(), {
          limit,
          keyOf: ([, item]) => item.key,
          work: async ([index, item]) => {
            assert.ok(!busy.has(item.key));
            busy.add(item.key);
            running += 1;
            most = Math.max(most, running);
            for (let i = 0; i < item.ticks; i += 1) await tick();
            (order[item.key] ??= []).push(index);
            running -= 1;
            busy.delete(item.key);
            return index;
          },
        })) {
          results.push(result);
        }
        assert.deepEqual(
          results.toSorted((a, b) => a - b),
          items.map((_item, index) => index),
        );
        assert.ok(most <= limit);
        for (const indexes of Object.values(order)) {
          assert.deepEqual(
            indexes,
            indexes.toSorted((a, b) => a - b),
          );
        }
      },
    ),
    { numRuns: 60, seed: 3 },
  );
});

test('takes nothing ahead of a consumer that does not ask', async () => {
  const taken = { count: 0 };
  const results = concurrently(counted(1000, taken), { limit: 3, keyOf: String, work: async (n) => n });
  await results.next();
  for (let i = 0; i < 20; i += 1) await tick();
  assert.ok(taken.count <= 4, `${taken.count} taken`);
  await results.return(undefined);
});

test('a source that breaks off is told after the results that were in flight', async () => {
  async function* broken() {
    yield 1;
    yield 2;
    throw new Error('cut off');
  }
  const results: number[] = [];
  await assert.rejects(async () => {
    for await (const n of concurrently(broken(), { limit: 2, keyOf: String, work: async (n) => n }))
      results.push(n);
  }, /cut off/);
  assert.deepEqual(results.toSorted(), [1, 2]);
});
