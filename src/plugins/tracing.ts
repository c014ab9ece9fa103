import fp from 'fastify-plugin';
import { type Trace, traceOf } from '../tracing/traceparent.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Where the request belongs in a distributed trace; null where its caller named none. */
    trace: Trace | null;
  }
}

/** Takes the caller's `traceparent` (W3C Trace Context). */
export default fp(
  async (app) => {
    app.decorateRequest('trace', null);
    app.addHook('onRequest', (request, _reply, done) => {
      request.trace = traceOf(request.headers.traceparent);
      done();
    });
  },
  { name: 'tracing' },
);
