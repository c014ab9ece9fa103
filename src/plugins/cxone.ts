import fp from 'fastify-plugin';
import type { Events } from '../services/events.ts';
import type { Clock, Coordinator, DataActions } from '../services/ports.ts';
import { createGateway } from '../cxone/gateway.ts';
import type { CxoneOptions } from '../cxone/options.ts';

export type { CxoneOptions } from '../cxone/options.ts';

declare module 'fastify' {
  interface FastifyInstance {
    dataActions: DataActions;
  }
}

/** The gateway towards CXone, as `app.dataActions`. */
export default fp<{ cxone: CxoneOptions; clock: Clock; events: Events; coordinator: Coordinator }>(
  async (app, { cxone, ...deps }) => {
    const gateway = createGateway(cxone, deps);
    app.decorate('dataActions', gateway);
    app.addHook('onClose', () => gateway.close());
  },
  { name: 'cxone' },
);
