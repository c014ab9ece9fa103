import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { Problem } from '../../../src/errors.ts';
import { EXAMPLE_REQUEST } from '../../../src/schemas/examples.ts';
import { noCalendars } from '../../../src/services/calendars/store.ts';
import { createEvents } from '../../../src/services/events.ts';
import { createManipulations } from '../../../src/services/manipulations/manipulate.ts';
import type { DataActions, DateProcessing, Intent, Ledger } from '../../../src/services/ports.ts';
import { openTestLedger, temporaryDirectory } from '../../ledger/storage.ts';
import { claim, intent, LEASE_MS, outcome, testClock } from '../../ledger/support.ts';

const ACTION = { id: 'action-1', name: EXAMPLE_REQUEST.action_name };
const never = async () => assert.fail('nothing is asked of the tenant');
const signal = new AbortController().signal;

/** A ledger, and the use case over it and over a tenant of the test's own. */
async function opened(t: TestContext) {
  const clock = testClock();
  const directory = await temporaryDirectory(t);
  const ledger = await openTestLedger({ databaseUrl: `sqlite:${join(directory, 'ledger.db')}`, clock });
  t.after(() => ledger.close());
  const manipulations = (tenant: Partial<DataActions> = {}, over: Partial<Ledger> = {}) =>
    createManipulations({
      ledger: { ...ledger, ...over },
      dataActions: {
        find: never,
        update: never,
        read: never,
        state: () => ({ state: 'ok' }),
        gauges: () => ({ bulkheadQueue: 0, ratePerSecond: 50, tokenExpiresSeconds: null }),
        ...tenant,
      },
      acceptWebhook: () => undefined,
      calendars: noCalendars,
      clock,
      events: createEvents(),
      settings: { deadlineMs: 1_000, webhookUrl: null, webhookWaitMs: 0 },
    });
  /** Intents whose leases have expired. */
  async function left(
    count: number,
    { dispatched = false, ...of }: Partial<Intent> & { dispatched?: boolean } = {},
  ) {
    const all = Array.from({ length: count }, () => intent(of));
    for (const one of all) {
      await ledger.begin(one, { webhookUrl: null });
      if (dispatched) await ledger.dispatch(one.request_id);
      await ledger.release(one.request_id);
    }
    return all;
  }
  const statusOf = async (one: Intent) => (await ledger.audit.get(one.request_id))?.status;
  return { clock, ledger, manipulations, left, statusOf };
}

const holding = (held: DateProcessing | null): Partial<DataActions> => ({
  find: async () => ACTION,
  read: async () => held,
});
const written = (): Partial<DataActions> => ({
  find: async () => ACTION,
  update: async (action, _value, budget, hooks) => {
    await hooks?.beforeWrite?.();
    budget.spent.attempts += 1;
    return action;
  },
});
const away = async () => {
  throw new Problem('LEDGER_UNAVAILABLE', 'The disk is full.');
};

test('an intent that was never dispatched is settled as FAILED, and the tenant is asked nothing', async (t) => {
  const { ledger, manipulations, left } = await opened(t);
  await left(3);
  assert.equal(await manipulations().reconcile(signal), 3);
  const { items } = await ledger.audit.list({}, 10);
  assert.deepEqual(
    items.map(({ status, error }) => [status, error?.code]),
    Array.from({ length: 3 }, () => ['FAILED', 'INTERNAL_ERROR']),
  );
});

test('a dispatched intent whose action holds its value is SUCCESS, and with another value UNKNOWN', async (t) => {
  const { ledger, manipulations, left } = await opened(t);
  const [applied] = await left(1, { dispatched: true });
  assert.ok(applied);
  await manipulations(holding(applied.date_processing)).reconcile(signal);
  assert.equal((await ledger.audit.get(applied.request_id))?.status, 'SUCCESS');

  const foreign = { ...applied.date_processing, computedValue: 'of another writer' };
  const [unknown] = await left(1, { dispatched: true });
  assert.ok(unknown);
  await manipulations(holding(foreign)).reconcile(signal);
  const record = await ledger.audit.get(unknown.request_id);
  assert.deepEqual([record?.status, record?.error?.code], ['UNKNOWN', 'OUTCOME_UNKNOWN']);
});

test('a dispatched intent was not applied when the action holds what the last SUCCESS before it wrote for 15 seconds', async (t) => {
  const { clock, ledger, manipulations, left, statusOf } = await opened(t);
  const before = intent({ timestamp: '2026-01-01T00:00:00.000Z' });
  await ledger.begin(before, { webhookUrl: null });
  await ledger.complete(before, outcome(), null);
  const ours = { ...before.date_processing, computedValue: '2030-01-01T00:00:00.000Z' };
  const [crashed] = await left(1, {
    dispatched: true,
    timestamp: '2026-01-02T00:00:00.000Z',
    date_processing: ours,
  });
  assert.ok(crashed);
  const untouched = manipulations(holding(before.date_processing));
  for (const pauseMs of [5_001, 10_001]) {
    await untouched.reconcile(signal);
    // The tenant may still be at work on it.
    assert.equal(await statusOf(crashed), 'PROCESSING');
    clock.advance(pauseMs);
  }
  await untouched.reconcile(signal);
  const record = await ledger.audit.get(crashed.request_id);
  assert.deepEqual([record?.status, record?.error?.code], ['FAILED', 'INTERNAL_ERROR']);
});

test('a replay of a record whose outcome is unknown has a code of its own, and no Retry-After', async (t) => {
  const { ledger, manipulations } = await opened(t);
  const key = 'k';
  const first = manipulations({
    find: async () => ACTION,
    update: async () => {
      throw new Problem('UPSTREAM_TIMEOUT', 'No answer.', { effect: 'unknown' });
    },
  });
  const context = { requestId: randomUUID(), caller: 'scheduler', idempotencyKey: key };
  const answer = await first.manipulate(EXAMPLE_REQUEST, context);
  assert.equal(answer.record.status, 'UNKNOWN');
  const replay = await manipulations().manipulate(EXAMPLE_REQUEST, { ...context, requestId: randomUUID() });
  assert.equal(replay.replayed, true);
  assert.deepEqual(
    [replay.problem?.code, replay.problem?.effect, replay.problem?.retryAfterSeconds],
    ['OUTCOME_UNKNOWN', 'unknown', undefined],
  );
  assert.equal((await ledger.audit.list({}, 10)).items.length, 1);
});

test('when the ledger fails in the middle, what was not settled is settled later', async (t) => {
  const { clock, ledger, manipulations, left } = await opened(t);
  await left(20);
  let completed = 0;
  const complete: Ledger['complete'] = async (...of) => {
    completed += 1;
    return completed > 5 ? away() : ledger.complete(...of);
  };
  await assert.rejects(manipulations({}, { complete }).reconcile(signal), { code: 'LEDGER_UNAVAILABLE' });
  assert.equal((await ledger.gauges()).unreconciledIntents, 15);
  clock.advance(LEASE_MS);
  assert.equal(await manipulations().reconcile(signal), 15);
});

test('what cannot be settled now does not keep the others from it', async (t) => {
  const { ledger, manipulations, left } = await opened(t);
  const stuck = await left(120, { action_name: 'Forbidden', dispatched: true });
  const younger = await left(3);
  const find = async () => {
    throw new Problem('UPSTREAM_REJECTED', 'CXone refuses to show it.');
  };
  let settled = 0;
  for (let round = 0; round < 3; round += 1) settled += await manipulations({ find }).reconcile(signal);
  assert.equal(settled, younger.length);
  assert.equal((await ledger.gauges()).unreconciledIntents, stuck.length);
});

test('a service that stops settles nothing more', async (t) => {
  const { ledger, manipulations, left } = await opened(t);
  await left(2);
  assert.equal(await manipulations().reconcile(AbortSignal.abort()), 0);
  assert.equal((await ledger.gauges()).unreconciledIntents, 2);
});

test('a caller whose manipulation another instance has settled is told what stands', async (t) => {
  const { ledger, manipulations } = await opened(t);
  const error = { code: 'OUTCOME_UNKNOWN', detail: 'It cannot be told.' };
  const complete: Ledger['complete'] = async (of, ...rest) => {
    await ledger.complete(of, outcome({ status: 'UNKNOWN', error }), null);
    return ledger.complete(of, ...rest);
  };
  const { record, problem } = await manipulations(written(), { complete }).manipulate(EXAMPLE_REQUEST, {
    requestId: randomUUID(),
    caller: 'scheduler',
  });
  assert.equal(record.status, 'UNKNOWN');
  assert.equal(problem?.code, 'OUTCOME_UNKNOWN');
});

test('an outcome that the ledger could not record is told as applied, and recorded later without asking', async (t) => {
  const { ledger, manipulations } = await opened(t);
  let failing = true;
  const complete: Ledger['complete'] = async (...of) => (failing ? away() : ledger.complete(...of));
  const service = manipulations(written(), { complete });
  const requestId = randomUUID();
  await assert.rejects(
    service.manipulate(EXAMPLE_REQUEST, { requestId, caller: 'scheduler' }),
    (error: Problem) => error.code === 'LEDGER_UNAVAILABLE' && error.effect === 'applied',
  );
  await assert.rejects(service.reconcile(signal), { code: 'LEDGER_UNAVAILABLE' });
  failing = false;
  assert.equal(await service.reconcile(AbortSignal.abort()), 1);
  assert.equal((await ledger.audit.get(requestId))?.status, 'SUCCESS');
  assert.equal(await service.reconcile(signal), 0, 'it is kept no longer than needed');
});

test('draining waits for what is in flight, then records every pending outcome', async (t) => {
  const { ledger, manipulations } = await opened(t);
  const gate = Promise.withResolvers<undefined>();
  let failures = 3;
  const complete: Ledger['complete'] = async (...of) => {
    failures -= 1;
    return failures >= 0 ? away() : ledger.complete(...of);
  };
  const tenant = written();
  const slow: Partial<DataActions> = {
    ...tenant,
    find: async () => {
      await gate.promise;
      return ACTION;
    },
  };
  const service = manipulations(slow, { complete });
  const ids = Array.from({ length: 5 }, () => randomUUID());
  const answers = ids.map((requestId) =>
    service.manipulate(EXAMPLE_REQUEST, { requestId, caller: 'scheduler' }).catch((error: unknown) => error),
  );
  const draining = service.drain();
  assert.equal(service.inFlight, 5);
  gate.resolve(undefined);
  await draining;
  await Promise.all(answers);
  for (const id of ids) assert.equal((await ledger.audit.get(id))?.status, 'SUCCESS');
});

test('a key whose write failed before it left may be used again', async (t) => {
  const { ledger, manipulations } = await opened(t);
  const refused = manipulations({
    find: async () => {
      throw new Problem('ACTION_NOT_FOUND', 'There is none.');
    },
  });
  const context = { caller: 'scheduler', idempotencyKey: 'k' };
  const first = await refused.manipulate(EXAMPLE_REQUEST, { ...context, requestId: randomUUID() });
  assert.equal(first.problem?.code, 'ACTION_NOT_FOUND');
  const second = await manipulations(written()).manipulate(EXAMPLE_REQUEST, {
    ...context,
    requestId: randomUUID(),
  });
  assert.deepEqual([second.record.status, second.replayed], ['SUCCESS', false]);
  const other = await ledger.begin(intent(), { claim: claim('k', 'another'), webhookUrl: null });
  assert.equal(other.kind, 'key_reused');
});
