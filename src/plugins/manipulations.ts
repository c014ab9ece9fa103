import fp from 'fastify-plugin';
import type { ManipulationDeps } from '../services/manipulations/manipulate.ts';
import { reconcile, settleKnown } from '../services/manipulations/reconcile.ts';

const EVERY_MS = 5_000;

/** The work that goes on beside requests: settling what a crash left, delivering webhooks, and ending well. */
export default fp(
  async (app, { deps }: { deps: ManipulationDeps }) => {
    const stop = new AbortController();
    let running: Promise<void> = Promise.resolve();

    app.addHook('onReady', async () => {
      await deps.ledger.outbox.start((notification) => app.webhooks.deliver(notification));
      running = loop();
    });
    app.addHook('preClose', async () => {
      stop.abort();
      await running;
    });
    app.addHook('onClose', async () => {
      // The answers that somebody waits for have been given; there may be others, whose callers have left.
      while (deps.underWay.size > 0) await Promise.allSettled(deps.underWay);
      await settleKnown(deps).catch((error: unknown) => {
        app.log.error({ err: error }, 'outcomes that are known here could not be recorded before the end');
      });
    });

    async function loop() {
      while (!stop.signal.aborted) {
        try {
          const settled = await reconcile(deps, stop.signal);
          if (settled > 0) {
            app.log.warn({ settled }, 'settled intents that had been left without an outcome');
            continue;
          }
        } catch (error) {
          app.log.error({ err: error }, 'unfinished intents could not be settled; trying again');
        }
        await deps.clock.sleep(EVERY_MS, stop.signal).catch(() => {});
      }
    }
  },
  { name: 'reconciliation', dependencies: ['ledger', 'cxone', 'webhooks'] },
);
