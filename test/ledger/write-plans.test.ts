import assert from 'node:assert/strict';
import { join } from 'node:path';
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
  connection.setNow(now);
  writes.begin({ intent: one, claim, webhookUrl: null, at: now, leaseMs: 1, ttlMs: 1 });
  writes.dispatch({ requestId, at: now });
  connection.setNow(now + 10);
  assert.equal(writes.claimExpired({ limit: 10, leaseMs: 1 }).length, 1);
  writes.postpone(requestId);
  writes.release(requestId);
  const completed = { requestId, outcome: outcome(), notification, at: now };
  writes.complete(completed);
  writes.complete(completed);
  connection.setNow(now + 1e9);
  assert.equal(writes.leaseDue(10).length, 1);
  writes.settle({ id: 'msg_1', settlement: { at: now, status: 'failed', error: 'gone' } });
  writes.resend(['msg_1']);
  const failed = { at: now, status: 'pending', pauseMs: 1_000, error: 'refused' } as const;
  writes.settle({ id: 'msg_1', settlement: failed });
  const before = statements.size;
  connection.setNow(now + 2e9);
  writes.settle({ id: 'msg_1', settlement: { ...failed, at: now + 1, error: 'refused again' } });
  assert.equal(
    statements.size,
    before,
    'each text is prepared once and kept: another moment is no other text',
  );
  writes.settle({ id: 'msg_1', settlement: { at: now, status: 'delivered', withinWait: true } });
  writes.endLeases();
  writes.expireKeys();
  writes.heads();
  writes.check();

  assert.ok(statements.size > 15);
  for (const sql of statements) {
    const plan = connection.database.prepare(`EXPLAIN QUERY PLAN ${sql}`).all();
    for (const { detail } of plan) assert.doesNotMatch(String(detail), /^SCAN (entries|[ioe])\b/, sql);
  }
});
