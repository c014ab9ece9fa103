import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { claim, failure, intent, LONGEST_HOLD_MS, outcome } from '../support.ts';
import { fresh, open, type Backend } from './backend.ts';

/** What was begun and not ended is found, by one taker only, and never taken from who is at it. */
export function unfinishedContract(backend: Backend): void {
  describe(`unfinished intents (${backend.name})`, { concurrency: 4 }, () => {
    test('an intent in hand is not given to anybody', async (t) => {
      const { ledger } = await fresh(t, backend);
      const begun = intent();
      await ledger.begin(begun, { webhookUrl: null });
      assert.deepEqual(await ledger.takeUnfinished(10), []);
      assert.equal((await ledger.gauges()).unreconciledIntents, 0);
    });

    test('an intent is in hand until its outcome is written', async (t) => {
      const { ledger } = await fresh(t, backend);
      for (let i = 0; i < 20; i += 1) {
        const begun = intent();
        await ledger.begin(begun, { webhookUrl: null });
        await ledger.dispatch(begun.request_id);
        const completing = ledger.complete(begun.request_id, outcome(), null);
        assert.deepEqual(await ledger.takeUnfinished(10), []);
        await completing;
      }
    });

    test('an intent that was let go is given out once, and says how far it got', async (t) => {
      const { ledger } = await fresh(t, backend);
      const [early, late] = [intent(), intent()];
      await ledger.begin(early, { webhookUrl: null });
      await ledger.begin(late, { webhookUrl: 'https://receiver.example/hook' });
      await ledger.dispatch(late.request_id);
      ledger.release(early.request_id);
      ledger.release(late.request_id);
      assert.equal((await ledger.gauges()).unreconciledIntents, 2);
      const taken = (await Promise.all([1, 2, 3, 4].map(() => ledger.takeUnfinished(1)))).flat();
      assert.equal(taken.length, 2);
      assert.equal((await ledger.gauges()).unreconciledIntents, 0);
      const byId = new Map(taken.map((one) => [one.intent.request_id, one]));
      assert.deepEqual(byId.get(early.request_id), { intent: early, dispatched: false, webhookUrl: null });
      assert.deepEqual(byId.get(late.request_id), {
        intent: late,
        dispatched: true,
        webhookUrl: 'https://receiver.example/hook',
      });
      await ledger.complete(early.request_id, failure({ reconciled: true }), null);
      ledger.release(late.request_id);
      assert.deepEqual(await ledger.takeUnfinished(10), [byId.get(late.request_id)]);
    });

    test('what was taken and not settled is given out again when its time is over', async (t) => {
      const { ledger, clock } = await fresh(t, backend);
      const begun = intent();
      await ledger.begin(begun, { webhookUrl: null });
      const unfinished = [{ intent: begun, dispatched: false, webhookUrl: null }];
      clock.advance(LONGEST_HOLD_MS - 5_000);
      assert.deepEqual(await ledger.takeUnfinished(10), []);
      for (let times = 0; times < 2; times += 1) {
        clock.advance(LONGEST_HOLD_MS);
        assert.equal((await ledger.gauges()).unreconciledIntents, 1);
        assert.deepEqual(await ledger.takeUnfinished(10), unfinished);
        assert.deepEqual(await ledger.takeUnfinished(10), []);
      }
      await ledger.complete(begun.request_id, failure({ reconciled: true }), null);
      clock.advance(LONGEST_HOLD_MS);
      assert.deepEqual(await ledger.takeUnfinished(10), []);
    });

    test('what was put off is given out after a pause, each time a longer one', async (t) => {
      const { ledger, clock } = await fresh(t, backend);
      const begun = intent();
      await ledger.begin(begun, { webhookUrl: null });
      for (const seconds of [5, 10, 20]) {
        ledger.putOff(begun.request_id);
        assert.equal((await ledger.gauges()).unreconciledIntents, 1, 'it is still to be settled');
        clock.advance(seconds * 1000 - 2_000);
        assert.deepEqual(await ledger.takeUnfinished(10), []);
        clock.advance(2_000);
        assert.equal((await ledger.takeUnfinished(10)).length, 1);
      }
    });

    test('dispatch may be said twice', async (t) => {
      const { ledger } = await fresh(t, backend);
      const begun = intent();
      await ledger.begin(begun, { webhookUrl: null });
      await ledger.dispatch(begun.request_id);
      await ledger.dispatch(begun.request_id);
      assert.equal((await ledger.complete(begun.request_id, outcome(), null)).status, 'SUCCESS');
    });

    test('a key stays claimed while its intent waits for reconciliation', async (t) => {
      const { ledger } = await fresh(t, backend);
      const begun = intent();
      await ledger.begin(begun, { claim: claim('k'), webhookUrl: null });
      ledger.release(begun.request_id);
      assert.equal(
        (await ledger.begin(intent(), { claim: claim('k'), webhookUrl: null })).kind,
        'in_progress',
      );
      await ledger.takeUnfinished(10);
      assert.equal(
        (await ledger.begin(intent(), { claim: claim('k'), webhookUrl: null })).kind,
        'in_progress',
      );
      await ledger.complete(begun.request_id, failure({ reconciled: true }), null);
      assert.equal((await ledger.begin(intent(), { claim: claim('k'), webhookUrl: null })).kind, 'begun');
    });

    if (backend.durable) {
      test('what a run left unfinished is given to the next one', async (t) => {
        const { ledger, storage, clock, events } = await fresh(t, backend);
        const [early, late, done] = [intent(), intent(), intent()];
        await ledger.begin(early, { claim: claim('k'), webhookUrl: null });
        await ledger.begin(late, { webhookUrl: null });
        await ledger.dispatch(late.request_id);
        await ledger.begin(done, { webhookUrl: null });
        await ledger.complete(done.request_id, outcome(), null);
        await ledger.close();
        const next = await open(t, storage, { clock, events });
        assert.equal((await next.gauges()).unreconciledIntents, 2);
        const taken = await next.takeUnfinished(10);
        assert.deepEqual(
          taken.map((one) => [one.intent.request_id, one.dispatched]),
          [
            [early.request_id, false],
            [late.request_id, true],
          ],
        );
        assert.deepEqual(await next.takeUnfinished(10), []);
        await next.complete(early.request_id, failure({ reconciled: true }), null);
        await next.complete(late.request_id, outcome({ reconciled: true }), null);
        assert.equal((await next.begin(intent(), { claim: claim('k'), webhookUrl: null })).kind, 'begun');
      });
    }
  });
}
