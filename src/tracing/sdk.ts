import {
  context,
  type HrTime,
  propagation,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  TraceFlags,
  type Tracer,
  trace,
} from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import {
  defaultResource,
  detectResources,
  envDetector,
  type Resource,
  resourceFromAttributes,
} from '@opentelemetry/resources';
import {
  BatchSpanProcessor,
  NodeTracerProvider,
  RandomIdGenerator,
  type SpanProcessor,
} from '@opentelemetry/sdk-trace-node';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Events } from '../services/events.ts';
import { type Trace, traceparent } from '../shared/traceparent.ts';

/** How long the end of the service waits for the last spans to be taken. */
const LONGEST_FLUSH_MS = 2_000;

const NAME = 'cxone-date-service';

/** Spans that wait while a batch is on its way; the SDK's 2,048 is what two hundred writes make. */
const LONGEST_QUEUE = 16_384;

const FAILED = { code: SpanStatusCode.ERROR };
const UNSET = { code: SpanStatusCode.UNSET };
const NONE: never[] = [];
const ids = new RandomIdGenerator();

/** What a span's record names besides what happened. */
interface Provider {
  processor: SpanProcessor;
  resource: Resource;
  scope: { name: string; version: string };
}

export interface Tracing {
  /** Adds the hooks that make a span of each request. Call it before other hooks are added: they run within the span. */
  spanRequests(app: FastifyInstance): void;
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
  const resource = defaultResource()
    .merge(resourceFromAttributes({ 'service.name': NAME, 'service.version': version }))
    .merge(detectResources({ detectors: [envDetector] }));
  const processor = new BatchSpanProcessor(new OTLPTraceExporter(), bufferConfig());
  const provider = new NodeTracerProvider({ resource, spanProcessors: [processor] });
  provider.register();
  const tracer = provider.getTracer(NAME, version);
  spansOf(events, tracer, { processor, resource, scope: { name: NAME, version } });
  return {
    spanRequests: (app) => spanRequests(app, tracer),
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

function spanRequests(app: FastifyInstance, tracer: Tracer): void {
  const spans = new WeakMap<FastifyRequest, Span>();
  app.addHook('onRequest', (request, _reply, done) => {
    const { method, url, headers, routeOptions } = request;
    const parent =
      headers.traceparent === undefined ? ROOT_CONTEXT : propagation.extract(ROOT_CONTEXT, headers);
    const route = routeOptions.url;
    const query = url.indexOf('?');
    const attributes = {
      'http.request.method': method,
      'url.path': query < 0 ? url : url.slice(0, query),
      ...(route !== undefined && { 'http.route': route }),
    };
    const name = route === undefined ? method : `${method} ${route}`;
    const span = tracer.startSpan(name, { kind: SpanKind.SERVER, attributes }, parent);
    spans.set(request, span);
    context.with(trace.setSpan(parent, span), done);
  });
  app.addHook('onResponse', (request, reply, done) => {
    const span = spans.get(request);
    span?.setAttribute('http.response.status_code', reply.statusCode);
    if (reply.statusCode >= 500) span?.setStatus(FAILED);
    span?.end();
    done();
  });
}

/**
 * Children are told with their duration when they have ended. So they go to the processor as records of what was, rather
 * than as spans that are started, given attributes one by one and ended: that costs a fraction, and there are ten a write.
 * They follow their request's sampling decision, as every standard sampler does within a trace.
 */
function spansOf(events: Events, tracer: Tracer, provider: Provider): void {
  const ended = (
    name: string,
    kind: SpanKind,
    seconds: number,
    attributes: Record<string, string | number>,
    failed = false,
  ): void => {
    const parent = trace.getSpan(context.active())?.spanContext();
    // What belongs to no request, such as a retry behind the scenes, is a trace of its own only where it is a webhook.
    if (parent === undefined && !name.startsWith('webhook')) return;
    const end = performance.timeOrigin + performance.now();
    if (parent === undefined) {
      const span = tracer.startSpan(name, { kind, attributes, startTime: end - seconds * 1000 });
      if (failed) span.setStatus({ code: SpanStatusCode.ERROR });
      span.end(end);
      return;
    }
    if ((parent.traceFlags & TraceFlags.SAMPLED) === 0) return;
    const own = { traceId: parent.traceId, spanId: ids.generateSpanId(), traceFlags: parent.traceFlags };
    provider.processor.onEnd({
      name,
      kind,
      spanContext: () => own,
      parentSpanContext: parent,
      startTime: hrTime(end - seconds * 1000),
      endTime: hrTime(end),
      duration: hrTime(seconds * 1000),
      status: failed ? FAILED : UNSET,
      attributes,
      links: NONE,
      events: NONE,
      ended: true,
      resource: provider.resource,
      instrumentationScope: provider.scope,
      droppedAttributesCount: 0,
      droppedEventsCount: 0,
      droppedLinksCount: 0,
    });
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

/** `OTEL_BSP_MAX_QUEUE_SIZE` goes before our own. */
function bufferConfig(): { maxQueueSize?: number } {
  return process.env['OTEL_BSP_MAX_QUEUE_SIZE'] ? {} : { maxQueueSize: LONGEST_QUEUE };
}

/** Epoch milliseconds as seconds and nanoseconds. */
function hrTime(ms: number): HrTime {
  const seconds = Math.floor(ms / 1000);
  return [seconds, Math.floor((ms - seconds * 1000) * 1e6)];
}
