import fp from 'fastify-plugin';
import type { Events } from '../services/events.ts';
import { type Trace, traceOf } from '../shared/traceparent.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Where the request belongs in a distributed trace; null where its caller named none and none is recorded. */
    trace: Trace | null;
  }
}

/**
 * Takes the caller's `traceparent` (W3C Trace Context), and records spans where there is an OTLP endpoint. Nothing of
 * OpenTelemetry is loaded otherwise.
 */
export default fp(
  async (app, options: { otlp: boolean; events: Events; version: string }) => {
    app.decorateRequest('trace', null);
    if (!options.otlp) {
      app.addHook('onRequest', (request, _reply, done) => {
        request.trace = traceOf(request.headers.traceparent);
        done();
      });
      return;
    }
    const { startTracing } = await import('../tracing/sdk.ts');
    const tracing = startTracing(options.events, options.version);
    app.addHook('onClose', () => tracing.close());
    tracing.spanRequests(app);
  },
  { name: 'tracing' },
);
