import { createMemoryLedger } from '../../src/ledger/memory.ts';
import { ledgerContract } from './contract/index.ts';
import { DEADLINE_MS } from './support.ts';

ledgerContract({
  name: 'memory',
  durable: false,
  async create() {
    return {
      open: async (options) =>
        createMemoryLedger({ idempotencyTtlHours: 48, deadlineMs: DEADLINE_MS, ...options }),
    };
  },
});
