import fastifyOtel from '@fastify/otel';
import { context, type Span, SpanKind, SpanStatusCode, type Tracer, trace } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import {
  defaultResource,
  detectResources,
  envDetector,
  resourceFromAttributes,
} from '@opentelemetry/resources';
import { BatchSpanProcessor, NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import type { FastifyPluginCallback } from 'fastify';
import type { Events } from '../services/events.ts';
import { type Trace, traceparent } from '../shared/traceparent.ts';

/** How long the end of the service waits for the last spans to be taken. */
const LONGEST_FLUSH_MS = 2_000;

export interface Tracing {
  /** Spans of requests, for `app.register`. */
  plugin: FastifyPluginCallback;
  /** The trace of what is running now. */
  current(): Trace | null;
  close(): Promise<void>;
}

/**
 * Spans by OTLP/HTTP to where the standard `OTEL_*` variables say. This module is imported only when there is an endpoint.
 * What happens within a request is told by the service's events, each when it has ended: their spans are made then, back to
 * back with their durations, below the span of the request that they belong to.
 */
export function startTracing(events: Events, version: string): Tracing {
  const provider = new NodeTracerProvider({
    resource: defaultResource()
      .merge(resourceFromAttributes({ 'service.name': 'cxone-date-service', 'service.version': version }))
      .merge(detectResources({ detectors: [envDetector] })),
    spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter())],
  });
  provider.register();
  const instrumentation = new fastifyOtel.FastifyOtelInstrumentation({ instrumentHooks: false });
  instrumentation.setTracerProvider(provider);
  spansOf(events, provider.getTracer('cxone-date-service', version));
  return {
    plugin: instrumentation.plugin(),
    current() {
      const span = trace.getSpan(context.active())?.spanContext();
      if (span === undefined) return null;
      const flags = span.traceFlags.toString(16).padStart(2, '0');
      return { traceId: span.traceId, traceparent: traceparent(span.traceId, flags, span.spanId) };
    },
    async close() {
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, LONGEST_FLUSH_MS)));
      await Promise.race([provider.shutdown().catch(() => undefined), late]);
      clearTimeout(timer);
      trace.disable();
      context.disable();
    },
  };
}

function spansOf(events: Events, tracer: Tracer): void {
  const ended = (
    name: string,
    kind: SpanKind,
    seconds: number,
    attributes: Record<string, string | number>,
    failed = false,
  ): void => {
    const parent: Span | undefined = trace.getSpan(context.active());
    // What belongs to no request, such as a retry behind the scenes, is a trace of its own only where it is a webhook.
    if (parent === undefined && !name.startsWith('webhook')) return;
    const end = performance.timeOrigin + performance.now();
    const span = tracer.startSpan(name, { kind, attributes, startTime: end - seconds * 1000 });
    if (failed) span.setStatus({ code: SpanStatusCode.ERROR });
    span.end(end);
  };
  events.on('date.computed', ({ operation, seconds }) =>
    ended('compute', SpanKind.INTERNAL, seconds, { operation }),
  );
  events.on('ledger.write', ({ operation, seconds }) =>
    ended(`ledger ${operation}`, SpanKind.CLIENT, seconds, { 'db.operation.name': operation }),
  );
  events.on('cxone.request', ({ endpoint, outcome, seconds }) =>
    ended(
      `cxone ${endpoint}`,
      SpanKind.CLIENT,
      seconds,
      { 'cxone.endpoint': endpoint, outcome },
      outcome !== 'ok',
    ),
  );
  events.on('webhook.delivery', ({ outcome, seconds = 0, id = '', attempts = 1 }) =>
    ended(
      'webhook',
      SpanKind.PRODUCER,
      seconds,
      { 'messaging.message.id': id, attempts, outcome },
      outcome !== 'delivered',
    ),
  );
}
