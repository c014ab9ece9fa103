import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { ledgerContract } from './contract/index.ts';
import { openTestLedger, temporaryDirectory } from './storage.ts';

ledgerContract({
  name: 'sqlite',
  async create(t, clock) {
    const file = join(await temporaryDirectory(t), 'data', 'ledger.db');
    return {
      open: (options) => openTestLedger({ databaseUrl: `sqlite:${file}`, ...options }),
      elapse: async (milliseconds) => clock.advance(milliseconds),
      async keys() {
        const database = new DatabaseSync(file, { readOnly: true });
        const row = database.prepare('SELECT count(*) AS count FROM keys').get();
        database.close();
        return Number(row?.['count']);
      },
    };
  },
});
