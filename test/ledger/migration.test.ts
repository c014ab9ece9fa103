import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, before, describe, test, type TestContext } from 'node:test';
import pg from 'pg';
import { recheckCommand } from '../../src/ledger/cli/recheck.ts';
import { verifyCommand } from '../../src/ledger/cli/verify.ts';
import type { Ledger } from '../../src/services/ports.ts';
import { type Cluster, startPostgres } from '../support/postgres.ts';
import { openTestLedger, temporaryDirectory } from './storage.ts';
import { claim, collect, failure, intent, outcome, until } from './support.ts';

const idOf = (n: number): string => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
const fixture = (engine: string) =>
  readFile(new URL(`fixtures/a07814e.${engine}.sql`, import.meta.url), 'utf8');

let cluster: Cluster;
before(async () => {
  cluster = await startPostgres();
});
after(() => cluster.destroy());

/** Databases as the version at commit a07814e left them: seven manipulations, two of them in flight. */
const STORES: Record<string, (t: TestContext) => Promise<string>> = {
  async sqlite(t) {
    const file = join(await temporaryDirectory(t), 'ledger.db');
    const database = new DatabaseSync(file);
    database.exec(await fixture('sqlite'));
    database.close();
    return `sqlite:${file}`;
  },
  async postgres() {
    const databaseUrl = await cluster.createDatabase();
    const client = new pg.Client({ connectionString: databaseUrl });
    await client.connect();
    await client.query(await fixture('postgres'));
    await client.end();
    return databaseUrl;
  },
};

for (const [engine, create] of Object.entries(STORES)) {
  describe(`a ledger of the version before leases (${engine})`, { concurrency: 2 }, () => {
    async function migrated(t: TestContext): Promise<{ ledger: Ledger; databaseUrl: string }> {
      const databaseUrl = await create(t);
      const ledger = await openTestLedger({ databaseUrl });
      t.after(() => ledger.close());
      return { ledger, databaseUrl };
    }

    test('keeps its records and an intact chain, also when it is opened twice', async (t) => {
      const { ledger, databaseUrl } = await migrated(t);
      await ledger.close();
      const again = await openTestLedger({ databaseUrl });
      t.after(() => again.close());
      assert.deepEqual(
        (await collect(again.audit.export({}))).map(({ request_id, status, webhook, webhook_triggered }) => [
          request_id,
          status,
          webhook?.status ?? null,
          webhook_triggered,
        ]),
        [
          [idOf(1), 'SUCCESS', 'delivered', true],
          [idOf(2), 'SUCCESS', 'pending', false],
          [idOf(3), 'SUCCESS', 'failed', false],
          [idOf(4), 'FAILED', null, false],
          [idOf(5), 'UNKNOWN', null, false],
          [idOf(6), 'PROCESSING', null, false],
          [idOf(7), 'PROCESSING', null, false],
        ],
      );
      const lines: string[] = [];
      const line = (text: string) => void lines.push(text);
      assert.equal(await verifyCommand([], { databaseUrl }, { out: line, error: line }), 0, lines.join('\n'));
    });

    test('has no requests to compute again, and audit:recheck says so', async (t) => {
      const { databaseUrl } = await migrated(t);
      const lines: string[] = [];
      const line = (text: string) => void lines.push(text);
      assert.equal(await recheckCommand([], { databaseUrl }, { out: line, error: line }), 0);
      assert.equal(lines[0], 'Not recheckable, 6 records: it was recorded before requests were kept.');
      assert.match(lines[1] ?? '', /^0 records computed again/);
    });

    test('keeps its idempotency keys', async (t) => {
      const { ledger } = await migrated(t);
      const kinds: unknown[] = [];
      for (const key of ['delivered', 'final', 'unknown', 'begun', 'dispatched']) {
        const { kind } = await ledger.begin(intent(), { claim: claim(key), webhookUrl: null });
        kinds.push(kind);
      }
      assert.deepEqual(kinds, ['replay', 'replay', 'replay', 'in_progress', 'in_progress']);
    });

    test('lets what it left in flight be claimed and settled', async (t) => {
      const { ledger } = await migrated(t);
      const claimed = await ledger.claimExpired(10);
      assert.deepEqual(
        claimed.map((one) => [one.intent.request_id, one.dispatched, one.webhookUrl]),
        [
          [idOf(6), false, 'https://receiver.example/hook'],
          [idOf(7), true, null],
        ],
      );
      for (const [i, end] of [failure({ reconciled: true }), outcome({ reconciled: true })].entries()) {
        const one = claimed[i]?.intent;
        assert.ok(one);
        await ledger.complete(one, end, null);
      }
      const begun = await ledger.begin(intent(), { claim: claim('begun'), webhookUrl: null });
      assert.equal(begun.kind, 'begun');
    });

    test('keeps its dead letter, and sends it again with the body it had', async (t) => {
      const { ledger } = await migrated(t);
      assert.deepEqual(
        (await ledger.outbox.deadLetters(10)).map((one) => [one.request_id, one.last_error]),
        [[idOf(3), 'It answered 410.']],
      );
      const bodies = new Map<string, string>();
      await ledger.outbox.start(async ({ id, body }) => {
        bodies.set(id, body);
        return { outcome: 'delivered' };
      });
      assert.equal(await ledger.outbox.resend([`msg_${idOf(3)}`]), 1);
      await until(async () => (await ledger.audit.get(idOf(3)))?.webhook?.status === 'delivered');
      assert.deepEqual(JSON.parse(bodies.get(`msg_${idOf(3)}`) ?? ''), {
        type: 'manipulation.completed',
        n: 3,
      });
    });
  });
}
