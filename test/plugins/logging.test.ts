import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { test, type TestContext } from 'node:test';
import { logStates } from '../../src/logging/state-lines.ts';
import type { Events, ServiceEvents } from '../../src/services/events.ts';
import { readLog } from '../support/log.ts';
import { EXAMPLE, startService } from '../support/service.ts';

const INFO = 30;
const WARN = 40;
const TRACE = '0af7651916cd43dd8448eb211c80319c';

async function startLogged(t: TestContext, env: Record<string, string> = {}) {
  const log = readLog();
  const service = await startService(t, { LOG_LEVEL: 'info', ...env }, { logSink: log.sink });
  /** The lines of requests so far; the line of an answer follows it within a turn. */
  const requests = async (count: number) => {
    const lines = () => log.lines().filter((line) => 'duration_ms' in line);
    while (lines().length < count) await new Promise((resolve) => setImmediate(resolve));
    return lines();
  };
  return { ...service, log, requests };
}

test('a manipulation leaves one line that says what was done for whom and how long it took', async (t) => {
  const { post, requests } = await startLogged(t);
  const { body } = await post('/manipulations', EXAMPLE, {
    'x-request-id': 'mine',
    traceparent: `00-${TRACE}-b7ad6b7169203331-01`,
  });
  assert.equal(body.trace_id, TRACE);
  const lines = await requests(1);
  assert.equal(lines.length, 1);
  const {
    duration_ms,
    upstream_ms,
    time: _time,
    pid: _pid,
    hostname: _host,
    ...line
  } = lines[0] ?? { level: 0, msg: '' };
  assert.ok(Number(duration_ms) >= Number(upstream_ms));
  assert.deepEqual(line, {
    level: INFO,
    request_id: 'mine',
    record_id: body.request_id,
    trace_id: TRACE,
    caller: 'anonymous',
    operation: 'ADD_OFFSET',
    action_name: EXAMPLE.action_name,
    status: 200,
    outcome: 'success',
    webhook: 'delivered',
    attempts: 1,
    msg: 'POST /manipulations 200',
  });
});

test('a failure names its code and its cause: info for the caller’s, warn for others', async (t) => {
  const { post, requests, sandbox } = await startLogged(t, { CXONE_MAX_ATTEMPTS: '1' });
  await post('/manipulations', { ...EXAMPLE, target_timezone: 'Mars/Olympus' });
  sandbox.fault('write', { status: 500, body: 'the disk is full' }, 1);
  await post('/manipulations', EXAMPLE);
  const [first, second] = await requests(2);
  assert.deepEqual(
    [first?.level, first?.['code'], first?.['operation']],
    [INFO, 'UNKNOWN_TIME_ZONE', 'ADD_OFFSET'],
  );
  assert.deepEqual([second?.level, second?.['code']], [WARN, 'UPSTREAM_UNAVAILABLE']);
  assert.match(String(second?.['detail']), /500/);
  assert.equal(typeof second?.['record_id'], 'string');
});

test('probes and scrapes are told at debug only, and a query never', async (t) => {
  const { get, log, requests } = await startLogged(t);
  await get('/health/live');
  await get('/health/ready');
  await get('/metrics');
  await get('/nowhere?key=very-secret');
  const lines = await requests(1);
  assert.deepEqual(
    lines.map(({ msg }) => msg),
    ['GET /nowhere 404'],
  );
  assert.ok(!log.texts().join('').includes('very-secret'));
});

test('the start is one line that says what is running with what', async (t) => {
  const { log } = await startLogged(t);
  const starting = () => log.lines().filter(({ msg }) => msg === 'starting');
  while (starting().length === 0) await new Promise((resolve) => setImmediate(resolve));
  const [start, ...more] = starting();
  assert.equal(more.length, 0);
  assert.deepEqual(
    ['version', 'node', 'ledger', 'tenant', 'auth_mode', 'webhook', 'tzdb'].filter(
      (field) => typeof start?.[field] !== 'string',
    ),
    [],
  );
});

test('the line of a batch says how many items ended how', async (t) => {
  const { post, requests } = await startLogged(t);
  await post('/manipulations/batch', [EXAMPLE, { ...EXAMPLE, target_timezone: 'Mars/Olympus' }]);
  const [line] = await requests(1);
  assert.deepEqual([line?.['succeeded'], line?.['failed']], [1, 1]);
});

test('each change of state is one line, and what goes on is none', () => {
  const events: Events = new EventEmitter<ServiceEvents>();
  const lines: string[] = [];
  let now = 0;
  const write = (level: string) => (_fields: object, message: string) =>
    void lines.push(`${level} ${message}`);
  logStates(
    events,
    { info: write('info'), warn: write('warn'), error: write('error') },
    { monotonic: () => now },
  );
  for (const state of ['open', 'half_open', 'open', 'half_open', 'closed'] as const) {
    events.emit('cxone.circuit', { state });
  }
  for (const outcome of ['failed', 'failed', 'ok', 'ok'] as const) {
    events.emit('cxone.token_refresh', { outcome, detail: '401' });
  }
  events.emit('cxone.rate_reduced', { perSecond: 7 });
  events.emit('cxone.rate_reduced', { perSecond: 5 });
  events.emit('cxone.rate_restored', { perSecond: 50 });
  for (const available of [false, false, true, true]) events.emit('ledger.state', { available });
  for (let i = 0; i < 3; i += 1) events.emit('webhook.delivery', { outcome: 'retry', detail: '500' });
  events.emit('webhook.delivery', { outcome: 'delivered' });
  events.emit('webhook.delivery', { outcome: 'dead', id: 'msg_1' });
  now = 1;
  assert.deepEqual(lines, [
    'warn circuit open: CXone keeps failing and is left alone for a moment',
    'info circuit closed: CXone answers again',
    'warn CXone gave no token',
    'info CXone gives tokens again',
    'warn slowed down: CXone answers 429',
    'info back at the configured rate towards CXone',
    'error the ledger cannot be used',
    'info the ledger is back',
    'warn a webhook was not delivered; it is tried again',
    'warn webhook given up: it is a dead letter now',
  ]);
});
