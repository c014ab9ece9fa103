import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  type Attributes,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  TraceFlags,
  trace,
} from '@opentelemetry/api';
import { ProtobufTraceSerializer } from '@opentelemetry/otlp-transformer';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { type ReadableSpan, SamplingDecision } from '@opentelemetry/sdk-trace-base';
import { samplerOf } from '../../src/tracing/sampler.ts';
import {
  attributeOf,
  closeRequest,
  lengthOf,
  requestHead,
  shapeOf,
  type Span,
  writeSpan,
} from '../../src/tracing/span.ts';
import { tracesIn } from '../support/otlp.ts';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const source = {
  resource: resourceFromAttributes({ 'service.name': 'a "quoted" name', 'process.pid': 7 }),
  scope: { name: 'scope', version: '1.2.3' },
};

/** A batch as it is sent. */
function requestOf(spans: Span[]): Buffer {
  const head = requestHead(source);
  const bytes = Buffer.alloc(head.bytes.length + spans.reduce((sum, span) => sum + lengthOf(span), 0));
  head.bytes.copy(bytes);
  const end = spans.reduce((at, span) => writeSpan(bytes, at, span), head.bytes.length);
  return closeRequest(bytes, head, end);
}

test('the bytes of spans say what OpenTelemetry’s own serializer says of them', () => {
  const parentId = 'b7ad6b7169203331';
  const path = `/späte/"x"\n${'y'.repeat(500)}`;
  const [start, end] = [1_790_000_000_999.9, 1_790_000_001_000.1];
  const kinds = [
    {
      name: 'POST /manipulations',
      kind: SpanKind.SERVER,
      attributes: { 'http.response.status_code': 503, share: 0.5, before: -7, large: 2 ** 40 },
      failed: true,
    },
    { name: 'compute', kind: SpanKind.INTERNAL, attributes: { operation: 'ADD' }, failed: false },
  ];
  const ours: Span[] = [];
  const theirs: ReadableSpan[] = [];
  for (const { name, kind, attributes, failed } of kinds) {
    const shape = shapeOf(name, kind, attributes, failed);
    const span = { shape, traceId: TRACE, start, end };
    ours.push({ ...span, spanId: 'a0b1c2d3e4f50617', parentId: undefined });
    ours.push({ ...span, spanId: '00000000ffffffff', parentId, own: attributeOf('url.path')(path) });
    for (const { spanId, parentId: above, own } of ours.slice(-2)) {
      const more = own === undefined ? {} : { 'url.path': path };
      theirs.push(
        readable({ name, kind, attributes: { ...attributes, ...more }, failed, spanId, above, start, end }),
      );
    }
  }
  const told = tracesIn(requestOf(ours));
  assert.deepEqual(told, tracesIn(ProtobufTraceSerializer.serializeRequest(theirs) ?? new Uint8Array()));
  assert.equal(told[0]?.spans[0]?.start, 1_790_000_000_999_900_000n);
});

/** The same span as OpenTelemetry's own parts have it. */
function readable(span: {
  name: string;
  kind: SpanKind;
  attributes: Attributes;
  failed: boolean;
  spanId: string;
  above: string | undefined;
  start: number;
  end: number;
}): ReadableSpan {
  const { name, kind, attributes, failed, spanId, above, start, end } = span;
  const context = (id: string) => ({ traceId: TRACE, spanId: id, traceFlags: TraceFlags.SAMPLED });
  const time = (at: number): [number, number] => [
    Math.floor(at / 1000),
    (Math.floor(at * 1000) % 1_000_000) * 1000,
  ];
  return {
    name,
    kind,
    spanContext: () => context(spanId),
    ...(above !== undefined && { parentSpanContext: context(above) }),
    startTime: time(start),
    endTime: time(end),
    duration: [0, 0],
    status: { code: failed ? SpanStatusCode.ERROR : SpanStatusCode.UNSET },
    attributes,
    links: [],
    events: [],
    ended: true,
    resource: source.resource,
    instrumentationScope: source.scope,
    droppedAttributesCount: 0,
    droppedEventsCount: 0,
    droppedLinksCount: 0,
  };
}

test('each sampler that OTEL_TRACES_SAMPLER may name decides as it is specified; another name is as none', () => {
  const sampled = (env: Record<string, string>, flags?: number) => {
    const parent = { traceId: TRACE, spanId: 'b7ad6b7169203331', traceFlags: flags ?? 0, isRemote: true };
    const context = flags === undefined ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, parent);
    const { decision } = samplerOf(env).shouldSample(context, TRACE, 'name', SpanKind.SERVER, {}, []);
    return decision === SamplingDecision.RECORD_AND_SAMPLED;
  };
  const ofRootAndParents = (name: string, ratio?: string) => {
    const env = { OTEL_TRACES_SAMPLER: name, ...(ratio !== undefined && { OTEL_TRACES_SAMPLER_ARG: ratio }) };
    return [sampled(env), sampled(env, TraceFlags.NONE), sampled(env, TraceFlags.SAMPLED)];
  };
  assert.deepEqual(ofRootAndParents(''), [true, false, true]);
  assert.deepEqual(ofRootAndParents('no such sampler'), [true, false, true]);
  assert.deepEqual(ofRootAndParents('parentbased_always_on'), [true, false, true]);
  assert.deepEqual(ofRootAndParents('parentbased_always_off'), [false, false, true]);
  assert.deepEqual(ofRootAndParents('always_on'), [true, true, true]);
  assert.deepEqual(ofRootAndParents('always_off'), [false, false, false]);
  assert.deepEqual(ofRootAndParents('traceidratio', '0'), [false, false, false]);
  assert.deepEqual(ofRootAndParents('traceidratio', '1'), [true, true, true]);
  assert.deepEqual(ofRootAndParents('parentbased_traceidratio', '0'), [false, false, true]);
  assert.deepEqual(ofRootAndParents('parentbased_traceidratio', 'much'), [true, false, true]);
});
