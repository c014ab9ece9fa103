import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { systemClock } from '../../src/services/clock.ts';
import { EXAMPLE, startService } from '../support/service.ts';
import { temporaryDirectory } from '../support/temporary.ts';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

interface Stored {
  id: string;
  name: string;
  enabled: boolean;
  configuration: { dateProcessing?: Record<string, unknown> };
}

test('the contract’s example goes through every part', async (t) => {
  const { sandbox, post, get } = await startService(t);
  const stored = () => sandbox.actions.byName(EXAMPLE.action_name) as unknown as Stored;
  const before = stored();

  const { status, body } = await post('/manipulations', EXAMPLE);

  assert.equal(status, 200, JSON.stringify(body));
  assert.match(body.request_id, UUID);
  assert.equal(body.status, 'SUCCESS');
  assert.equal(body.output_timestamp, '2024-02-29T12:30:00.000-05:00');
  assert.equal(body.output_instant, '2024-02-29T17:30:00.000Z');
  assert.equal(body.input_timestamp, EXAMPLE.source_timestamp);
  assert.equal(body.accuracy_valid, true);
  assert.equal(body.leap_day, true);
  assert.equal(body.resolution, 'exact');
  assert.equal(body.discarded_nanoseconds, 0);
  assert.equal(body.attempts, 1);
  assert.equal(body.error, null);
  assert.equal(body.webhook_triggered, true);
  assert.equal(body.webhook?.status, 'delivered');
  assert.ok(body.latency_ms >= body.upstream_ms && body.upstream_ms > 0);

  const after = stored();
  assert.equal(body.action_id, after.id);
  assert.deepEqual(after.configuration.dateProcessing, {
    sourceField: 'input_datetime',
    targetField: 'processed_datetime',
    computedValue: '2024-02-29T12:30:00.000-05:00',
    timezone: 'America/New_York',
    dstAdjustment: true,
    precision: 3,
  });
  const rest = (action: Stored) => {
    const { dateProcessing: _ours, ...configuration } = action.configuration;
    return { ...action, configuration };
  };
  assert.deepEqual(rest(after), rest(before));

  const [delivery] = sandbox.webhooks;
  assert.equal(sandbox.webhooks.length, 1);
  assert.equal(delivery?.valid, true);

  const { body: kept } = await get(`/audit-records/${body.request_id}`);
  assert.deepEqual(kept, body);

  const { body: metrics } = await get<string>('/metrics');
  assert.match(metrics, /manipulation_duration_seconds_count\{operation="ADD_OFFSET",outcome="success"\} 1/);
  assert.match(metrics, /cxone_token_refreshes_total\{outcome="ok"\} 1/);
  assert.match(metrics, /webhook_deliveries_total\{outcome="delivered"\} 1/);
  assert.match(metrics, /build_info\{version="[^"]+",node="v\d+[^"]*",tzdb="\d{4}[a-z]"\} 1/);
});

test('a preview computes the same and sends nothing', async (t) => {
  const { sandbox, post } = await startService(t);
  const { action_name: _unused, ...request } = EXAMPLE;
  const { status, body } = await post<Record<string, unknown>>('/manipulations/preview', request);
  assert.equal(status, 200);
  assert.equal(body['output_timestamp'], '2024-02-29T12:30:00.000-05:00');
  assert.deepEqual(Object.keys(body).sort(), [
    'accuracy_valid',
    'calendar',
    'discarded_nanoseconds',
    'fields',
    'leap_day',
    'next_transition',
    'output_instant',
    'output_timestamp',
    'previous_transition',
    'resolution',
    'steps',
    'tzdb_version',
    'warnings',
  ]);
  assert.equal(sandbox.requests.length, 0);
});

test('now is frozen when it is accepted, and the same when the request is replayed', async (t) => {
  let elapsed = 0;
  const accepted = Date.now();
  const clock = { ...systemClock, now: () => accepted + elapsed };
  const { post } = await startService(t, {}, { clock });
  const request = { ...EXAMPLE, source_timestamp: 'now', target_timezone: 'UTC', operation: 'CONVERT' };
  const { offset_minutes: _unused, ...body } = request;
  const key = { 'idempotency-key': 'now-1' };
  const first = await post('/manipulations', body, key);
  elapsed = 3_600_000;
  const again = await post('/manipulations', body, key);
  assert.equal(first.status, 200);
  assert.equal(first.body.output_timestamp, new Date(accepted).toISOString());
  assert.equal(first.body.timestamp, first.body.output_timestamp);
  assert.equal(first.body.input_timestamp, 'now');
  assert.equal(again.headers.get('idempotency-replayed'), 'true');
  assert.equal(again.body.output_timestamp, first.body.output_timestamp);
});

test('a replay answers the first outcome although its webhook may not be called any more', async (t) => {
  const DATABASE_URL = `sqlite:${join(temporaryDirectory(t), 'ledger.db')}`;
  const before = await startService(t, { DATABASE_URL });
  const request = { ...EXAMPLE, webhook_url: before.sandbox.webhookUrl };
  const key = { 'idempotency-key': 'announced' };
  const first = await before.post('/manipulations', request, key);
  assert.equal(first.status, 200);
  await before.app.close();
  const elsewhere = { WEBHOOK_URL: 'https://example.com/hook', WEBHOOK_ALLOWED_HOSTS: 'example.com' };
  const after = await startService(t, { DATABASE_URL, ...elsewhere });
  const again = await after.post('/manipulations', request, key);
  assert.equal(again.status, 200, JSON.stringify(again.body));
  assert.equal(again.headers.get('idempotency-replayed'), 'true');
  assert.equal(again.body.request_id, first.body.request_id);
  const fresh = await after.post('/manipulations', request, { 'idempotency-key': 'another' });
  assert.equal(fresh.body.code, 'WEBHOOK_URL_REFUSED');
  const { body } = await after.get<{ items: unknown[] }>('/audit-records');
  assert.equal(body.items.length, 1, 'what is refused leaves no record');
});

test('bad input is refused with the right code, the place, and no upstream request', async (t) => {
  const { sandbox, send } = await startService(t);
  const without = (field: string) =>
    Object.fromEntries(Object.entries(EXAMPLE).filter(([name]) => name !== field));
  const big = JSON.stringify({ ...EXAMPLE, action_name: 'x'.repeat(2 * 1024 * 1024) });
  const cases: [title: string, body: unknown, status: number, code: string, path?: string][] = [
    ['a missing field', without('target_timezone'), 400, 'VALIDATION_FAILED', '/target_timezone'],
    ['no operation', without('operation'), 400, 'VALIDATION_FAILED', '/operation'],
    ['no action', without('action_name'), 400, 'VALIDATION_FAILED', '/action_name'],
    ['no source', without('source_timestamp'), 400, 'VALIDATION_FAILED', '/source_timestamp'],
    ['an extra field', { ...EXAMPLE, offset_minute: 1 }, 400, 'VALIDATION_FAILED', '/offset_minute'],
    ['another operation’s field', { ...EXAMPLE, duration: 'PT1H' }, 400, 'VALIDATION_FAILED', '/duration'],
    ['an unknown operation', { ...EXAMPLE, operation: 'GUESS' }, 400, 'VALIDATION_FAILED', '/operation'],
    [
      'a number for a string',
      { ...EXAMPLE, source_timestamp: 1709220600 },
      400,
      'VALIDATION_FAILED',
      '/source_timestamp',
    ],
    [
      'a string for a number',
      { ...EXAMPLE, offset_minutes: '120' },
      400,
      'VALIDATION_FAILED',
      '/offset_minutes',
    ],
    [
      'microseconds asked for',
      { ...EXAMPLE, precision_limit: 6 },
      400,
      'VALIDATION_FAILED',
      '/precision_limit',
    ],
    ['a wrong zone', { ...EXAMPLE, target_timezone: 'America/Gotham' }, 400, 'UNKNOWN_TIME_ZONE'],
    ['29 February 2023', { ...EXAMPLE, source_timestamp: '2023-02-29T00:00:00Z' }, 400, 'INVALID_TIMESTAMP'],
    [
      'a source zone beside Z',
      { ...EXAMPLE, source_timezone: 'UTC' },
      400,
      'VALIDATION_FAILED',
      '/source_timezone',
    ],
    ['an http webhook', { ...EXAMPLE, webhook_url: 'http://example.com/x' }, 400, 'WEBHOOK_URL_REFUSED'],
    ['2 MiB', big, 413, 'PAYLOAD_TOO_LARGE'],
    ['no body', '', 400, 'VALIDATION_FAILED', ''],
    ['not JSON', '{"action_name": ', 400, 'VALIDATION_FAILED', ''],
    ['an array', [EXAMPLE], 400, 'VALIDATION_FAILED'],
    ['null', 'null', 400, 'VALIDATION_FAILED'],
  ];
  for (const [title, body, status, code, path] of cases) {
    const reply = await send<{
      status: number;
      code: string;
      errors?: { path: string }[];
      instance: string;
      request_id: string;
    }>('POST', '/manipulations', body, { 'x-request-id': 'mine-1' });
    assert.equal(reply.status, status, `${title}: ${JSON.stringify(reply.body)}`);
    assert.equal(reply.body.code, code, title);
    assert.equal(reply.body.status, status, title);
    assert.equal(reply.body.instance, '/manipulations', title);
    assert.equal(reply.body.request_id, 'mine-1', title);
    assert.equal(reply.headers.get('x-request-id'), 'mine-1', title);
    assert.match(reply.headers.get('content-type') ?? '', /^application\/problem\+json/, title);
    if (path !== undefined)
      assert.deepEqual(
        reply.body.errors?.map((error) => error.path),
        [path],
        title,
      );
  }
  const media = await send<{ code: string }>('POST', '/manipulations', 'a=b', {
    'content-type': 'text/plain',
  });
  assert.deepEqual([media.status, media.body.code], [415, 'UNSUPPORTED_MEDIA_TYPE']);
  const unknown = await send<{ code: string }>('GET', '/manipulation');
  assert.deepEqual([unknown.status, unknown.body.code], [404, 'ROUTE_NOT_FOUND']);
  const method = await send<{ code: string; detail: string }>('DELETE', '/manipulations');
  assert.deepEqual([method.status, method.body.code], [405, 'METHOD_NOT_ALLOWED']);
  assert.equal(method.headers.get('allow'), 'POST');
  assert.equal(sandbox.requests.length, 0);
});

test('an x-request-id that is not fit is replaced', async (t) => {
  const { get } = await startService(t);
  const reply = await get('/health/live', { 'x-request-id': 'a b' });
  assert.match(reply.headers.get('x-request-id') ?? '', UUID);
});

test('names are compared exactly, over all pages', async (t) => {
  const { sandbox, post } = await startService(t);
  const names = Map.groupBy(sandbox.actions.all(), (action) => action.name);
  const twin = [...names].find(([, actions]) => actions.length > 1)?.[0];
  assert.ok(twin);
  const ambiguous = await post('/manipulations', { ...EXAMPLE, action_name: twin });
  assert.deepEqual([ambiguous.status, ambiguous.body.code], [409, 'ACTION_AMBIGUOUS']);
  assert.equal(ambiguous.body.audit_record?.status, 'FAILED');

  const prefix = await post('/manipulations', { ...EXAMPLE, action_name: 'Production_Date_Pro' });
  assert.deepEqual([prefix.status, prefix.body.code], [404, 'ACTION_NOT_FOUND']);
  assert.equal(prefix.body.audit_record?.error?.code, 'ACTION_NOT_FOUND');
});

test('a permanent 429 ends in 503 with Retry-After and a record that FAILED', async (t) => {
  const { sandbox, post, get } = await startService(t, {
    CXONE_DEADLINE_MS: '1500',
    CXONE_MAX_ATTEMPTS: '3',
  });
  sandbox.fault('write', { status: 429, headers: { 'retry-after': '60' } }, 1000);
  const { status, headers, body } = await post('/manipulations', EXAMPLE);
  assert.deepEqual([status, body.code], [503, 'UPSTREAM_RATE_LIMITED']);
  assert.ok(Number(headers.get('retry-after')) >= 1);
  assert.ok(body.audit_record);
  assert.equal(body.audit_record.status, 'FAILED');
  const { body: kept } = await get<typeof body>(`/audit-records/${body.audit_record.request_id}`);
  assert.deepEqual(kept, body.audit_record);
});

test('a webhook that stalls delays the answer no longer than it may', async (t) => {
  const { sandbox, post } = await startService(t, { WEBHOOK_WAIT_MS: '100' });
  sandbox.fault('webhook', { delayMs: 1000 }, 1);
  const { status, body } = await post('/manipulations', EXAMPLE);
  assert.equal(status, 200);
  assert.equal(body.webhook_triggered, false);
  assert.equal(body.webhook?.status, 'pending');
});

test('a preview lists occurrences, tells the result elsewhere, and warns', async (t) => {
  const { post } = await startService(t);
  const { status, body } = await post<Record<string, unknown>>('/manipulations/preview', {
    source_timestamp: '06/10/2026 12:00:00 PM',
    source_format: 'cxone_studio',
    target_timezone: 'EST',
    operation: 'NEXT_OCCURRENCE',
    cron: '30 8 * * MON-FRI',
    output_format: 'pattern',
    output_pattern: 'EEEE, d. MMMM HH:mm',
    output_locale: 'de',
    occurrences: 2,
    also_in: ['Europe/Berlin'],
  });
  assert.equal(status, 200, JSON.stringify(body));
  assert.equal(body['output_timestamp'], 'Mittwoch, 10. Juni 08:30');
  assert.deepEqual(body['occurrences'], [
    { output_timestamp: 'Mittwoch, 10. Juni 08:30', output_instant: '2026-06-10T13:30:00.000Z' },
    { output_timestamp: 'Donnerstag, 11. Juni 08:30', output_instant: '2026-06-11T13:30:00.000Z' },
  ]);
  assert.deepEqual(body['also_in'], [
    { timezone: 'Europe/Berlin', output_timestamp: 'Mittwoch, 10. Juni 15:30' },
  ]);
  const codes = (body['warnings'] as { code: string }[]).map(({ code }) => code);
  assert.ok(codes.includes('FIXED_ZONE'), codes.join());
  assert.equal(body['accuracy_valid'], true);
});
