import { AsyncLocalStorage } from 'node:async_hooks';
import { randomBytes } from 'node:crypto';
import { ROOT_CONTEXT, type SpanContext, SpanKind, TraceFlags, trace } from '@opentelemetry/api';
import {
  defaultResource,
  detectResources,
  envDetector,
  resourceFromAttributes,
} from '@opentelemetry/resources';
import { RandomIdGenerator, SamplingDecision } from '@opentelemetry/sdk-trace-base';
import type { FastifyInstance } from 'fastify';
import type { Events } from '../services/events.ts';
import { NOT_SAMPLED, parentOf, SAMPLED, traceparent } from '../shared/traceparent.ts';
import { type BatchLimits, createBatches } from './batches.ts';
import { createSender } from './otlp.ts';
import { samplerOf } from './sampler.ts';
import { attributeOf, requestHead, type Shape, shapeOf, type Span } from './span.ts';

/** How long the end of the service waits for the last spans to be taken. */
const LONGEST_FLUSH_MS = 2_000;

const NAME = 'cxone-date-service';

export interface Tracing {
  /** Adds the hooks that make a span of each request. Call it before other hooks are added: they run within the span. */
  spanRequests(app: FastifyInstance): void;
  close(): Promise<void>;
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Its span, while it is being answered; undefined where that is not sampled. */
    span: Running | undefined;
  }
}

interface Running {
  context: SpanContext;
  parent: SpanContext | undefined;
  start: number;
}

/**
 * Spans by OTLP/HTTP to where the standard `OTEL_*` variables say. This module is imported only when there is an endpoint.
 * What happens within a request is told by the service's events, each with its duration when it has ended: its span is made
 * then, below that of the request that it belongs to, and follows its request's sampling decision. Samplers and exporter are
 * OpenTelemetry's; spans and batches are our own, and cost half of what the SDK's do.
 */
export function startTracing(events: Events, version: string): Tracing {
  const resource = defaultResource()
    .merge(resourceFromAttributes({ 'service.name': NAME, 'service.version': version }))
    .merge(detectResources({ detectors: [envDetector] }));
  const sender = createSender();
  const batches = createBatches(
    requestHead({ resource, scope: { name: NAME, version } }),
    limitsOf(process.env),
    {
      send: (body) => sender.send(body),
      lost: (spans, detail) => void events.emit('traces.lost', { spans, detail }),
    },
  );
  const contexts = createContexts();
  const current = new AsyncLocalStorage<SpanContext>();
  spansOfEvents(events, { ended: batches.add, contexts, current });
  return {
    spanRequests: (app) => spanRequests(app, { ended: batches.add, contexts, current }),
    async close() {
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, LONGEST_FLUSH_MS)));
      await Promise.race([batches.close(), late]);
      clearTimeout(timer);
      void sender.close();
    },
  };
}

interface Parts {
  ended: (span: Span) => void;
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

function spanRequests(app: FastifyInstance, { ended, contexts, current }: Parts): void {
  app.decorateRequest('span', undefined);
  const shapes = shapeCache();
  const pathAttribute = attributeOf('url.path');
  app.addHook('onRequest', (request, _reply, done) => {
    const { method, headers, routeOptions } = request;
    const parent = parentOf(headers.traceparent);
    const context = contexts.begin(parent, `${method} ${routeOptions.url ?? ''}`, SpanKind.SERVER);
    const { traceId, spanId } = context;
    const sampled = isSampled(context);
    request.trace = { traceId, traceparent: traceparent(traceId, sampled ? SAMPLED : NOT_SAMPLED, spanId) };
    if (sampled) request.span = { context, parent, start: epochMs() };
    current.run(context, done);
  });
  app.addHook('onResponse', (request, reply, done) => {
    const { span, method, url, routeOptions } = request;
    if (span !== undefined) {
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
      const own = route === path ? undefined : pathAttribute(path);
      const { context, parent, start } = span;
      const { traceId, spanId } = context;
      ended({ shape, traceId, spanId, parentId: parent?.spanId, start, end: epochMs(), own });
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

function spansOfEvents(events: Events, { ended, contexts, current }: Parts): void {
  const shapes = shapeCache();
  const happened = (shape: Shape, seconds: number, own?: Buffer): void => {
    const parent = current.getStore();
    // What belongs to no request, such as a retry behind the scenes, is a trace of its own only where it is a webhook.
    if (parent === undefined && shape.kind !== SpanKind.PRODUCER) return;
    const { traceId, spanId, traceFlags } = parent ?? contexts.begin(undefined, shape.name, shape.kind);
    if ((traceFlags & TraceFlags.SAMPLED) === 0) return;
    const id = parent === undefined ? spanId : contexts.newSpanId();
    const end = epochMs();
    ended({
      shape,
      traceId,
      spanId: id,
      parentId: parent?.spanId,
      start: end - seconds * 1000,
      end,
      own,
    });
  };
  events.on('date.computed', ({ operation, seconds }) =>
    happened(
      shapes(`compute ${operation}`, () => shapeOf('compute', SpanKind.INTERNAL, { operation }, false)),
      seconds,
    ),
  );
  events.on('ledger.write', ({ operation, seconds }) =>
    happened(
      shapes(`ledger ${operation}`, () =>
        shapeOf(`ledger ${operation}`, SpanKind.CLIENT, { 'db.operation.name': operation }, false),
      ),
      seconds,
    ),
  );
  events.on('cxone.request', ({ endpoint, outcome, seconds }) =>
    happened(
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
  const messageId = attributeOf('messaging.message.id');
  events.on('webhook.delivery', ({ outcome, seconds = 0, id = '', attempts = 1 }) =>
    happened(
      // The schedule bounds the attempts.
      shapes(`webhook ${outcome} ${attempts}`, () =>
        shapeOf('webhook', SpanKind.PRODUCER, { outcome, attempts }, outcome !== 'delivered'),
      ),
      seconds,
      messageId(id),
    ),
  );
}

/** `OTEL_BSP_*`; by themselves twice the batch and eight times the queue that the SDK has, as a write has nine spans. */
const limitsOf = (env: NodeJS.ProcessEnv): BatchLimits => ({
  batch: positive(env['OTEL_BSP_MAX_EXPORT_BATCH_SIZE']) ?? 1_024,
  queue: positive(env['OTEL_BSP_MAX_QUEUE_SIZE']) ?? 16_384,
  delayMs: positive(env['OTEL_BSP_SCHEDULE_DELAY']) ?? 5_000,
});

const positive = (text: string | undefined): number | undefined =>
  text !== undefined && /^[1-9]\d{0,8}$/.test(text) ? Number(text) : undefined;
