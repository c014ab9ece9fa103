import assert from 'node:assert/strict';
import { it } from 'node:test';
import { malformed } from '../../../src/errors.ts';
import { createEvents } from '../../../src/services/events.ts';
import { batch, type BatchContext } from '../../../src/services/batch/batch.ts';
import { createTurns } from '../../../src/shared/turns.ts';

const ITEMS = 50;

async function* texts() {
  for (let item = 0; item < ITEMS; item++) yield '{}';
}

const never = new AbortController().signal;
const CONTEXT: Partial<BatchContext> = {
  caller: 'test',
  maxItems: ITEMS,
  limit: ITEMS,
  gone: never,
  stopping: never,
  validate: () => {
    throw malformed('No item is right here.');
  },
  asProblem: (error) => error as ReturnType<typeof malformed>,
  documentOf: () => ({}) as ReturnType<BatchContext['documentOf']>,
};

for (const batches of [1, 10]) {
  it(`the items of ${batches} batches, which need no waiting, let the event loop turn between each two`, async () => {
    let turns = 0;
    let counting: NodeJS.Immediate;
    const count = () => {
      turns += 1;
      counting = setImmediate(count);
    };
    counting = setImmediate(count);
    const deps = {
      clock: { monotonic: () => 0 },
      events: createEvents(),
      inTurn: createTurns(0),
    } as Parameters<typeof batch>[0];
    try {
      const all = Array.from({ length: batches }, async () => {
        const lines = [];
        for await (const line of batch(deps, texts(), CONTEXT as BatchContext)) lines.push(line);
        return lines.length;
      });
      for (const lines of await Promise.all(all)) assert.equal(lines, ITEMS + 1);
    } finally {
      clearImmediate(counting);
    }
    assert.ok(turns >= batches * ITEMS - 1, `${turns} turns`);
  });
}
