import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { ledgerContract } from './contract/index.ts';
import { openTestLedger, temporaryDirectory } from './storage.ts';

ledgerContract({
  name: 'sqlite',
  durable: true,
  async create(t) {
    const file = join(await temporaryDirectory(t), 'data', 'ledger.db');
    return {
      open: (options) => openTestLedger({ databaseUrl: `sqlite:${file}`, ...options }),
      async keys() {
        const database = new DatabaseSync(file, { readOnly: true });
        const row = database.prepare('SELECT count(*) AS count FROM keys').get();
        database.close();
        return Number(row?.['count']);
      },
    };
  },
});
