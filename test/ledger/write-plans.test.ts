import assert from 'node:assert/strict';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { connect } from '../../src/ledger/sqlite/connection.ts';
import { migrate } from '../../src/ledger/sqlite/schema.ts';
import { createWrites } from '../../src/ledger/sqlite/writes.ts';
import { intent, outcome } from './support.ts';
import { temporaryDirectory } from './storage.ts';

/** The entries grow for years: an operation that reads all of them holds up every other one. */
test('no operation of the writer reads the entries from one end to the other', async (t) => {
  const file = join(await temporaryDirectory(t), 'ledger.db');
  const connection = connect(file);
  t.after(() => connection.close());
  migrate(connection.database);
  const statements = new Set<string>();
  const seen = (sql: string) => {
    statements.add(sql);
    return sql;
  };
  const writes = createWrites(
    {
      ...connection,
      get: (sql, values) => connection.get(seen(sql), values),
      all: (sql, values) => connection.all(seen(sql), values),
      run: (sql, values) => connection.run(seen(sql), values),
    },
    'owner',
    undefined,
  );

  const now = 1_000;
  const one = intent();
  const requestId = one.request_id;
  const claim = { caller: 'scheduler', key: 'nightly', fingerprint: 'f' };
  const notification = { id: 'msg_1', request_id: requestId, url: 'https://receiver.example', body: '{}' };
  writes.begin({ intent: one, claim, webhookUrl: null, at: now, leaseMs: 1, ttlMs: 1, now });
  writes.dispatch({ requestId, at: now });
  assert.equal(writes.claimExpired({ limit: 10, leaseMs: 1, now: now + 10 }).length, 1);
  writes.postpone({ requestId, now });
  writes.release({ requestId, now });
  const completed = { requestId, outcome: outcome(), notification, at: now, now };
  writes.complete(completed);
  writes.complete(completed);
  assert.equal(writes.leaseDue({ limit: 10, now: now + 1e9 }).length, 1);
  writes.settle({ id: 'msg_1', settlement: { at: now, status: 'failed', error: 'gone' }, now });
  writes.resend({ ids: ['msg_1'], now });
  writes.settle({ id: 'msg_1', settlement: { at: now, status: 'delivered', withinWait: true }, now });
  writes.endLeases({ now });
  writes.expireKeys({ now });
  writes.heads(undefined);
  writes.check({ now });

  const database = new DatabaseSync(file, { readOnly: true });
  t.after(() => database.close());
  assert.ok(statements.size > 15);
  for (const sql of statements) {
    const plan = database.prepare(`EXPLAIN QUERY PLAN ${sql}`).all();
    for (const { detail } of plan) assert.doesNotMatch(String(detail), /^SCAN (entries|[ioe])\b/, sql);
  }
});
