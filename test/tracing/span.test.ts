import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ROOT_CONTEXT, SpanKind, TraceFlags, trace } from '@opentelemetry/api';
import { JsonTraceSerializer } from '@opentelemetry/otlp-transformer';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { SamplingDecision } from '@opentelemetry/sdk-trace-base';
import { requestJson } from '../../src/tracing/otlp.ts';
import { samplerOf } from '../../src/tracing/sampler.ts';
import { EndedSpan, shapeOf } from '../../src/tracing/span.ts';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const source = {
  resource: resourceFromAttributes({ 'service.name': 'a "quoted" name', 'process.pid': 7 }),
  scope: { name: 'scope', version: '1.2.3' },
};

/** Without what has its default: OTLP's JSON may leave it out. */
const told = (json: string): unknown =>
  JSON.parse(json, (key, value: unknown) => {
    if (key === 'flags' || value === 0 || (Array.isArray(value) && value.length === 0)) return undefined;
    if (key === 'status' && Object.keys(value as object).length === 0) return undefined;
    return value;
  });

test('the text of spans says what OpenTelemetry’s own serializer says of them', () => {
  const parent = { traceId: TRACE, spanId: 'b7ad6b7169203331', traceFlags: TraceFlags.SAMPLED };
  const shapes = [
    shapeOf('POST /manipulations', SpanKind.SERVER, { 'http.response.status_code': 503 }, true),
    shapeOf('compute', SpanKind.INTERNAL, { operation: 'ADD' }, false),
  ];
  const spans = shapes.flatMap((shape, n) => [
    new EndedSpan(
      source,
      shape,
      TRACE,
      `000000000000000${n}`,
      undefined,
      1_790_000_000_123.456,
      1_790_000_000_124,
    ),
    new EndedSpan(
      source,
      shape,
      TRACE,
      `100000000000000${n}`,
      parent,
      1_790_000_000_999.9,
      1_790_000_001_000.1,
      {
        'url.path': '/späte/"x"\n',
        share: 0.5,
      },
    ),
  ]);
  const ours = requestJson(source, spans);
  assert.deepEqual(told(ours), told(new TextDecoder().decode(JsonTraceSerializer.serializeRequest(spans))));
  assert.match(ours, /"startTimeUnixNano":"1790000000123456000"/);
});

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
