import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import fp from 'fastify-plugin';
import { Problem } from '../errors.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** A UUID for the audit record that this request makes; its `x-request-id` where the caller sent none. */
    recordId: string;
  }
  interface FastifyInstance {
    /** Aborts when the service begins to stop. */
    stopping: AbortSignal;
  }
}

const CALLERS_OWN = /^[\x21-\x7e]{1,128}$/;

/** For Fastify's `genReqId`: the caller's own `x-request-id` if it is fit, else a new UUID. */
export function requestIdOf(request: IncomingMessage): string {
  const given = request.headers['x-request-id'];
  return typeof given === 'string' && CALLERS_OWN.test(given) ? given : randomUUID();
}

/** Ids on every answer, and no new work while the service stops. */
export default fp(
  async (app) => {
    const stopping = new AbortController();
    app.decorate('stopping', stopping.signal);
    app.addHook('preClose', async () => stopping.abort());

    app.decorateRequest('recordId', '');
    app.addHook('onRequest', async (request, reply) => {
      reply.header('x-request-id', request.id);
      request.recordId = request.headers['x-request-id'] === request.id ? randomUUID() : request.id;
      if (stopping.signal.aborted && !request.url.startsWith('/health/')) {
        throw new Problem(
          'SHUTTING_DOWN',
          'This instance is stopping. Send it again; another one will answer.',
        );
      }
    });

    // A caller that keeps its connection after the last answer would keep the process from ending.
    app.addHook('onSend', async (_request, reply) => {
      if (stopping.signal.aborted) reply.header('connection', 'close');
    });
    app.addHook('onResponse', async () => {
      // The answer may have begun before the stop; its connection is idle in the next turn.
      if (stopping.signal.aborted) setImmediate(() => app.server.closeIdleConnections());
    });
  },
  { name: 'requests', dependencies: ['problems'] },
);
