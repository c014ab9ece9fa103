import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AuditRecord } from '../../src/schemas/audit-record.ts';
import { EXAMPLE, startService } from '../support/service.ts';

interface Page {
  items: AuditRecord[];
  next_cursor: string | null;
}

test('records are listed newest first, in pages that stay right while more arrive', async (t) => {
  const { get, post } = await startService(t);
  const made: string[] = [];
  const make = async () => made.unshift((await post('/manipulations', EXAMPLE)).body.request_id);
  for (let n = 0; n < 5; n += 1) await make();
  const expected = [...made];
  const seen: string[] = [];
  let cursor: string | null = null;
  do {
    const { body }: { body: Page } = await get<Page>(
      `/audit-records?limit=2${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ''}`,
    );
    seen.push(...body.items.map((record) => record.request_id));
    cursor = body.next_cursor;
    await make();
  } while (cursor);
  assert.deepEqual(seen, expected);
});

test('filters by action, status and time; streams all that fits as NDJSON', async (t) => {
  const { get, post } = await startService(t);
  await post('/manipulations', EXAMPLE);
  await post('/manipulations', { ...EXAMPLE, action_name: 'Missing' });
  const list = async (query: string) =>
    (await get<Page>(`/audit-records?${query}`)).body.items.map((r) => r.status);
  assert.deepEqual(await list('status=FAILED'), ['FAILED']);
  assert.deepEqual(await list('action_name=Production_Date_Processor'), ['SUCCESS']);
  assert.deepEqual(await list('from=2020-01-01T00:00:00Z&to=2020-01-02T00:00:00Z'), []);
  assert.deepEqual(await list('from=2020-01-01T00:00:00Z'), ['FAILED', 'SUCCESS']);
  const exported = await get<string>('/audit-records', { accept: 'application/x-ndjson' });
  assert.deepEqual(
    exported.body
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as AuditRecord).status),
    ['SUCCESS', 'FAILED'],
  );
});

test('from and to are compared in full, also beyond milliseconds', async (t) => {
  const { get, post } = await startService(t);
  const { timestamp } = (await post<AuditRecord>('/manipulations', EXAMPLE)).body;
  const count = async (query: string) => (await get<Page>(`/audit-records?${query}`)).body.items.length;
  const later = timestamp.replace('Z', '5Z');
  assert.equal(await count(`from=${timestamp}`), 1);
  assert.equal(await count(`from=${later}`), 0, 'it was accepted before that');
  assert.equal(await count(`to=${timestamp}`), 0);
  assert.equal(await count(`to=${later}`), 1, 'it was accepted before that');
});

test('a wrong query and an unknown record are problems', async (t) => {
  const { get } = await startService(t);
  for (const query of [
    'limit=0',
    'limit=501',
    'limit=x',
    'status=DONE',
    'from=yesterday',
    'cursor=nonsense',
    'colour=red',
  ]) {
    const { status, body } = await get(`/audit-records?${query}`);
    assert.deepEqual([status, body.code], [400, 'VALIDATION_FAILED'], query);
  }
  const { status, body } = await get('/audit-records/5f0c1c1e-8a53-4b0e-9f0e-2f6f3a1f6a54');
  assert.deepEqual([status, body.code], [404, 'AUDIT_RECORD_NOT_FOUND']);
});
