import { randomUUID } from 'node:crypto';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createMemoryLedger } from '../../../src/ledger/memory.ts';
import { createEvents } from '../../../src/services/events.ts';
import { manipulate, type ManipulationDeps } from '../../../src/services/manipulations/manipulate.ts';
import type { Ledger } from '../../../src/services/ports.ts';
import { reconcile, settleKnown } from '../../../src/services/manipulations/reconcile.ts';
import { EXAMPLE_REQUEST } from '../../../src/schemas/examples.ts';
import { Problem } from '../../../src/errors.ts';
import { intent, outcome, testClock } from '../../ledger/support.ts';

/** A ledger with intents that were left before any write, and what settling them needs. */
async function left(count: number) {
  const events = createEvents();
  const clock = testClock();
  const ledger = createMemoryLedger({
    idempotencyTtlHours: 48,
    deadlineMs: 15_000,
    clock,
    events,
  });
  for (let i = 0; i < count; i += 1) {
    const one = intent();
    await ledger.begin(one, { webhookUrl: null });
    ledger.release(one.request_id);
  }
  const never = async () => assert.fail('nothing is asked of the tenant');
  const deps = (over: Partial<Ledger> = {}): ManipulationDeps => ({
    ledger: { ...ledger, ...over },
    dataActions: {
      find: never,
      update: never,
      read: never,
      state: () => ({ state: 'ok' }),
      gauges: () => ({ bulkheadQueue: 0, ratePerSecond: 50, tokenExpiresSeconds: null }),
    },
    acceptWebhook: () => undefined,
    clock,
    events,
    unrecorded: new Map(),
    underWay: new Set(),
    settings: { deadlineMs: 1_000, webhookUrl: null, webhookWaitMs: 0 },
  });
  return { ledger, clock, deps };
}

const signal = new AbortController().signal;

test('what never left is settled as FAILED', async () => {
  const { ledger, deps } = await left(3);
  assert.equal(await reconcile(deps(), signal), 3);
  const { items } = await ledger.list({}, 10);
  assert.deepEqual(
    items.map(({ status, error }) => [status, error?.code]),
    Array.from({ length: 3 }, () => ['FAILED', 'INTERNAL_ERROR']),
  );
});

test('when the ledger fails in the middle, what was not settled is left for later', async () => {
  const { ledger, clock, deps } = await left(20);
  let completed = 0;
  const complete: Ledger['complete'] = async (...of) => {
    completed += 1;
    if (completed > 5) throw new Error('the disk is full');
    return ledger.complete(...of);
  };
  await assert.rejects(reconcile(deps({ complete }), signal));
  assert.equal((await ledger.gauges()).unreconciledIntents, 15);
  clock.advance(5_000);
  assert.equal(await reconcile(deps(), signal), 15);
});

test('what cannot be settled does not keep the others from it', async () => {
  const { ledger, deps } = await left(0);
  const stuck = Array.from({ length: 120 }, () => intent({ action_name: 'Forbidden' }));
  const younger = Array.from({ length: 3 }, () => intent());
  for (const one of [...stuck, ...younger]) {
    await ledger.begin(one, { webhookUrl: null });
    if (stuck.includes(one)) await ledger.dispatch(one.request_id);
    ledger.release(one.request_id);
  }
  const { dataActions, ...others } = deps();
  const find = async () => {
    throw new Problem('UPSTREAM_REJECTED', 'CXone refuses to show it.');
  };
  let settled = 0;
  for (let round = 0; round < 3; round += 1) {
    settled += await reconcile({ ...others, dataActions: { ...dataActions, find } }, signal);
  }
  assert.equal(settled, younger.length);
  assert.equal((await ledger.gauges()).unreconciledIntents, stuck.length);
});

test('several that the ledger refuses do not keep the others from it either', async () => {
  const { ledger, clock, deps } = await left(80);
  const refused = new Set((await ledger.list({}, 80)).items.slice(-12).map(({ request_id }) => request_id));
  const complete: Ledger['complete'] = async (id, ...of) => {
    if (!refused.has(id)) return ledger.complete(id, ...of);
    ledger.release(id);
    throw new Error('it has no room for that');
  };
  for (let round = 0; round < 6; round += 1) {
    await reconcile(deps({ complete }), signal).catch(() => 0);
    clock.advance(5_000);
  }
  const { items } = await ledger.list({ status: 'PROCESSING' }, 80);
  assert.deepEqual(new Set(items.map(({ request_id }) => request_id)), refused);
});

test('at the end all that is known is recorded, put off or not, and however much else is left', async () => {
  const { ledger, deps } = await left(200);
  const known = (await ledger.list({}, 70)).items.map(({ request_id }) => request_id);
  const unrecorded = new Map(known.map((id) => [id, outcome()]));
  for (const id of known) ledger.putOff(id);
  await settleKnown({ ...deps(), unrecorded });
  assert.equal(unrecorded.size, 0);
  assert.equal((await ledger.gauges()).unreconciledIntents, 130);
});

test('a caller whose manipulation somebody else has settled is told what stands', async () => {
  const { ledger, deps } = await left(0);
  const action = { id: 'action-1', name: EXAMPLE_REQUEST.action_name };
  const error = { code: 'INTERNAL_ERROR', detail: 'Nobody knows.' };
  const complete: Ledger['complete'] = async (id, ...of) => {
    await ledger.complete(id, outcome({ status: 'UNKNOWN', error }), null);
    return ledger.complete(id, ...of);
  };
  const { dataActions, ...others } = deps({ complete });
  const { record, problem } = await manipulate(
    { ...others, dataActions: { ...dataActions, find: async () => action, update: async () => action } },
    EXAMPLE_REQUEST,
    { requestId: randomUUID(), caller: 'scheduler' },
  );
  assert.equal(record.status, 'UNKNOWN');
  assert.equal(problem?.code, 'INTERNAL_ERROR');
});

test('what is known here is recorded although the service stops', async () => {
  const { ledger, deps } = await left(1);
  const { items } = await ledger.list({}, 1);
  const requestId = items[0]?.request_id ?? '';
  const unrecorded = new Map([[requestId, outcome()]]);
  assert.equal(await reconcile({ ...deps(), unrecorded }, AbortSignal.abort()), 1);
  assert.equal((await ledger.get(requestId))?.status, 'SUCCESS');
});

test('a service that stops leaves what it took', async () => {
  const { ledger, deps } = await left(2);
  assert.equal(await reconcile(deps(), AbortSignal.abort()), 0);
  assert.equal((await ledger.gauges()).unreconciledIntents, 2);
});

test('what the ledger could not record is recorded as it was known, and nobody is asked', async () => {
  const { ledger, deps } = await left(0);
  const away: Ledger['complete'] = async (id) => {
    ledger.release(id);
    throw new Problem('LEDGER_UNAVAILABLE', 'The disk is full.');
  };
  const action = { id: 'action-1', name: EXAMPLE_REQUEST.action_name };
  const { dataActions, ...others } = deps({ complete: away });
  const written: ManipulationDeps = {
    ...others,
    dataActions: { ...dataActions, find: async () => action, update: async () => action },
  };
  const requestId = randomUUID();
  await assert.rejects(
    manipulate(written, EXAMPLE_REQUEST, { requestId, caller: 'scheduler' }),
    (error: Problem) => error.code === 'LEDGER_UNAVAILABLE' && error.effect === 'unknown',
  );
  assert.equal(await reconcile({ ...deps(), unrecorded: written.unrecorded }, signal), 1);
  assert.equal((await ledger.get(requestId))?.status, 'SUCCESS');
  assert.equal(written.unrecorded.size, 0, 'it is kept no longer than needed');
});
