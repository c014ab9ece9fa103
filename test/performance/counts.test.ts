import assert from 'node:assert/strict';
import { createHook } from 'node:async_hooks';
import { test } from 'node:test';
import { Worker } from 'node:worker_threads';
import { EXAMPLE, startService } from '../support/service.ts';

/** What a manipulation asks of the ledger. */
const STEPS = new Set(['begin', 'dispatch', 'complete', 'settle']);

/** Runs `work` and counts the timers that are made meanwhile, and the messages to the ledger's writer that carry its steps. */
async function counted(work: () => Promise<void>): Promise<{ timers: number; messages: number }> {
  const counts = { timers: 0, messages: 0 };
  const hook = createHook({
    init(_id, type) {
      if (type === 'Timeout') counts.timers += 1;
    },
  });
  const original = Object.getOwnPropertyDescriptor(Worker.prototype, 'postMessage');
  Worker.prototype.postMessage = function (this: Worker, ...of: unknown[]) {
    const { batch = [] } = of[0] as { batch?: { name: string }[] };
    // What the service does now and then by itself may fall in between.
    if (batch.some(({ name }) => STEPS.has(name))) counts.messages += 1;
    (original?.value as (...of: unknown[]) => void).apply(this, of);
  };
  hook.enable();
  try {
    await work();
  } finally {
    hook.disable();
    if (original !== undefined) Object.defineProperty(Worker.prototype, 'postMessage', original);
  }
  return counts;
}

/** What one more manipulation costs in things that can be counted; noise does not change them. */
test('a manipulation needs no more steps than it has promises to keep', async (t) => {
  const lines: string[] = [];
  const { sandbox, post } = await startService(
    t,
    { LOG_LEVEL: 'info' },
    { logSink: { write: (text: string) => lines.push(text), writableLength: 0 } },
  );
  const one = async () => {
    const { status } = await post('/manipulations', EXAMPLE);
    assert.equal(status, 200);
  };
  for (let i = 0; i < 3; i += 1) await one();
  const requests = sandbox.requests.length;
  const before = lines.length;
  const { timers, messages } = await counted(one);
  const endpoints = sandbox.requests.slice(requests).map(({ endpoint }) => endpoint);
  assert.deepEqual(endpoints, ['read', 'write', 'webhook'], 'the name is cached, the token too');
  // begin with dispatch, complete, and the note of the webhook: each one commit.
  assert.ok(messages >= 2 && messages <= 3, `${messages} messages to the ledger`);
  // Of the service, the tenant beside it and the caller together.
  assert.ok(timers <= 16, `${timers} timers`);
  assert.ok(lines.length - before <= 1, `${lines.length - before} log lines`);
});
