import { after, before } from 'node:test';
import pg from 'pg';
import { type Cluster, startPostgres } from '../support/postgres.ts';
import { ledgerContract } from './contract/index.ts';
import { openTestLedger } from './storage.ts';

let cluster: Cluster;
before(async () => {
  cluster = await startPostgres();
});
after(() => cluster.destroy());

ledgerContract({
  name: 'postgres',
  durable: true,
  async create() {
    const databaseUrl = await cluster.createDatabase();
    return {
      open: (options) => openTestLedger({ databaseUrl, ...options }),
      async keys() {
        const client = new pg.Client({ connectionString: databaseUrl });
        await client.connect();
        const { rows } = await client.query<{ count: string }>('SELECT count(*) FROM ledger.keys');
        await client.end();
        return Number(rows[0]?.count);
      },
    };
  },
});
