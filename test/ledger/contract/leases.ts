import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Problem } from '../../../src/errors.ts';
import { claim, failure, intent, LEASE_MS, outcome } from '../support.ts';
import { fresh, open, type Backend } from './backend.ts';

const KEYED = { claim: claim('k'), webhookUrl: null };

/** An intent in flight belongs to its owner until its lease expires; then one instance claims it. */
export function leasesContract(backend: Backend): void {
  describe(`leases (${backend.name})`, { concurrency: 4 }, () => {
    test('an intent is not claimed before its lease expires, nor after its outcome', async (t) => {
      const { ledger, storage } = await fresh(t, backend);
      const [open, done] = [intent(), intent()];
      await ledger.begin(open, { webhookUrl: null });
      await ledger.begin(done, { webhookUrl: null });
      await ledger.complete(done, outcome(), null);
      await storage.elapse(LEASE_MS - 5_000);
      assert.deepEqual(await ledger.claimExpired(10), []);
      assert.equal((await ledger.gauges()).unreconciledIntents, 0);
      await storage.elapse(5_001);
      assert.equal((await ledger.gauges()).unreconciledIntents, 1);
      assert.deepEqual(await ledger.claimExpired(10), [
        { intent: open, dispatched: false, postponed: 0, webhookUrl: null },
      ]);
    });

    test('an expired lease is claimed once, and says how far the intent got', async (t) => {
      const { ledger, storage } = await fresh(t, backend);
      const [early, late] = [intent(), intent()];
      await ledger.begin(early, { webhookUrl: null });
      await ledger.begin(late, { webhookUrl: 'https://receiver.example/hook' });
      await ledger.dispatch(late.request_id);
      await storage.elapse(LEASE_MS + 1);
      assert.equal((await ledger.gauges()).unreconciledIntents, 2);
      const claimed = (await Promise.all([1, 2, 3, 4].map(() => ledger.claimExpired(1)))).flat();
      assert.equal(claimed.length, 2);
      assert.equal((await ledger.gauges()).unreconciledIntents, 0);
      const byId = new Map(claimed.map((one) => [one.intent.request_id, one]));
      assert.deepEqual(byId.get(early.request_id), {
        intent: early,
        dispatched: false,
        postponed: 0,
        webhookUrl: null,
      });
      assert.deepEqual(byId.get(late.request_id), {
        intent: late,
        dispatched: true,
        postponed: 0,
        webhookUrl: 'https://receiver.example/hook',
      });
    });

    test('a claimed intent has a lease again, and is claimed again when that expires', async (t) => {
      const { ledger, storage } = await fresh(t, backend);
      const begun = intent();
      await ledger.begin(begun, { webhookUrl: null });
      for (let times = 0; times < 3; times += 1) {
        await storage.elapse(LEASE_MS + 1);
        assert.equal((await ledger.claimExpired(10)).length, 1);
        assert.deepEqual(await ledger.claimExpired(10), []);
      }
      await ledger.complete(begun, failure({ reconciled: true }), null);
      await storage.elapse(LEASE_MS + 1);
      assert.deepEqual(await ledger.claimExpired(10), []);
    });

    test('a released intent may be claimed at once', async (t) => {
      const { ledger } = await fresh(t, backend);
      const begun = intent();
      await ledger.begin(begun, { webhookUrl: null });
      await ledger.release(begun.request_id);
      assert.equal((await ledger.claimExpired(10)).length, 1);
    });

    test('a postponed intent is claimed after a pause that doubles, and counts as unreconciled', async (t) => {
      const { ledger, storage } = await fresh(t, backend);
      const begun = intent();
      await ledger.begin(begun, { webhookUrl: null });
      for (const seconds of [5, 10, 20]) {
        await ledger.postpone(begun.request_id);
        assert.equal((await ledger.gauges()).unreconciledIntents, 1);
        await storage.elapse(seconds * 1000 - 3_000);
        assert.deepEqual(await ledger.claimExpired(10), []);
        await storage.elapse(3_001);
        assert.equal((await ledger.claimExpired(10)).length, 1);
      }
    });

    test('a claimed intent refuses its dispatch, also in the instance that began it', async (t) => {
      const { ledger, storage } = await fresh(t, backend);
      const begun = intent();
      await ledger.begin(begun, { webhookUrl: null });
      await storage.elapse(LEASE_MS + 1);
      assert.equal((await ledger.claimExpired(10)).length, 1);
      await assert.rejects(ledger.dispatch(begun.request_id), { code: 'LEDGER_UNAVAILABLE' });
    });

    test('dispatch may be said twice', async (t) => {
      const { ledger } = await fresh(t, backend);
      const begun = intent();
      await ledger.begin(begun, { webhookUrl: null });
      await ledger.dispatch(begun.request_id);
      await ledger.dispatch(begun.request_id);
      assert.equal((await ledger.complete(begun, outcome(), null)).status, 'SUCCESS');
    });

    test('a dispatch that is asked for together with its begin is made after it', async (t) => {
      const { ledger, storage } = await fresh(t, backend);
      const [begun, other] = [intent(), intent()];
      await Promise.all([
        ledger.begin(begun, { webhookUrl: null }),
        ledger.dispatch(begun.request_id),
        ledger.begin(other, { webhookUrl: null }),
      ]);
      const history = await ledger.audit.history(begun.request_id);
      assert.deepEqual(
        history?.events.map(({ kind }) => kind),
        ['accepted', 'computed', 'dispatched'],
      );
      await storage.elapse(LEASE_MS + 1);
      const dispatched = (await ledger.claimExpired(10)).map((one) => [one.intent, one.dispatched]);
      assert.deepEqual(
        dispatched.sort(([, a], [, b]) => Number(b) - Number(a)),
        [
          [begun, true],
          [other, false],
        ],
      );
    });

    test('a dispatch that is asked for together with a begin whose key is taken is refused', async (t) => {
      const { ledger } = await fresh(t, backend);
      await ledger.begin(intent(), KEYED);
      const second = intent();
      const [taken, dispatched] = await Promise.allSettled([
        ledger.begin(second, KEYED),
        ledger.dispatch(second.request_id),
      ]);
      assert.equal(taken.status === 'fulfilled' && taken.value.kind, 'in_progress');
      assert.equal(
        dispatched.status === 'rejected' && (dispatched.reason as Problem).code,
        'LEDGER_UNAVAILABLE',
      );
      assert.equal(await ledger.audit.get(second.request_id), null);
    });

    test('a key stays claimed until its intent is settled', async (t) => {
      const { ledger } = await fresh(t, backend);
      const begun = intent();
      await ledger.begin(begun, KEYED);
      await ledger.release(begun.request_id);
      assert.equal((await ledger.begin(intent(), KEYED)).kind, 'in_progress');
      await ledger.claimExpired(10);
      assert.equal((await ledger.begin(intent(), KEYED)).kind, 'in_progress');
      await ledger.complete(begun, failure({ reconciled: true }), null);
      assert.equal((await ledger.begin(intent(), KEYED)).kind, 'begun');
    });

    test('what a run left in flight may be claimed by the next one at once', async (t) => {
      const { ledger, storage, clock, events } = await fresh(t, backend);
      const [early, late, done] = [intent(), intent(), intent()];
      await ledger.begin(early, KEYED);
      await ledger.begin(late, { webhookUrl: null });
      await ledger.dispatch(late.request_id);
      await ledger.begin(done, { webhookUrl: null });
      await ledger.complete(done, outcome(), null);
      await ledger.close();
      const next = await open(t, storage, { clock, events });
      assert.equal((await next.gauges()).unreconciledIntents, 2);
      assert.deepEqual(
        (await next.claimExpired(10)).map((one) => [one.intent.request_id, one.dispatched]),
        [
          [early.request_id, false],
          [late.request_id, true],
        ],
      );
      await next.complete(early, failure({ reconciled: true }), null);
      await next.complete(late, outcome({ reconciled: true }), null);
      assert.equal((await next.begin(intent(), KEYED)).kind, 'begun');
    });
  });
}
