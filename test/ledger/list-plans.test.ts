import assert from 'node:assert/strict';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { before, test, type TestContext } from 'node:test';
import { recordsStatement } from '../../src/ledger/journal/records.ts';
import type { AuditQuery } from '../../src/services/ports.ts';
import { openTestLedger, temporaryDirectory } from './storage.ts';

let plan: (query: AuditQuery) => string;

before(async (t) => {
  const context = t as TestContext;
  const file = join(await temporaryDirectory(context), 'ledger.db');
  await (await openTestLedger({ databaseUrl: `sqlite:${file}` })).close();
  const database = new DatabaseSync(file, { readOnly: true });
  context.after(() => database.close());
  plan = (query) => {
    const { sql, values } = recordsStatement(query, { order: 'newest', from: undefined, limit: 51 });
    const named = Object.fromEntries(values.map((value, i) => [`$${i + 1}`, value]));
    return database
      .prepare(`EXPLAIN QUERY PLAN ${sql}`)
      .all(named)
      .map(({ detail }) => String(detail))
      .join('\n');
  };
});

const caller = 'scheduler';
const action_name = 'Production_Date_Processor';

for (const [query, start] of [
  [{ status: 'PROCESSING' }, /^SCAN f\b/m],
  [{ status: 'PROCESSING', caller }, /^SCAN f\b/m],
  [{ status: 'PROCESSING', action_name }, /^SCAN f\b/m],
  [{ caller, action_name }, /^SEARCH i USING INDEX intents_by_caller_and_action /m],
  [{ caller, action_name, status: 'SUCCESS' }, /^SEARCH i USING INDEX intents_by_caller_and_action /m],
  [{ caller }, /^SEARCH i USING INDEX intents_by_caller(_and_action)? /m],
  [{ action_name }, /^SEARCH i USING INDEX intents_by_action /m],
  [{ idempotency_key: 'nightly' }, /^SEARCH i USING INDEX intents_by_key /m],
  [{ idempotency_key: 'nightly', status: 'FAILED', caller }, /^SEARCH i USING INDEX intents_by_key /m],
  [{ webhook_id: 'msg_1' }, /^SEARCH i USING INDEX entries_by_request /m],
  [
    { webhook_id: 'msg_1', caller, action_name, status: 'PROCESSING' },
    /^SEARCH i USING INDEX entries_by_request /m,
  ],
  [{ status: 'UNKNOWN' }, /^SEARCH o USING INDEX failures_by_place /m],
] as [AuditQuery, RegExp][]) {
  test(`the list by ${Object.keys(query).join(' and ')} (${query.status ?? 'any'}) starts at what is few`, () => {
    const text = plan(query);
    assert.match(text, start);
    assert.doesNotMatch(text, /^SCAN [ioe]\b/m);
  });
}
