import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { createKey } from '../../src/cli/keys.ts';
import type { AuditRecord } from '../../src/schemas/audit-record.ts';
import type { AuditHistory } from '../../src/schemas/audit-history.ts';
import { startPostgres } from '../support/postgres.ts';
import { EXAMPLE, startService } from '../support/service.ts';
import { temporaryDirectory } from '../support/temporary.ts';

interface Page {
  items: AuditRecord[];
}
const bearer = (key: string) => ({ authorization: `Bearer ${key}` });

for (const engine of ['sqlite', 'postgres']) {
  test(`a record’s history tells request, writes and webhook to its caller alone (${engine})`, async (t) => {
    const [mine, other, auditor] = [
      createKey('mine', 'manipulations:write,audit:read'),
      createKey('other', 'audit:read'),
      createKey('auditor', 'audit:read,audit:read:all'),
    ];
    const file = join(temporaryDirectory(t), 'keys');
    writeFileSync(file, [mine, other, auditor].map(({ line }) => line).join('\n'));
    const database: Record<string, string> = {};
    if (engine === 'postgres') {
      const cluster = await startPostgres();
      t.after(() => cluster.destroy());
      database['DATABASE_URL'] = await cluster.createDatabase();
    }
    const { sandbox, get, post } = await startService(t, {
      ...database,
      API_KEYS_FILE: file,
      AUTH_MODE: 'required',
    });
    const as = (key: string) => ({
      get: async <T>(path: string) => await get<T>(path, bearer(key)),
      keyed: async (idempotencyKey: string) =>
        await post('/manipulations', EXAMPLE, { ...bearer(key), 'idempotency-key': idempotencyKey }),
    });

    sandbox.fault('write', { status: 503 }, 1);
    const { body: made } = await as(mine.key).keyed('nightly-1');
    assert.equal(made.status, 'SUCCESS');
    const path = `/audit-records/${made.request_id}/history`;
    const { status, headers, body } = await as(mine.key).get<AuditHistory>(path);
    assert.equal(status, 200);
    assert.equal(headers.get('cache-control'), 'no-store');
    assert.deepEqual({ ...EXAMPLE, ...body.request }, body.request, 'the request with what was filled in');
    assert.deepEqual(
      body.events.map(({ kind }) => kind),
      ['accepted', 'computed', 'dispatched', 'attempt', 'attempt', 'outcome', 'webhook'],
    );
    assert.equal(body.events[0]?.detail, 'from key:mine, idempotency key nightly-1');
    assert.equal((await as(auditor.key).get<AuditHistory>(path)).status, 200);
    for (const foreign of [path, '/audit-records/x/history', `/audit-records/${'0'.repeat(36)}/history`]) {
      const refused = await as(other.key).get<{ code: string }>(foreign);
      assert.deepEqual([refused.status, refused.body.code], [404, 'AUDIT_RECORD_NOT_FOUND']);
    }

    const found = async (key: string, query: string) =>
      (await as(key).get<Page>(`/audit-records?${query}`)).body.items.map(({ request_id }) => request_id);
    for (const query of ['idempotency_key=nightly-1', `webhook_id=${made.webhook?.id}`]) {
      assert.deepEqual(await found(mine.key, query), [made.request_id], query);
      assert.deepEqual(await found(auditor.key, query), [made.request_id], query);
      assert.deepEqual(await found(other.key, query), [], query);
    }
    assert.deepEqual(await found(auditor.key, 'idempotency_key=nightly-2'), []);
    assert.deepEqual(await found(auditor.key, 'webhook_id=%00'), []);
  });
}

test('a webhook’s URL is no part of what is told of a request', async (t) => {
  const { sandbox, get, post } = await startService(t);
  const { body } = await post('/manipulations', {
    ...EXAMPLE,
    webhook_url: `${sandbox.webhookUrl}?token=secret`,
  });
  const history = await get<AuditHistory>(`/audit-records/${body.request_id}/history`);
  assert.equal(history.body.request?.['operation'], EXAMPLE.operation);
  assert.doesNotMatch(JSON.stringify(history.body), /secret|webhook_url/);
});
