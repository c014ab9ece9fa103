import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, test } from 'node:test';
import { claim, failure, intent, manipulate, notification, outcome } from '../support.ts';
import { fresh, open, type Backend } from './backend.ts';

/** What is written can be read, stays, and is found again after a restart. */
export function recordsContract(backend: Backend): void {
  describe(`records (${backend.name})`, { concurrency: 4 }, () => {
    test('an intent is PROCESSING until its outcome is there', async (t) => {
      const { ledger } = await fresh(t, backend);
      const begun = intent();
      assert.deepEqual(await ledger.begin(begun, { webhookUrl: null }), { kind: 'begun' });
      const processing = await ledger.audit.get(begun.request_id);
      assert.equal(processing?.status, 'PROCESSING');
      assert.equal(processing.output_timestamp, begun.output_timestamp);
      assert.equal(processing.action_id, null);
      await ledger.dispatch(begun.request_id);
      assert.equal((await ledger.audit.get(begun.request_id))?.status, 'PROCESSING');
      const record = await ledger.complete(begun, outcome(), null);
      const { date_processing: _written, ...computed } = begun;
      assert.deepEqual(record, {
        ...computed,
        action_id: 'action-1',
        latency_ms: 12.5,
        upstream_ms: 9.25,
        attempts: 1,
        webhook_triggered: false,
        webhook: null,
        status: 'SUCCESS',
        error: null,
        calendar: null,
        steps: null,
      });
      assert.deepEqual(await ledger.audit.get(begun.request_id), record);
    });

    test('a failure keeps its code and detail', async (t) => {
      const { ledger } = await fresh(t, backend);
      const id = await manipulate(ledger, {}, failure());
      const record = await ledger.audit.get(id);
      assert.equal(record?.status, 'FAILED');
      assert.deepEqual(record.error, { code: 'UPSTREAM_UNAVAILABLE', detail: 'CXone does not answer.' });
    });

    test('a caller is given its own records only', async (t) => {
      const { ledger } = await fresh(t, backend);
      const id = await manipulate(ledger, { caller: 'mine' });
      assert.equal((await ledger.audit.get(id, 'mine'))?.request_id, id);
      assert.equal(await ledger.audit.get(id, 'yours'), null);
      assert.equal(await ledger.audit.get(randomUUID()), null);
    });

    test('the first outcome stays, whatever comes after it', async (t) => {
      const { ledger } = await fresh(t, backend);
      const begun = intent();
      await ledger.begin(begun, { webhookUrl: null });
      const first = await ledger.complete(begun, outcome(), null);
      const late = await ledger.complete(begun, failure(), notification(begun.request_id));
      assert.deepEqual(late, first);
      assert.deepEqual(await ledger.audit.get(begun.request_id), first);
      assert.deepEqual(await ledger.outbox.deadLetters(10), []);
    });

    test('the first of two outcomes at the same time stays', async (t) => {
      const { ledger } = await fresh(t, backend);
      const begun = intent();
      await ledger.begin(begun, { webhookUrl: null });
      const both = await Promise.all([
        ledger.complete(begun, outcome({ status: 'UNKNOWN' }), null),
        ledger.complete(begun, outcome({ status: 'SUCCESS' }), null),
      ]);
      assert.deepEqual(both[0], both[1]);
    });

    test('an intent that does not exist can neither be dispatched nor completed', async (t) => {
      const { ledger } = await fresh(t, backend);
      const unavailable = { name: 'Problem', code: 'LEDGER_UNAVAILABLE' };
      await assert.rejects(ledger.dispatch(randomUUID()), unavailable);
      await assert.rejects(ledger.complete(intent(), outcome(), null), unavailable);
      await manipulate(ledger);
    });

    test('one that fails among many at once fails alone', async (t) => {
      const { ledger } = await fresh(t, backend);
      const all = Array.from({ length: 40 }, () => intent());
      const twin = all[7];
      assert.ok(twin);
      const results = await Promise.allSettled(
        [...all, twin].map((one) => ledger.begin(one, { webhookUrl: null })),
      );
      assert.equal(results.filter(({ status }) => status === 'rejected').length, 1);
      assert.equal(results.at(-1)?.status, 'rejected');
      assert.equal((await ledger.audit.list({}, 100)).items.length, 40);
    });

    test('text of any kind comes back as it went in', async (t) => {
      const { ledger } = await fresh(t, backend);
      const names = [
        'quote " and \\ back',
        "it's; DROP TABLE entries",
        '\u0000null',
        '\u2028',
        '😀 é ü ß',
        // No UTF-8 text can hold half a surrogate pair.
        '\ud800 lone',
      ];
      for (const action_name of names) {
        const id = await manipulate(ledger, { action_name });
        assert.equal((await ledger.audit.get(id))?.action_name, action_name.toWellFormed());
        assert.equal(
          (await ledger.audit.list({ action_name }, 10)).items.length,
          1,
          JSON.stringify(action_name),
        );
      }
    });

    test('numbers come back as they went in', async (t) => {
      const { ledger } = await fresh(t, backend);
      const numbers = { discarded_nanoseconds: -999_999, output_timestamp: 45351.52083333333 };
      const id = await manipulate(ledger, numbers, outcome({ latency_ms: 0.1 + 0.2, upstream_ms: 1e-7 }));
      const record = await ledger.audit.get(id);
      assert.equal(record?.discarded_nanoseconds, -999_999);
      assert.equal(record.output_timestamp, 45351.52083333333);
      assert.equal(record.latency_ms, 0.1 + 0.2);
      assert.equal(record.upstream_ms, 1e-7);
    });

    test('it says that it can be written, and measures its writes', async (t) => {
      const { ledger, events } = await fresh(t, backend);
      const measured: string[] = [];
      events.on('ledger.write', ({ operation, seconds }) => {
        assert.ok(seconds >= 0 && seconds < 30);
        measured.push(operation);
      });
      await ledger.check();
      await manipulate(ledger);
      assert.deepEqual(measured, ['begin', 'dispatch', 'complete']);
      assert.equal((await ledger.gauges()).unreconciledIntents, 0);
      assert.equal((await ledger.gauges()).outboxOldestSeconds, 0);
    });

    test('what was acknowledged is there after a restart', async (t) => {
      const { ledger, storage, clock, events } = await fresh(t, backend);
      const ids = await Promise.all(Array.from({ length: 20 }, () => manipulate(ledger)));
      const key = claim('nightly');
      const keyed = intent();
      await ledger.begin(keyed, { claim: key, webhookUrl: null });
      const record = await ledger.complete(keyed, outcome(), null);
      await ledger.close();
      const again = await open(t, storage, { clock, events });
      for (const id of ids) assert.equal((await again.audit.get(id))?.status, 'SUCCESS');
      const replay = await again.begin(intent(), { claim: key, webhookUrl: null });
      assert.deepEqual(replay, { kind: 'replay', record, retryAfterSeconds: null });
    });
  });
}
