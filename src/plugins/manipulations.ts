import fp from 'fastify-plugin';
import {
  createManipulations,
  type ManipulationDeps,
  type Manipulations,
} from '../services/manipulations/manipulate.ts';

declare module 'fastify' {
  interface FastifyInstance {
    manipulations: Manipulations;
  }
}

/** How often pending outcomes and expired leases are looked for. */
const EVERY_MS = 1_000;

/** The use case as `app.manipulations`, and its work beside requests: settling what a crash left, and ending well. */
export default fp(
  async (app, deps: ManipulationDeps) => {
    const manipulations = createManipulations(deps);
    app.decorate('manipulations', manipulations);
    const stop = new AbortController();
    let running: Promise<void> = Promise.resolve();
    let failing = false;

    app.addHook('onReady', async () => {
      await deps.ledger.outbox.start((notification) => app.webhooks.deliver(notification));
      running = loop();
    });
    app.addHook('preClose', async () => {
      stop.abort();
      await running;
    });
    app.addHook('onClose', async () => {
      await manipulations.drain().catch((error: unknown) => {
        app.log.error(
          `Outcomes could not be recorded before the end; the next start determines them: ${(error as Error).message}`,
        );
      });
    });

    async function loop() {
      while (!stop.signal.aborted) {
        const settled = await round();
        if (settled === 0) await deps.clock.sleep(EVERY_MS, stop.signal).catch(() => undefined);
      }
    }

    /** One line when it begins to fail, and one when it is over. */
    async function round(): Promise<number> {
      try {
        const settled = await manipulations.reconcile(stop.signal);
        if (failing) app.log.info('intents in flight can be settled again');
        failing = false;
        if (settled > 0) app.log.warn({ settled }, 'settled intents that had been left without an outcome');
        return settled;
      } catch (error) {
        if (!failing)
          app.log.error(`intents in flight cannot be settled; trying again: ${(error as Error).message}`);
        failing = true;
        return 0;
      }
    }
  },
  { name: 'manipulations', dependencies: ['ledger', 'cxone', 'webhooks'] },
);
