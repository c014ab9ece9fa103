import fp from 'fastify-plugin';
import {
  createWebhooks,
  type Webhooks,
  type WebhooksDeps,
  type WebhooksOptions,
} from '../webhooks/deliver.ts';

export {
  createWebhooks,
  type Webhooks,
  type WebhooksDeps,
  type WebhooksOptions,
} from '../webhooks/deliver.ts';

declare module 'fastify' {
  interface FastifyInstance {
    webhooks: Webhooks;
  }
}

/** Signed webhooks to where they may go: `app.webhooks`. */
export const webhooks = fp<WebhooksOptions & WebhooksDeps>(
  async (app, options) => {
    const { clock, log = app.log, ...rest } = options;
    const instance = createWebhooks(rest, { clock, log });
    app.decorate('webhooks', instance);
    app.addHook('onClose', () => instance.close());
  },
  { name: 'webhooks', fastify: '5.x' },
);
