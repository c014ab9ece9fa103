import { createMemoryLedger } from '../../../src/plugins/ledger/memory.ts';
import { ledgerContract } from './contract/index.ts';

ledgerContract({
  name: 'memory',
  durable: false,
  async create() {
    return { open: async (options) => createMemoryLedger({ idempotencyTtlHours: 48, ...options }) };
  },
});
