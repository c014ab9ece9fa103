import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { DeliveryResult, Ledger, Notification } from '../../../src/services/ports.ts';
import { intent, notification, outcome, until } from '../support.ts';
import { fresh, open, type Backend } from './backend.ts';

/** A receiver that answers what it is told to, in order, and then always the last of it. */
function receiver(...answers: (DeliveryResult | Promise<DeliveryResult>)[]) {
  const received: { id: string; body: string; at: number }[] = [];
  return {
    received,
    deliver: async ({ id, body }: Notification): Promise<DeliveryResult> => {
      received.push({ id, body, at: performance.now() });
      const answer = answers.length > 1 ? answers.shift() : answers[0];
      return (await answer) ?? { outcome: 'delivered' };
    },
  };
}

const refused = (detail: string, final = false, retryAfterSeconds?: number): DeliveryResult => ({
  outcome: 'failed',
  final,
  detail,
  ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
});

async function completed(ledger: Ledger): Promise<Notification> {
  const begun = intent();
  const sent = notification(begun.request_id);
  await ledger.begin(begun, { webhookUrl: sent.url });
  const record = await ledger.complete(begun, outcome(), sent);
  assert.deepEqual(record.webhook, { id: sent.id, status: 'pending', attempts: 0 });
  assert.equal(record.webhook_triggered, false);
  return sent;
}

const webhookOf = async (ledger: Ledger, { request_id }: Notification) => {
  const record = await ledger.audit.get(request_id);
  return { ...record?.webhook, triggered: record?.webhook_triggered };
};

/** At least once, one id, as long as the schedule goes. */
export function outboxContract(backend: Backend): void {
  describe(`outbox (${backend.name})`, { concurrency: 4 }, () => {
    test('delivered at once, and the record says so', async (t) => {
      const { ledger } = await fresh(t, backend);
      const hook = receiver({ outcome: 'delivered' });
      await ledger.outbox.start(hook.deliver);
      const sent = await completed(ledger);
      const state = await ledger.outbox.attempt(sent.id, 10_000);
      assert.deepEqual(state, { id: sent.id, status: 'delivered', attempts: 1 });
      // The note of it is made behind the answer.
      await until(async () => (await webhookOf(ledger, sent)).status === 'delivered');
      assert.deepEqual(await webhookOf(ledger, sent), { ...state, triggered: true });
      assert.deepEqual(
        hook.received.map(({ id, body }) => ({ id, body })),
        [{ id: sent.id, body: sent.body }],
      );
      assert.deepEqual(await ledger.outbox.attempt(sent.id, 10), state, 'a second attempt only reports');
    });

    test('the answer does not wait longer than it may, the try goes on', async (t) => {
      const { ledger } = await fresh(t, backend);
      const slow = Promise.withResolvers<DeliveryResult>();
      const hook = receiver(slow.promise);
      await ledger.outbox.start(hook.deliver);
      const sent = await completed(ledger);
      const state = await ledger.outbox.attempt(sent.id, 5);
      assert.deepEqual(state, { id: sent.id, status: 'pending', attempts: 0 });
      slow.resolve({ outcome: 'delivered' });
      await until(async () => (await webhookOf(ledger, sent)).status === 'delivered');
      assert.deepEqual(await webhookOf(ledger, sent), {
        id: sent.id,
        status: 'delivered',
        attempts: 1,
        triggered: false,
      });
      assert.equal(hook.received.length, 1);
    });

    test('tried again under the same id until it is delivered', async (t) => {
      const { ledger } = await fresh(t, backend, { schedule: [0.01, 0.01, 0.01] });
      const hook = receiver(refused('503'), refused('reset'), { outcome: 'delivered' });
      await ledger.outbox.start(hook.deliver);
      const sent = await completed(ledger);
      assert.deepEqual(await ledger.outbox.attempt(sent.id, 10_000), {
        id: sent.id,
        status: 'pending',
        attempts: 1,
      });
      assert.ok((await ledger.gauges()).outboxOldestSeconds >= 0);
      await until(async () => (await webhookOf(ledger, sent)).status === 'delivered');
      assert.equal((await webhookOf(ledger, sent)).attempts, 3);
      assert.equal((await webhookOf(ledger, sent)).triggered, false);
      assert.deepEqual([...new Set(hook.received.map(({ id }) => id))], [sent.id]);
      assert.equal((await ledger.gauges()).outboxOldestSeconds, 0);
    });

    test('Retry-After is waited for', async (t) => {
      const { ledger } = await fresh(t, backend, { schedule: [0.01] });
      const hook = receiver(refused('429', false, 1), { outcome: 'delivered' });
      await ledger.outbox.start(hook.deliver);
      const sent = await completed(ledger);
      await ledger.outbox.attempt(sent.id, 10_000);
      await until(() => hook.received.length === 2);
      const [first, second] = hook.received;
      assert.ok(first && second && second.at - first.at >= 995);
    });

    test('a final refusal is a dead letter at once, which can be sent again', async (t) => {
      const { ledger } = await fresh(t, backend);
      const hook = receiver(refused('410 Gone', true), { outcome: 'delivered' });
      await ledger.outbox.start(hook.deliver);
      const sent = await completed(ledger);
      assert.deepEqual(await ledger.outbox.attempt(sent.id, 10_000), {
        id: sent.id,
        status: 'failed',
        attempts: 1,
      });
      await until(async () => (await ledger.outbox.deadLetters(10)).length > 0);
      const [dead, ...others] = await ledger.outbox.deadLetters(10);
      assert.ok(dead);
      assert.deepEqual(others, []);
      assert.equal(dead.id, sent.id);
      assert.equal(dead.request_id, sent.request_id);
      assert.equal(dead.attempts, 1);
      assert.equal(dead.last_error, '410 Gone');
      assert.ok(Math.abs(Date.parse(dead.failed_at) - Date.now()) < 60_000);
      assert.equal(await ledger.outbox.resend(['nothing', sent.id]), 1);
      await until(async () => (await webhookOf(ledger, sent)).status === 'delivered');
      assert.deepEqual(
        hook.received.map(({ id, body }) => [id, body]),
        [
          [sent.id, sent.body],
          [sent.id, sent.body],
        ],
      );
      assert.deepEqual(await ledger.outbox.deadLetters(10), []);
      assert.equal(await ledger.outbox.resend([sent.id]), 0, 'what was delivered is not sent again');
    });

    test('a dead letter when the schedule ends', async (t) => {
      const { ledger, events } = await fresh(t, backend, { schedule: [0.01, 0.01] });
      const measured: string[] = [];
      events.on('webhook.delivery', ({ outcome: how }) => measured.push(how));
      const hook = receiver(refused('500'));
      await ledger.outbox.start(hook.deliver);
      const sent = await completed(ledger);
      await ledger.outbox.attempt(sent.id, 10_000);
      await until(async () => (await ledger.outbox.deadLetters(1)).length === 1);
      assert.deepEqual(await webhookOf(ledger, sent), {
        id: sent.id,
        status: 'failed',
        attempts: 3,
        triggered: false,
      });
      assert.equal(hook.received.length, 3);
      assert.deepEqual(measured, ['retry', 'retry', 'dead']);
    });

    test('a webhook that a run left behind is delivered by the next one', async (t) => {
      const { ledger, storage, clock, events } = await fresh(t, backend, { schedule: [0.5] });
      const hook = receiver(refused('503'), { outcome: 'delivered' });
      await ledger.outbox.start(hook.deliver);
      const sent = await completed(ledger);
      await ledger.outbox.attempt(sent.id, 10_000);
      await ledger.close();
      const next = await open(t, storage, { clock, events });
      await next.outbox.start(hook.deliver);
      await until(async () => (await webhookOf(next, sent)).status === 'delivered');
      assert.equal((await webhookOf(next, sent)).attempts, 2);
    });
  });
}
