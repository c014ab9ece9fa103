import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { claim, failure, intent, notification, outcome, testClock, until } from '../support.ts';
import { fresh, type Backend } from './backend.ts';

const HOUR = 3_600_000;

/** One key, one effect. */
export function idempotencyContract(backend: Backend): void {
  describe(`idempotency (${backend.name})`, { concurrency: 4 }, () => {
    test('in progress, then replayed; another body is refused throughout', async (t) => {
      const { ledger } = await fresh(t, backend);
      const begun = intent();
      const key = claim('k', { days: 1 });
      const other = claim('k', { days: 2 });
      assert.deepEqual(await ledger.begin(begun, { claim: key, webhookUrl: null }), { kind: 'begun' });
      assert.deepEqual(await ledger.begin(intent(), { claim: key, webhookUrl: null }), {
        kind: 'in_progress',
        retryAfterSeconds: 1,
      });
      assert.deepEqual(await ledger.begin(intent(), { claim: other, webhookUrl: null }), {
        kind: 'key_reused',
      });
      const record = await ledger.complete(begun, outcome(), null);
      const replay = await ledger.begin(intent(), { claim: key, webhookUrl: null });
      assert.deepEqual(replay, { kind: 'replay', record, retryAfterSeconds: null });
      assert.deepEqual(await ledger.begin(intent(), { claim: other, webhookUrl: null }), {
        kind: 'key_reused',
      });
      assert.equal((await ledger.audit.list({}, 10)).items.length, 1, 'only the first left a record');
    });

    test('a key is looked up as it would be judged, and nothing is claimed', async (t) => {
      const { ledger, storage } = await fresh(t, backend);
      const key = claim('k', { days: 1 });
      assert.equal(await ledger.lookUp(key), null);
      assert.equal(await storage.keys(), 0);
      const begun = intent();
      await ledger.begin(begun, { claim: key, webhookUrl: null });
      assert.deepEqual(await ledger.lookUp(key), { kind: 'in_progress', retryAfterSeconds: 1 });
      const record = await ledger.complete(begun, failure({ retryable: false }), null);
      assert.deepEqual(await ledger.lookUp(key), { kind: 'replay', record, retryAfterSeconds: 7 });
      assert.deepEqual(await ledger.lookUp(claim('k', { days: 2 })), { kind: 'key_reused' });
      assert.equal(await ledger.lookUp(claim('k', { days: 1 }, 'another caller')), null);
      await storage.elapse(49 * HOUR);
      assert.equal(await ledger.lookUp(key), null, 'its time is over');
    });

    test('the same key 50 times at once begins once', async (t) => {
      const { ledger } = await fresh(t, backend);
      const begun = await Promise.all(
        Array.from({ length: 50 }, () => ledger.begin(intent(), { claim: claim('k'), webhookUrl: null })),
      );
      assert.equal(begun.filter(({ kind }) => kind === 'begun').length, 1);
      assert.equal(begun.filter(({ kind }) => kind === 'in_progress').length, 49);
    });

    test('keys belong to their caller', async (t) => {
      const { ledger } = await fresh(t, backend);
      for (const caller of ['one', 'two']) {
        const begun = await ledger.begin(intent({ caller }), {
          claim: claim('k', {}, caller),
          webhookUrl: null,
        });
        assert.equal(begun.kind, 'begun');
      }
    });

    test('a failure that is final is replayed with its Retry-After', async (t) => {
      const { ledger } = await fresh(t, backend);
      const begun = intent();
      await ledger.begin(begun, { claim: claim('k'), webhookUrl: null });
      const record = await ledger.complete(begun, failure({ retryable: false }), null);
      const replay = await ledger.begin(intent(), { claim: claim('k'), webhookUrl: null });
      assert.deepEqual(replay, { kind: 'replay', record, retryAfterSeconds: 7 });
    });

    test('a failure that reached no write frees the key, for another body too', async (t) => {
      const { ledger } = await fresh(t, backend);
      const begun = intent();
      await ledger.begin(begun, { claim: claim('k', 1), webhookUrl: null });
      await ledger.complete(begun, failure(), null);
      const second = intent();
      assert.deepEqual(await ledger.begin(second, { claim: claim('k', 2), webhookUrl: null }), {
        kind: 'begun',
      });
      const record = await ledger.complete(second, outcome(), null);
      const replay = await ledger.begin(intent(), { claim: claim('k', 2), webhookUrl: null });
      assert.deepEqual(replay, { kind: 'replay', record, retryAfterSeconds: null });
    });

    test('a key expires after its time, but never while it is in use', async (t) => {
      const { ledger, storage } = await fresh(t, backend);
      const begun = intent();
      await ledger.begin(begun, { claim: claim('k'), webhookUrl: null });
      await storage.elapse(49 * HOUR);
      assert.equal(
        (await ledger.begin(intent(), { claim: claim('k'), webhookUrl: null })).kind,
        'in_progress',
      );
      await ledger.complete(begun, outcome(), null);
      const late = await ledger.begin(intent(), { claim: claim('k', 'other'), webhookUrl: null });
      assert.equal(late.kind, 'begun');
    });

    test('a key lives until its time', async (t) => {
      const { ledger, storage } = await fresh(t, backend);
      const begun = intent();
      await ledger.begin(begun, { claim: claim('k'), webhookUrl: null });
      await ledger.complete(begun, outcome(), null);
      await storage.elapse(47 * HOUR);
      assert.equal((await ledger.begin(intent(), { claim: claim('k'), webhookUrl: null })).kind, 'replay');
    });

    test('keys that have run out are forgotten in time, the others are kept', async (t) => {
      const clock = testClock();
      // The pause between two rounds of tidying ends when the test says so.
      const pauses: (() => void)[] = [];
      const sleep: typeof clock.sleep = (milliseconds, signal) =>
        milliseconds < 600_000
          ? clock.sleep(milliseconds, signal)
          : new Promise((resolve, reject) => {
              pauses.push(resolve);
              signal?.addEventListener('abort', () => reject(new Error('stopped')));
            });
      const { ledger, storage } = await fresh(t, backend, { clock: { ...clock, sleep } });
      for (const key of ['old', 'open']) {
        const begun = intent();
        await ledger.begin(begun, { claim: claim(key), webhookUrl: null });
        if (key === 'old') await ledger.complete(begun, outcome(), null);
      }
      await storage.elapse(49 * HOUR);
      const young = intent();
      await ledger.begin(young, { claim: claim('young'), webhookUrl: null });
      await ledger.complete(young, outcome(), null);
      assert.equal(await storage.keys(), 3);
      pauses.shift()?.();
      await until(async () => (await storage.keys()) === 2);
      assert.equal(
        (await ledger.begin(intent(), { claim: claim('young'), webhookUrl: null })).kind,
        'replay',
      );
      assert.equal(
        (await ledger.begin(intent(), { claim: claim('open'), webhookUrl: null })).kind,
        'in_progress',
      );
    });

    test('a replay says of the webhook what the first answer said', async (t) => {
      const { ledger } = await fresh(t, backend);
      await ledger.outbox.start(async () => ({ outcome: 'delivered' }));
      const begun = intent();
      const sent = notification(begun.request_id);
      await ledger.begin(begun, { claim: claim('k'), webhookUrl: sent.url });
      await ledger.complete(begun, outcome(), sent);
      const state = await ledger.outbox.attempt(sent.id, 5000);
      assert.deepEqual(state, { id: sent.id, status: 'delivered', attempts: 1 });
      // The note of it is made behind the answer.
      await until(async () => (await ledger.audit.get(begun.request_id))?.webhook?.status === 'delivered');
      const replay = await ledger.begin(intent(), { claim: claim('k'), webhookUrl: null });
      assert.ok(replay.kind === 'replay');
      assert.deepEqual(replay.record.webhook, state);
      assert.equal(replay.record.webhook_triggered, true);
    });
  });
}
