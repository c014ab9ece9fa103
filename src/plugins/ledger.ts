import fp from 'fastify-plugin';
import type { Ledger } from '../services/ports.ts';
import { openLedger, type LedgerOptions } from '../ledger/open.ts';

declare module 'fastify' {
  interface FastifyInstance {
    /** The durable audit, the idempotency keys and the webhooks on their way. */
    ledger: Ledger;
  }
}

/** Opens the ledger and closes it with the app. */
export const ledger = fp<LedgerOptions>(
  async (app, options) => {
    const opened = await openLedger({ log: app.log, ...options });
    app.decorate('ledger', opened);
    app.addHook('onClose', () => opened.close());
  },
  { name: 'ledger' },
);
