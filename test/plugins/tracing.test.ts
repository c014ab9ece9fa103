import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { traceOf } from '../../src/shared/traceparent.ts';
import { client, EXAMPLE, startService } from '../support/service.ts';
import { temporaryDirectory } from '../support/temporary.ts';
import { server } from '../support/server.ts';
import { startTarget } from '../attack/target.ts';
import { type ReceivedSpan, tracesIn } from '../support/otlp.ts';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const PARENT = 'b7ad6b7169203331';
const TRACEPARENT = { traceparent: `00-${TRACE}-${PARENT}-01` };

test('a traceparent is taken when it is valid, and passed on with a span of its own', () => {
  const trace = traceOf(TRACEPARENT.traceparent);
  assert.ok(trace);
  assert.equal(trace.traceId, TRACE);
  assert.match(trace.traceparent, new RegExp(`^00-${TRACE}-(?!${PARENT})[0-9a-f]{16}-01$`));
  assert.equal(traceOf(`cc-${TRACE}-${PARENT}-01-more`)?.traceId, TRACE);
  for (const bad of [
    undefined,
    '',
    'nonsense',
    `ff-${TRACE}-${PARENT}-01`,
    `00-${'0'.repeat(32)}-${PARENT}-01`,
    `00-${TRACE}-${'0'.repeat(16)}-01`,
    `00-${TRACE.toUpperCase()}-${PARENT}-01`,
    `00-${TRACE}-${PARENT}-01-more`,
    `00-${TRACE}-${PARENT}`,
  ]) {
    assert.equal(traceOf(bad), null, String(bad));
  }
});

test('the record and the webhook belong to the caller’s trace; without one there is none', async (t) => {
  const { post, get, sandbox } = await startService(t);
  const { body } = await post('/manipulations', EXAMPLE, TRACEPARENT);
  assert.equal(body.trace_id, TRACE);
  const stored = await get<{ trace_id: string }>(`/audit-records/${body.request_id}`);
  assert.equal(stored.body.trace_id, TRACE);
  const received = () => sandbox.requests.filter(({ headers }) => headers['webhook-id'] !== undefined);
  assert.match(String(received()[0]?.headers['traceparent']), new RegExp(`^00-${TRACE}-[0-9a-f]{16}-01$`));
  const without = await post('/manipulations', EXAMPLE);
  assert.equal(without.body.trace_id, null);
  assert.equal(received()[1]?.headers['traceparent'], undefined);
});

test('the webhook is told that a trace is sampled only where its caller says so, and the tenant likewise', async (t) => {
  const { post, sandbox } = await startService(t);
  for (const flags of ['00', '01']) {
    const before = sandbox.requests.length;
    await post('/manipulations', EXAMPLE, { traceparent: `00-${TRACE}-${PARENT}-${flags}` });
    const told = sandbox.requests.slice(before).map(({ path, headers }) => [path, headers['traceparent']]);
    const flagsOf = (pattern: RegExp) =>
      told.filter(([path]) => pattern.test(String(path))).map(([, trace]) => String(trace).slice(-2));
    assert.deepEqual(flagsOf(/webhook/), [flags]);
    assert.deepEqual([...new Set(flagsOf(/dataactions/))], [flags]);
  }
});

/** An OTLP/HTTP receiver, as a collector is one. */
async function startReceiver(t: TestContext) {
  const spans: ReceivedSpan[] = [];
  const services = new Set<string>();
  const url = await server(t, (request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      if (request.url === '/v1/traces' && request.method === 'POST') {
        assert.equal(request.headers['content-type'], 'application/x-protobuf');
        for (const { resource, spans: told } of tracesIn(Buffer.concat(chunks))) {
          services.add(String(resource['service.name']));
          spans.push(...told);
        }
      }
      response.setHeader('content-type', 'application/x-protobuf').end();
    });
  });
  return { spans, services, url };
}

test('with an endpoint, the spans of a manipulation arrive at a collector as one trace of the caller’s', async (t) => {
  const receiver = await startReceiver(t);
  const { service, url } = await startTarget(t, temporaryDirectory(t), {
    OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
    OTEL_SERVICE_NAME: 'dates-of-a-test',
  });
  const { post } = client(url);
  const { body } = await post('/manipulations', EXAMPLE, TRACEPARENT);
  assert.deepEqual([body.status, body.trace_id], ['SUCCESS', TRACE]);
  assert.deepEqual(await service.stop(), { code: 0, signal: null });

  const mine = receiver.spans.filter(({ traceId }) => traceId === TRACE);
  const root = mine.find(({ parentSpanId }) => parentSpanId === PARENT);
  assert.ok(root, 'the span of the request has the caller’s as its parent');
  assert.equal(root.name, 'POST /manipulations');
  assert.equal(root.attributes['http.route'], '/manipulations');
  assert.equal(root.attributes['http.response.status_code'], 200);
  const names = mine.map(({ name }) => name);
  for (const name of [
    'compute',
    'ledger begin',
    'ledger dispatch',
    'ledger complete',
    'cxone list',
    'cxone write',
    'webhook',
  ]) {
    assert.ok(names.includes(name), `${name} of ${names.join(', ')}`);
  }
  const ids = new Set(mine.map(({ spanId }) => spanId));
  for (const span of mine) {
    assert.ok(span === root || ids.has(span.parentSpanId ?? ''), `${span.name} hangs below the request`);
    assert.ok(span.end >= span.start, span.name);
  }
  assert.deepEqual([...receiver.services], ['dates-of-a-test']);
});

test('a sampler named by OTEL_TRACES_SAMPLER decides what is sent, and the caller’s decision goes first', async (t) => {
  const receiver = await startReceiver(t);
  const { service, url, sandbox } = await startTarget(t, temporaryDirectory(t), {
    OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
    OTEL_TRACES_SAMPLER: 'parentbased_always_off',
  });
  const { post } = client(url);
  const unsampled = await post('/manipulations', EXAMPLE);
  const webhook = sandbox.requests.findLast(({ headers }) => headers['webhook-id'] !== undefined);
  assert.match(String(webhook?.headers['traceparent']), /-00$/);
  assert.match(String(unsampled.body.trace_id), /^[0-9a-f]{32}$/, 'the record has a trace id all the same');
  await post('/manipulations', EXAMPLE, TRACEPARENT);
  assert.deepEqual(await service.stop(), { code: 0, signal: null });
  const ofManipulations = receiver.spans.filter(({ name }) => name !== 'webhook');
  assert.ok(ofManipulations.length > 5);
  assert.deepEqual([...new Set(ofManipulations.map(({ traceId }) => traceId))], [TRACE]);
});

test('a collector that refuses spans is told of in the log, with its reason', async (t) => {
  const url = await server(t, (request, response) => {
    request.resume().on('end', () => response.writeHead(400).end());
  });
  const { service, url: own } = await startTarget(t, temporaryDirectory(t), {
    OTEL_EXPORTER_OTLP_ENDPOINT: url,
    OTEL_BSP_MAX_EXPORT_BATCH_SIZE: '1',
  });
  await client(own).post('/manipulations/preview', EXAMPLE);
  assert.deepEqual(await service.stop(), { code: 0, signal: null });
  const line = service
    .output()
    .split('\n')
    .find((one) => one.includes('"event":"traces"'));
  assert.match(String(line), /"spans":1,"detail":"Bad Request","msg":"spans were lost/);
});

test('with OTEL_SDK_DISABLED=true, nothing is recorded or sent, and a caller’s trace is still passed on', async (t) => {
  const receiver = await startReceiver(t);
  const { service, url } = await startTarget(t, temporaryDirectory(t), {
    OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
    OTEL_SDK_DISABLED: 'True',
  });
  const { post } = client(url);
  const [without, traced] = [
    await post('/manipulations', EXAMPLE),
    await post('/manipulations', EXAMPLE, TRACEPARENT),
  ];
  assert.deepEqual([without.body.trace_id, traced.body.trace_id], [null, TRACE]);
  assert.deepEqual(await service.stop(), { code: 0, signal: null });
  assert.deepEqual(receiver.spans, []);
});
