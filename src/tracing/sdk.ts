import { AsyncLocalStorage } from 'node:async_hooks';
import { randomBytes } from 'node:crypto';
import { ROOT_CONTEXT, type SpanContext, SpanKind, TraceFlags, trace } from '@opentelemetry/api';
import {
  defaultResource,
  detectResources,
  envDetector,
  resourceFromAttributes,
} from '@opentelemetry/resources';
import { BatchSpanProcessor, RandomIdGenerator, SamplingDecision } from '@opentelemetry/sdk-trace-base';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Events } from '../services/events.ts';
import { NOT_SAMPLED, parentOf, SAMPLED, traceparent } from '../shared/traceparent.ts';
import { createExporter } from './otlp.ts';
import { samplerOf } from './sampler.ts';
import { EndedSpan, type Shape, shapeOf, type Source } from './span.ts';

/** How long the end of the service waits for the last spans to be taken. */
const LONGEST_FLUSH_MS = 2_000;

const NAME = 'cxone-date-service';

/** Spans that wait while a batch is on its way; the SDK's 2,048 is what two hundred writes make. */
const LONGEST_QUEUE = 16_384;

/** Spans sent at once: the SDK's 512 would be forty requests a second. */
const BATCH = 1_024;

export interface Tracing {
  /** Adds the hooks that make a span of each request. Call it before other hooks are added: they run within the span. */
  spanRequests(app: FastifyInstance): void;
  close(): Promise<void>;
}

/** A request that is being answered. */
interface Running {
  context: SpanContext;
  parent: SpanContext | undefined;
  start: number;
}

/**
 * Spans by OTLP/HTTP to where the standard `OTEL_*` variables say. This module is imported only when there is an endpoint.
 * What happens within a request is told by the service's events, each with its duration when it has ended: its span is made
 * then, below that of the request that it belongs to, and follows its request's sampling decision. Samplers, batches and
 * exporter are the SDK's; spans are our own, as those of the SDK are started, given attributes one by one and ended.
 */
export function startTracing(events: Events, version: string): Tracing {
  const resource = defaultResource()
    .merge(resourceFromAttributes({ 'service.name': NAME, 'service.version': version }))
    .merge(detectResources({ detectors: [envDetector] }));
  const source = { resource, scope: { name: NAME, version } };
  const processor = new BatchSpanProcessor(createExporter(source), bufferConfig());
  const contexts = createContexts();
  const current = new AsyncLocalStorage<SpanContext>();
  spansOfEvents(events, { source, processor, contexts, current });
  return {
    spanRequests: (app) => spanRequests(app, { source, processor, contexts, current }),
    async close() {
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, LONGEST_FLUSH_MS)));
      await Promise.race([processor.shutdown().catch(() => undefined), late]);
      clearTimeout(timer);
    },
  };
}

interface Parts {
  source: Source;
  processor: BatchSpanProcessor;
  contexts: ReturnType<typeof createContexts>;
  /** The request that what is running now belongs to. */
  current: AsyncLocalStorage<SpanContext>;
}

/** Ids, and the decision whether a trace is sampled. */
function createContexts() {
  const sampler = samplerOf(process.env);
  const ids = new RandomIdGenerator();
  // An id is unique within its trace: half of it is this process's own, the other half counts.
  const half = randomBytes(4).toString('hex');
  let count = 0;
  const newSpanId = () => half + (count++ >>> 0).toString(16).padStart(8, '0');
  return {
    newSpanId,
    /** @param name and kind are what samplers may go by */
    begin(parent: SpanContext | undefined, name: string, kind: SpanKind): SpanContext {
      const traceId = parent?.traceId ?? ids.generateTraceId();
      const above = parent === undefined ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, parent);
      const { decision } = sampler.shouldSample(above, traceId, name, kind, {}, []);
      const sampled = decision === SamplingDecision.RECORD_AND_SAMPLED;
      return { traceId, spanId: newSpanId(), traceFlags: sampled ? TraceFlags.SAMPLED : TraceFlags.NONE };
    },
  };
}

const isSampled = ({ traceFlags }: SpanContext) => (traceFlags & TraceFlags.SAMPLED) !== 0;

const epochMs = () => performance.timeOrigin + performance.now();

function spanRequests(app: FastifyInstance, { source, processor, contexts, current }: Parts): void {
  const running = new WeakMap<FastifyRequest, Running>();
  const shapes = shapeCache();
  app.addHook('onRequest', (request, _reply, done) => {
    const { method, headers, routeOptions } = request;
    const parent = parentOf(headers.traceparent);
    const context = contexts.begin(parent, `${method} ${routeOptions.url ?? ''}`, SpanKind.SERVER);
    const { traceId, spanId } = context;
    const sampled = isSampled(context);
    request.trace = { traceId, traceparent: traceparent(traceId, sampled ? SAMPLED : NOT_SAMPLED, spanId) };
    if (sampled) running.set(request, { context, parent, start: epochMs() });
    current.run(context, done);
  });
  app.addHook('onResponse', (request, reply, done) => {
    const span = running.get(request);
    if (span !== undefined) {
      const { method, url, routeOptions } = request;
      const { statusCode } = reply;
      const route = routeOptions.url;
      const query = url.indexOf('?');
      const path = query < 0 ? url : url.slice(0, query);
      const shape = shapes(`${method} ${route} ${statusCode} ${path === route}`, () =>
        shapeOf(
          route === undefined ? method : `${method} ${route}`,
          SpanKind.SERVER,
          {
            'http.request.method': method,
            'http.response.status_code': statusCode,
            ...(route !== undefined && { 'http.route': route }),
            ...(route === path && { 'url.path': path }),
          },
          statusCode >= 500,
        ),
      );
      const own = route === path ? undefined : { 'url.path': path };
      const { context, parent, start } = span;
      processor.onEnd(
        new EndedSpan(source, shape, context.traceId, context.spanId, parent, start, epochMs(), own),
      );
    }
    done();
  });
}

/** Shapes by a key of few values. */
function shapeCache() {
  const known = new Map<string, Shape>();
  return (key: string, make: () => Shape): Shape => {
    let shape = known.get(key);
    if (shape === undefined) known.set(key, (shape = make()));
    return shape;
  };
}

function spansOfEvents(events: Events, { source, processor, contexts, current }: Parts): void {
  const shapes = shapeCache();
  const ended = (shape: Shape, seconds: number, own?: Record<string, string | number>): void => {
    const parent = current.getStore();
    // What belongs to no request, such as a retry behind the scenes, is a trace of its own only where it is a webhook.
    if (parent === undefined && shape.kind !== SpanKind.PRODUCER) return;
    const { traceId, spanId, traceFlags } = parent ?? contexts.begin(undefined, shape.name, shape.kind);
    if ((traceFlags & TraceFlags.SAMPLED) === 0) return;
    const id = parent === undefined ? spanId : contexts.newSpanId();
    const end = epochMs();
    processor.onEnd(new EndedSpan(source, shape, traceId, id, parent, end - seconds * 1000, end, own));
  };
  events.on('date.computed', ({ operation, seconds }) =>
    ended(
      shapes(`compute ${operation}`, () => shapeOf('compute', SpanKind.INTERNAL, { operation }, false)),
      seconds,
    ),
  );
  events.on('ledger.write', ({ operation, seconds }) =>
    ended(
      shapes(`ledger ${operation}`, () =>
        shapeOf(`ledger ${operation}`, SpanKind.CLIENT, { 'db.operation.name': operation }, false),
      ),
      seconds,
    ),
  );
  events.on('cxone.request', ({ endpoint, outcome, seconds }) =>
    ended(
      shapes(`cxone ${endpoint} ${outcome}`, () =>
        shapeOf(
          `cxone ${endpoint}`,
          SpanKind.CLIENT,
          { 'cxone.endpoint': endpoint, outcome },
          outcome !== 'ok',
        ),
      ),
      seconds,
    ),
  );
  events.on('webhook.delivery', ({ outcome, seconds = 0, id = '', attempts = 1 }) =>
    ended(
      shapes(`webhook ${outcome}`, () =>
        shapeOf('webhook', SpanKind.PRODUCER, { outcome }, outcome !== 'delivered'),
      ),
      seconds,
      { 'messaging.message.id': id, attempts },
    ),
  );
}

/** `OTEL_BSP_*` goes before our own. */
function bufferConfig(): { maxQueueSize?: number; maxExportBatchSize?: number } {
  const { OTEL_BSP_MAX_QUEUE_SIZE: queue, OTEL_BSP_MAX_EXPORT_BATCH_SIZE: batch } = process.env;
  return { ...(!queue && { maxQueueSize: LONGEST_QUEUE }), ...(!batch && { maxExportBatchSize: BATCH }) };
}
