import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { AuditRecord } from '../../../src/schemas/audit-record.ts';
import type { AuditQuery, Ledger, Outcome } from '../../../src/services/ports.ts';
import { claim, collect, failure, intent, manipulate, notification, outcome } from '../support.ts';
import { fresh, type Backend } from './backend.ts';

async function walk(
  ledger: Ledger,
  query: AuditQuery,
  limit: number,
  between = async () => {},
): Promise<AuditRecord[]> {
  const all: AuditRecord[] = [];
  let cursor: string | null = null;
  do {
    const page: Awaited<ReturnType<Ledger['audit']['list']>> = await ledger.audit.list(
      query,
      limit,
      cursor ?? undefined,
    );
    assert.ok(page.items.length <= limit);
    all.push(...page.items);
    cursor = page.next_cursor;
    await between();
  } while (cursor !== null);
  return all;
}

const ids = (records: readonly { request_id: string }[]): string[] =>
  records.map(({ request_id }) => request_id);

/** What is listed is what was written, in order, whatever is written meanwhile. */
export function listContract(backend: Backend): void {
  describe(`list and export (${backend.name})`, { concurrency: 4 }, () => {
    test('newest first, in the order of arrival within a millisecond too', async (t) => {
      const { ledger } = await fresh(t, backend);
      const timestamp = '2026-01-01T00:00:00.000Z';
      const all = Array.from({ length: 30 }, () => intent({ timestamp }));
      await Promise.all(all.map((one) => ledger.begin(one, { webhookUrl: null })));
      const listed = await ledger.audit.list({}, 50);
      assert.deepEqual(ids(listed.items), ids(all).reverse());
      assert.equal(listed.next_cursor, null);
      assert.deepEqual(ids(await walk(ledger, {}, 7)), ids(all).reverse());
    });

    test('a walk sees each record once while others arrive and end', async (t) => {
      const { ledger } = await fresh(t, backend);
      const all = Array.from({ length: 25 }, () => intent());
      for (const one of all) await ledger.begin(one, { webhookUrl: null });
      let next = 0;
      const seen = await walk(ledger, {}, 4, async () => {
        await manipulate(ledger);
        const ending = all[next++];
        if (ending !== undefined) await ledger.complete(ending, outcome(), null);
      });
      assert.deepEqual(ids(seen), ids(all).reverse());
    });

    test('a cursor that is not ours is refused', async (t) => {
      const { ledger } = await fresh(t, backend);
      for (const cursor of [
        '',
        'x',
        'AAAA',
        Buffer.from('2026').toString('base64url'),
        '😀',
        "' OR 1=1 --",
      ]) {
        await assert.rejects(ledger.audit.list({}, 10, cursor), {
          name: 'Problem',
          code: 'VALIDATION_FAILED',
        });
      }
      await assert.rejects(ledger.audit.list({ from: 'yesterday' }, 10), { code: 'VALIDATION_FAILED' });
    });

    test('from is included, to is not, at any precision and offset', async (t) => {
      const { ledger } = await fresh(t, backend);
      for (const timestamp of [
        '2026-01-01T00:00:00.000Z',
        '2026-01-01T00:00:00.001Z',
        '2026-01-01T00:00:00.002Z',
      ]) {
        await manipulate(ledger, { timestamp });
      }
      const count = async (query: AuditQuery) => (await ledger.audit.list(query, 10)).items.length;
      assert.equal(await count({ from: '2026-01-01T00:00:00.001Z' }), 2);
      assert.equal(await count({ to: '2026-01-01T00:00:00.001Z' }), 1);
      assert.equal(await count({ from: '2026-01-01T00:00:00.0001Z' }), 2);
      assert.equal(await count({ to: '2026-01-01T00:00:00.0011Z' }), 2);
      assert.equal(
        await count({ from: '2026-01-01T01:00:00+01:00', to: '2026-01-01T01:00:00.002+01:00' }),
        2,
      );
      assert.equal(await count({ from: '2026-01-01T00:00:00Z', to: '2026-01-01T00:00:00Z' }), 0);
    });

    test('any filter, with any page size, agrees with a plain list', async (t) => {
      const { ledger } = await fresh(t, backend);
      const start = Date.parse('2026-03-01T00:00:00.000Z');
      const statuses = ['PROCESSING', 'SUCCESS', 'FAILED', 'UNKNOWN'] as const;
      const model: { request_id: string; caller: string; action_name: string; status: string; at: number }[] =
        [];
      for (let i = 0; i < 60; i += 1) {
        const status = statuses[(i * 7) % 4] ?? 'SUCCESS';
        const at = start + Math.floor(i / 3) * 1000;
        const begun = intent({
          timestamp: new Date(at).toISOString(),
          caller: `caller-${i % 3}`,
          action_name: `action-${i % 5}`,
        });
        await ledger.begin(begun, { webhookUrl: null });
        if (status === 'FAILED') await ledger.complete(begun, failure(), null);
        else if (status !== 'PROCESSING') await ledger.complete(begun, outcome({ status }), null);
        model.unshift({ ...begun, status, at });
      }
      const instant = fc
        .integer({ min: -1, max: 21 })
        .map((second) => new Date(start + second * 1000).toISOString());
      const query = fc.record(
        {
          caller: fc.constantFrom('caller-0', 'caller-1', 'caller-none'),
          action_name: fc.constantFrom('action-0', 'action-4', 'nothing'),
          status: fc.constantFrom(...statuses),
          from: instant,
          to: instant,
        },
        { requiredKeys: [] },
      );
      await fc.assert(
        fc.asyncProperty(query, fc.integer({ min: 1, max: 70 }), async (asked, limit) => {
          const expected = model.filter(
            (one) =>
              (asked.caller === undefined || one.caller === asked.caller) &&
              (asked.action_name === undefined || one.action_name === asked.action_name) &&
              (asked.status === undefined || one.status === asked.status) &&
              (asked.from === undefined || one.at >= Date.parse(asked.from)) &&
              (asked.to === undefined || one.at < Date.parse(asked.to)),
          );
          assert.deepEqual(ids(await walk(ledger, asked, limit)), ids(expected));
          assert.deepEqual(ids(await collect(ledger.audit.export(asked))), ids(expected).reverse());
        }),
        { numRuns: 60, seed: 5 },
      );
    });

    test('records are found by the idempotency key that made them, the tries that wrote nothing too', async (t) => {
      const { ledger } = await fresh(t, backend);
      const begin = async (caller: string, key: string, ended: Outcome | null) => {
        const one = intent({ caller });
        await ledger.begin(one, { claim: claim(key, {}, caller), webhookUrl: null });
        if (ended !== null) await ledger.complete(one, ended, null);
        return one.request_id;
      };
      const refused = await begin('a', 'nightly', failure());
      const written = await begin('a', 'nightly', outcome());
      const foreign = await begin('b', 'nightly', null);
      await begin('a', 'another', outcome());
      const found = async (query: AuditQuery) => ids(await walk(ledger, query, 1));
      const idempotency_key = 'nightly';
      assert.deepEqual(await found({ idempotency_key }), [foreign, written, refused]);
      assert.deepEqual(await found({ idempotency_key, caller: 'a' }), [written, refused]);
      assert.deepEqual(await found({ idempotency_key, status: 'FAILED' }), [refused]);
      assert.deepEqual(await found({ idempotency_key, status: 'PROCESSING' }), [foreign]);
      assert.deepEqual(await found({ idempotency_key, status: 'PROCESSING', caller: 'a' }), []);
      assert.deepEqual(await found({ idempotency_key: 'nothing\0' }), []);
    });

    test('the record of a webhook is found by the id of its message', async (t) => {
      const { ledger } = await fresh(t, backend);
      const one = intent();
      const message = notification(one.request_id);
      await ledger.begin(one, { webhookUrl: message.url });
      await ledger.complete(one, outcome(), message);
      await manipulate(ledger);
      const found = async (query: AuditQuery) => ids((await ledger.audit.list(query, 10)).items);
      assert.deepEqual(await found({ webhook_id: message.id }), [one.request_id]);
      assert.deepEqual(await found({ webhook_id: message.id, caller: 'another' }), []);
      assert.deepEqual(await found({ webhook_id: message.id, status: 'FAILED' }), []);
      assert.deepEqual(await found({ webhook_id: 'msg_0' }), []);
    });

    test('an export that is left early ends', async (t) => {
      const { ledger } = await fresh(t, backend);
      await Promise.all(Array.from({ length: 30 }, () => manipulate(ledger)));
      for await (const record of ledger.audit.export({})) {
        assert.equal(record.status, 'SUCCESS');
        break;
      }
      await manipulate(ledger);
    });
  });
}
