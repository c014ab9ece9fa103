import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, test } from 'node:test';
import type { AuditHistory } from '../../../src/schemas/audit-history.ts';
import type { Deliver, Intent, Ledger } from '../../../src/services/ports.ts';
import { claim, failure, intent, notification, outcome, until } from '../support.ts';
import { fresh, type Backend } from './backend.ts';

const kinds = (history: AuditHistory | null) => history?.events.map(({ kind }) => kind);
const details = (history: AuditHistory | null, kind: string) =>
  history?.events.filter((event) => event.kind === kind).map(({ detail }) => detail);

/** A manipulation with a webhook, its first try made. */
async function announced(ledger: Ledger, deliver: Deliver): Promise<string> {
  const one = intent();
  const message = notification(one.request_id);
  await ledger.outbox.start(deliver);
  await ledger.begin(one, { webhookUrl: message.url });
  await ledger.complete(one, outcome(), message);
  await ledger.outbox.attempt(message.id, 10_000);
  return one.request_id;
}

/** What happened to a record, and when, can be told from what was written down. */
export function historyContract(backend: Backend): void {
  describe(`history (${backend.name})`, { concurrency: 4 }, () => {
    test('it grows with the record, each event with the time of its entry', async (t) => {
      const { ledger, clock } = await fresh(t, backend);
      const one = intent({ timestamp: new Date(clock.now()).toISOString() });
      await ledger.begin(one, { claim: claim('nightly'), webhookUrl: null });
      const begun = await ledger.audit.history(one.request_id);
      assert.deepEqual(begun?.events, [
        { kind: 'accepted', at: one.timestamp, detail: 'from scheduler, idempotency key nightly' },
        {
          kind: 'computed',
          at: one.timestamp,
          detail: '2024-02-29T12:30:00.000-05:00, tz database 2026a',
        },
      ]);
      clock.advance(1_000);
      await ledger.dispatch(one.request_id);
      const sent = [clock.now() + 100, clock.now() + 200].map((at) => new Date(at).toISOString());
      clock.advance(1_000);
      await ledger.complete(one, outcome({ attempts: 2, attempted_at: sent }), null);
      const ended = await ledger.audit.history(one.request_id);
      assert.deepEqual(kinds(ended), ['accepted', 'computed', 'dispatched', 'attempt', 'attempt', 'outcome']);
      assert.deepEqual(
        ended?.events.filter(({ kind }) => kind === 'attempt').map(({ at }) => at),
        sent,
      );
      assert.deepEqual(details(ended, 'outcome'), ['SUCCESS']);
      const times = ended.events.map(({ at }) => Date.parse(at));
      assert.deepEqual(
        times,
        times.toSorted((a, b) => a - b),
      );
      assert.ok((times.at(-1) ?? 0) - (times[0] ?? 0) >= 2_000);
    });

    test('a failure says why, and one that was found out says how', async (t) => {
      const { ledger } = await fresh(t, backend);
      const one = intent();
      await ledger.begin(one, { webhookUrl: null });
      await ledger.complete(one, failure({ reconciled: true }), null);
      assert.deepEqual(details(await ledger.audit.history(one.request_id), 'outcome'), [
        'FAILED, UPSTREAM_UNAVAILABLE: CXone does not answer., found by reading the action afterwards',
      ]);
    });

    test('the request comes back as it was accepted, and null where it was not kept', async (t) => {
      const { ledger } = await fresh(t, backend);
      const request: NonNullable<Intent['request']> = {
        operation: 'ADD_BUSINESS_DAYS',
        source_timestamp: '2026-12-24T12:00:00Z',
        target_timezone: 'UTC',
        holidays: ['2026-12-25'],
        days: 3,
      };
      const [kept, old] = [intent({ request }), intent()];
      await ledger.begin(kept, { webhookUrl: null });
      await ledger.begin(old, { webhookUrl: null });
      assert.deepEqual((await ledger.audit.history(kept.request_id))?.request, {
        action_name: kept.action_name,
        ...request,
      });
      assert.equal((await ledger.audit.history(old.request_id))?.request, null);
      const record = await ledger.audit.get(kept.request_id);
      assert.equal(record !== null && 'request' in record, false);
    });

    test('another caller’s is not told, nor one that is not there', async (t) => {
      const { ledger } = await fresh(t, backend);
      const one = intent({ caller: 'mine' });
      await ledger.begin(one, { webhookUrl: null });
      assert.notEqual(await ledger.audit.history(one.request_id, 'mine'), null);
      assert.equal(await ledger.audit.history(one.request_id, 'yours'), null);
      assert.equal(await ledger.audit.history(randomUUID()), null);
    });

    test('each try of the webhook is told, with what came of it', async (t) => {
      const { ledger } = await fresh(t, backend, { schedule: [0, 0] });
      let tries = 0;
      const id = await announced(ledger, async () => {
        tries += 1;
        return tries === 1
          ? { outcome: 'failed', final: false, detail: 'It answered 503.' }
          : { outcome: 'delivered' };
      });
      await until(async () => details(await ledger.audit.history(id), 'webhook')?.length === 2);
      assert.deepEqual(details(await ledger.audit.history(id), 'webhook'), [
        'try 1 failed: It answered 503.',
        'try 2 delivered',
      ]);
    });

    test('a webhook that was given up says so', async (t) => {
      const { ledger } = await fresh(t, backend);
      const id = await announced(ledger, async () => ({
        outcome: 'failed',
        final: true,
        detail: '410 Gone',
      }));
      await until(async () => details(await ledger.audit.history(id), 'webhook')?.length === 1);
      assert.deepEqual(details(await ledger.audit.history(id), 'webhook'), [
        'try 1 failed: 410 Gone; it will not be tried again',
      ]);
    });
  });
}
