import assert from 'node:assert/strict';
import { it } from 'node:test';
import { malformed } from '../../../src/errors.ts';
import { createEvents } from '../../../src/services/events.ts';
import { batch, type BatchContext } from '../../../src/services/batch/batch.ts';

const ITEMS = 50;

async function* texts() {
  for (let item = 0; item < ITEMS; item++) yield '{}';
}

it('a batch whose items need no waiting lets the event loop turn between them', async () => {
  let turns = 0;
  let counting: NodeJS.Immediate;
  const count = () => {
    turns += 1;
    counting = setImmediate(count);
  };
  counting = setImmediate(count);
  const never = new AbortController().signal;
  const context: Partial<BatchContext> = {
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
  const deps = { clock: { monotonic: () => 0 }, events: createEvents() } as Parameters<typeof batch>[0];
  const lines = [];
  try {
    for await (const line of batch(deps, texts(), context as BatchContext)) lines.push(line);
  } finally {
    clearImmediate(counting);
  }
  assert.equal(lines.length, ITEMS + 1);
  assert.ok(turns >= ITEMS - 1, `${turns} turns`);
});
