import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { PROBLEM_CODES } from '../../src/errors.ts';
import { EXAMPLE, startService } from '../support/service.ts';
import { temporaryDirectory } from '../support/temporary.ts';
import { checkpointKey } from '../ledger/storage.ts';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const TRACEPARENT = { traceparent: `00-${TRACE}-b7ad6b7169203331-01` };

/** The value of one series, or undefined where there is none. */
const valueOf = (metrics: string, series: string) => {
  const line = metrics.split('\n').find((text) => text.startsWith(`${series} `));
  return line === undefined ? undefined : Number(line.slice(series.length + 1));
};

test('a webhook on its way is in the very next scrape', async (t) => {
  const service = await startService(t);
  const oldest = async () =>
    valueOf((await service.get<string>('/metrics')).body, 'webhook_outbox_oldest_seconds');
  assert.equal(await oldest(), 0);
  service.sandbox.fault('webhook', { status: 503, delayMs: 20 });
  const { body } = await service.post('/manipulations', EXAMPLE);
  assert.equal(body.webhook?.status, 'pending');
  assert.ok(((await oldest()) ?? 0) > 0);
});

test('webhooks on their way, dead letters and the age of the checkpoint are counted', async (t) => {
  const directory = temporaryDirectory(t);
  const keyFile = await checkpointKey(directory);
  const { get, post, sandbox } = await startService(t, {
    AUDIT_CHECKPOINT_KEY_FILE: keyFile,
    AUDIT_CHECKPOINT_DIR: join(directory, 'checkpoints'),
  });
  sandbox.fault('webhook', { status: 410 }, 1);
  await post('/manipulations', EXAMPLE);
  sandbox.fault('webhook', { status: 500 }, 1);
  await post('/manipulations', EXAMPLE);
  const { body } = await get<string>('/metrics');
  assert.equal(valueOf(body, 'webhook_dead_letters'), 1);
  assert.equal(valueOf(body, 'webhook_outbox_size'), 1);
  assert.ok((valueOf(body, 'audit_checkpoint_age_seconds') ?? -1) >= 0);
});

test('every series of a bounded set exists with 0 before anything has happened', async (t) => {
  const { get } = await startService(t);
  const { body } = await get<string>('/metrics');
  const zero = [
    ...PROBLEM_CODES.map((code) => `problems_total{code="${code}"}`),
    'http_request_duration_seconds_count{method="POST",route="/manipulations",status_code="200"}',
    'http_request_duration_seconds_count{method="POST",route="/manipulations",status_code="503"}',
    'manipulation_duration_seconds_count{operation="ADD_OFFSET",outcome="failed"}',
    'date_computation_duration_seconds_count{operation="UNTIL"}',
    'cxone_request_duration_seconds_count{endpoint="write",outcome="timeout"}',
    'cxone_retries_total{reason="server_error"}',
    'cxone_token_refreshes_total{outcome="failed"}',
    'cxone_circuit_state{state="open"}',
    'cxone_rate_limit_wait_seconds_count',
    'webhook_deliveries_total{outcome="dead"}',
    'ledger_write_duration_seconds_count{operation="begin"}',
    'ledger_reconciled_total{outcome="unknown"}',
    'idempotency_replays_total{outcome="replayed"}',
    'auth_failures_total{reason="unknown_key"}',
    'batch_items_total{outcome="failed"}',
    'rate_limited_total',
    'log_lines_dropped_total',
    'manipulations_in_flight',
    'cxone_bulkhead_queue',
    'ledger_unreconciled_intents',
  ];
  for (const series of zero) assert.equal(valueOf(body, series), 0, series);
  assert.ok((valueOf(body, 'cxone_rate_per_second') ?? 0) > 0);
  assert.ok((valueOf(body, 'tzdb_age_seconds') ?? -1) >= 0);
  assert.match(body, /^build_info\{version="[^"]+",node="v[^"]+",tzdb="\d{4}[a-z]"\} 1$/m);
});

test('a problem is counted by its code, and a caller’s mistake is no outage', async (t) => {
  const { get, post, sandbox } = await startService(t, { CXONE_MAX_ATTEMPTS: '1' });
  await post('/manipulations', { ...EXAMPLE, target_timezone: 'Mars/Olympus' });
  sandbox.fault('write', { status: 500 }, 1);
  await post('/manipulations', EXAMPLE);
  const { body } = await get<string>('/metrics');
  assert.equal(valueOf(body, 'problems_total{code="UNKNOWN_TIME_ZONE"}'), 1);
  assert.equal(valueOf(body, 'problems_total{code="UPSTREAM_UNAVAILABLE"}'), 1);
});

test('labels stay within their sets whatever a caller sends', async (t) => {
  const { get, url } = await startService(t);
  // Node's own come and go with what it happens to do.
  const series = async () =>
    (await get<string>('/metrics')).body.split('\n').filter((line) => !/^(#|nodejs_)/.test(line)).length;
  await get('/metrics');
  await fetch(`${url}/nowhere`);
  await fetch(`${url}/nowhere`, { method: 'PROPFIND' });
  const before = await series();
  for (const method of ['MKCOL', 'LOCK', 'SEARCH', 'GET']) {
    for (const path of ['/a', '/b', '/c/d?e=f']) await fetch(url + path, { method });
  }
  assert.equal(await series(), before);
});

test('a scraper that asks for OpenMetrics gets exemplars with the trace of the request', async (t) => {
  const { get, post } = await startService(t);
  await post('/manipulations', EXAMPLE, TRACEPARENT);
  const accept = { accept: 'application/openmetrics-text; version=1.0.0' };
  const open = await get<string>('/metrics', accept);
  assert.match(open.headers.get('content-type') ?? '', /^application\/openmetrics-text/);
  for (const name of ['http_request_duration_seconds', 'manipulation_duration_seconds']) {
    assert.match(open.body, new RegExp(`^${name}_bucket\\{.*\\} 1 # \\{trace_id="${TRACE}"\\}`, 'm'));
  }
  assert.match(open.body, /^tzdb_age_days \d+$/m);
  assert.match(open.body, /# EOF\n$/);
  const text = await get<string>('/metrics');
  assert.match(text.headers.get('content-type') ?? '', /^text\/plain/);
  assert.ok(!text.body.includes(TRACE));
  assert.match(text.body, /^problems_total\{/m);
});

test('Prometheus’ own linter finds nothing', async (t) => {
  if (spawnSync('promtool', ['--version']).error) {
    process.stderr.write(
      'SKIPPED: promtool is not here (Debian: apt-get install prometheus): /metrics is not linted.\n',
    );
    t.skip('promtool is not installed');
    return;
  }
  const { get, post } = await startService(t);
  await post('/manipulations', EXAMPLE);
  const { body } = await get<string>('/metrics');
  const said = execFileSync('promtool', ['check', 'metrics'], { input: body, encoding: 'utf8' });
  assert.equal(said, '');
});
