import { after, before } from 'node:test';
import pg from 'pg';
import { type Cluster, startPostgres } from '../support/postgres.ts';
import { ledgerContract } from './contract/index.ts';
import { openTestLedger } from './storage.ts';

let cluster: Cluster;
/** With the tables of a ledger: `migration.test.ts` is about how they get there. */
let empty: string;

async function query(connectionString: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    const result: unknown = await client.query(sql);
    return Array.isArray(result) ? [] : (result as pg.QueryResult<Record<string, unknown>>).rows;
  } finally {
    await client.end();
  }
}

before(async () => {
  cluster = await startPostgres();
  empty = await cluster.createDatabase();
  await (await openTestLedger({ databaseUrl: empty })).close();
});
after(() => cluster.destroy());

ledgerContract({
  name: 'postgres',
  async create() {
    const databaseUrl = await cluster.createDatabase(empty);
    return {
      open: (options) => openTestLedger({ databaseUrl, ...options }),
      // A test cannot set the clock of PostgreSQL: what goes by it is dated back instead.
      async elapse(milliseconds) {
        await query(
          databaseUrl,
          `UPDATE ledger.in_flight SET lease_until = lease_until - ${milliseconds} * interval '1 ms';
           UPDATE ledger.keys SET expires_at = expires_at - ${milliseconds};
           UPDATE ledger.deliveries SET due_at = due_at - ${milliseconds}, created_at = created_at - ${milliseconds}`,
        );
      },
      async keys() {
        const [row] = await query(databaseUrl, 'SELECT count(*) FROM ledger.keys');
        return Number(row?.['count']);
      },
    };
  },
});
