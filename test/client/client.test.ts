import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { createClient, type Manipulation, NoAnswerError, ProblemError } from '../../client/src/index.ts';
import { createKey } from '../../src/cli/keys.ts';
import { startService } from '../support/service.ts';
import { temporaryDirectory } from '../support/temporary.ts';
import { server } from '../support/server.ts';

const REQUEST = {
  action_name: 'Production_Date_Processor',
  source_timestamp: '2024-02-29T15:30:00.000Z',
  target_timezone: 'America/New_York',
  operation: 'ADD_OFFSET',
  offset_minutes: 120,
} as const satisfies Manipulation;

/** Time that passes only in pauses, which are kept. */
function fakeTime() {
  const pauses: number[] = [];
  let elapsed = 0;
  return {
    pauses,
    time: {
      now: () => elapsed,
      random: () => 0.5,
      sleep: async (milliseconds: number) => {
        pauses.push(milliseconds);
        elapsed += milliseconds;
      },
    },
  };
}

/** One try at the tenant for each request, so that the client's own retries are seen. */
const ONE_TRY = { CXONE_MAX_ATTEMPTS: '1' };

const writes = ({ sandbox }: Awaited<ReturnType<typeof startService>>) =>
  sandbox.requests.filter(({ endpoint, status }) => endpoint === 'write' && status === 200).length;

/** Notes the key of each request that goes out. */
function notingKeys() {
  const keys: (string | null)[] = [];
  return {
    keys,
    fetch: (request: Request) => {
      keys.push(request.headers.get('idempotency-key'));
      return fetch(request);
    },
  };
}

test('a manipulation is answered with its audit record', async (t) => {
  const service = await startService(t);
  const record = await createClient({ baseUrl: service.url }).manipulate(REQUEST);
  assert.equal(record.output_timestamp, '2024-02-29T12:30:00.000-05:00');
  assert.equal(record.status, 'SUCCESS');
  assert.equal(writes(service), 1);
});

test('a transient failure is sent again with the same key, after as long as Retry-After says', async (t) => {
  const service = await startService(t, ONE_TRY);
  service.sandbox.fault('write', { status: 429, headers: { 'retry-after': '7' } });
  const { keys, fetch } = notingKeys();
  const { time, pauses } = fakeTime();
  const client = createClient({ baseUrl: service.url, fetch, time });
  const record = await client.manipulate(REQUEST);
  assert.equal(record.status, 'SUCCESS');
  assert.equal(keys.length, 2);
  assert.equal(keys[0], keys[1]);
  assert.match(String(keys[0]), /^[0-9a-f-]{36}$/);
  assert.ok((pauses[0] ?? 0) >= 1000, `${pauses[0]}`);
  assert.equal(writes(service), 1);
});

test('an answer that is lost on its way makes no second write', async (t) => {
  const service = await startService(t);
  let lost = 0;
  const client = createClient({
    baseUrl: service.url,
    time: fakeTime().time,
    fetch: async (request) => {
      const response = await fetch(request);
      if (lost++ > 0) return response;
      await response.arrayBuffer();
      throw new TypeError('the connection was reset');
    },
  });
  const record = await client.manipulate(REQUEST);
  assert.equal(record.status, 'SUCCESS');
  assert.equal(lost, 2);
  assert.equal(writes(service), 1);
});

test('a mistake of the caller is a ProblemError with its code, and is sent once', async (t) => {
  const service = await startService(t);
  const { keys, fetch } = notingKeys();
  const client = createClient({ baseUrl: service.url, fetch });
  const wrong = { ...REQUEST, target_timezone: 'America/NewYork' };
  await assert.rejects(client.manipulate(wrong, { idempotencyKey: 'mine' }), (error) => {
    assert.ok(error instanceof ProblemError);
    assert.equal(error.code, 'UNKNOWN_TIME_ZONE');
    assert.match(error.message, /did you mean "America\/New_York"/);
    assert.equal(error.idempotencyKey, 'mine');
    assert.equal(error.attempts, 1);
    return true;
  });
  assert.deepEqual(keys, ['mine']);
});

test('what CXone refuses for good is not sent again', async (t) => {
  const service = await startService(t, ONE_TRY);
  service.sandbox.fault('write', { status: 400 }, 5);
  const { keys, fetch } = notingKeys();
  const client = createClient({ baseUrl: service.url, fetch, time: fakeTime().time });
  await assert.rejects(client.manipulate(REQUEST), { name: 'ProblemError', code: 'UPSTREAM_REJECTED' });
  assert.equal(keys.length, 1);
});

test('a wait beyond the deadline is not begun: the problem is told at once', async (t) => {
  const service = await startService(t, ONE_TRY);
  service.sandbox.fault('write', { status: 429, headers: { 'retry-after': '60' } }, 5);
  const { time, pauses } = fakeTime();
  const client = createClient({ baseUrl: service.url, time, deadlineMs: 30_000 });
  await assert.rejects(client.manipulate(REQUEST), (error) => {
    assert.ok(error instanceof ProblemError);
    assert.equal(error.code, 'UPSTREAM_RATE_LIMITED');
    assert.equal(error.attempts, 1);
    return true;
  });
  assert.deepEqual(pauses, []);
});

test('attempts are bounded, and their pauses grow', async (t) => {
  const service = await startService(t, ONE_TRY);
  service.sandbox.fault('list', { status: 503 }, 50);
  const { time, pauses } = fakeTime();
  const client = createClient({ baseUrl: service.url, time, maxAttempts: 3 });
  await assert.rejects(client.manipulate(REQUEST), (error) => {
    assert.ok(error instanceof ProblemError);
    assert.equal(error.status, 503);
    assert.equal(error.attempts, 3);
    return true;
  });
  const [first = 0, second = 0, ...more] = pauses;
  assert.ok(second > first, `${first}, ${second}`);
  assert.deepEqual(more, []);
});

/** Something that stands before the service and answers by itself. */
async function gateway(t: TestContext, answer: (response: ServerResponse, count: number) => void) {
  let count = 0;
  const url = await server(t, (request, response) => {
    request.resume();
    answer(response, ++count);
  });
  return { url, count: () => count };
}

test('a gateway’s own page is no answer of the service: NoAnswerError with its status', async (t) => {
  const proxy = await gateway(t, (response) => {
    response.writeHead(502, { 'content-type': 'text/html' }).end('<h1>Bad gateway</h1>');
  });
  const client = createClient({ baseUrl: proxy.url, time: fakeTime().time, maxAttempts: 3 });
  await assert.rejects(client.manipulate(REQUEST), (error) => {
    assert.ok(error instanceof NoAnswerError);
    assert.equal(error.status, 502);
    assert.equal(error.attempts, 3);
    assert.ok(error.idempotencyKey);
    return true;
  });
  assert.equal(proxy.count(), 3);
});

test('Retry-After may be a date', async (t) => {
  const proxy = await gateway(t, (response, count) => {
    if (count > 1)
      response.writeHead(200, { 'content-type': 'application/json' }).end('{"items":[],"next_cursor":null}');
    else response.writeHead(503, { 'retry-after': new Date(Date.now() + 30_000).toUTCString() }).end();
  });
  const { time, pauses } = fakeTime();
  const page = await createClient({ baseUrl: proxy.url, time }).listAuditRecords();
  assert.deepEqual(page.items, []);
  assert.ok((pauses[0] ?? 0) > 20_000, `${pauses[0]}`);
});

test('without a connection, NoAnswerError says where and how often it was tried', async (t) => {
  const closed = await gateway(t, (response) => response.destroy());
  const client = createClient({ baseUrl: closed.url, time: fakeTime().time, maxAttempts: 2 });
  await assert.rejects(client.preview(REQUEST_PREVIEW), (error) => {
    assert.ok(error instanceof NoAnswerError);
    assert.match(error.message, /127\.0\.0\.1.*2 attempts/);
    return true;
  });
});

const { action_name: _name, ...REQUEST_PREVIEW } = REQUEST;

test('an attempt that hangs is given up, and made again with the same key', async (t) => {
  const service = await startService(t);
  const stuck = await gateway(t, () => undefined);
  const keys: (string | null)[] = [];
  const client = createClient({
    baseUrl: service.url,
    time: fakeTime().time,
    attemptTimeoutMs: 50,
    fetch: (request) => {
      keys.push(request.headers.get('idempotency-key'));
      // The second may take as long as it takes here.
      return keys.length === 1
        ? fetch(new Request(stuck.url, request))
        : fetch(new Request(request, { signal: null }));
    },
  });
  assert.equal((await client.manipulate(REQUEST)).status, 'SUCCESS');
  assert.equal(keys.length, 2);
  assert.equal(keys[0], keys[1]);
});

test('a caller that aborts gets its own reason, and nothing is sent again', async (t) => {
  const stuck = await gateway(t, () => undefined);
  const abort = new AbortController();
  const client = createClient({
    baseUrl: stuck.url,
    fetch: (request) => {
      queueMicrotask(() => abort.abort(new Error('not needed any more')));
      return fetch(request);
    },
  });
  await assert.rejects(client.manipulate(REQUEST, { signal: abort.signal }), /not needed any more/);
});

test('a batch gives a line per item as it finishes, and the summary last', async (t) => {
  const service = await startService(t);
  const client = createClient({ baseUrl: service.url });
  async function* items(): AsyncGenerator<Manipulation> {
    for (let minutes = 0; minutes < 20; minutes += 1) yield { ...REQUEST, offset_minutes: minutes };
    yield { ...REQUEST, action_name: 'No_Such_Action' };
  }
  const codes: (string | undefined)[] = [];
  let summary: unknown;
  for await (const line of client.batch(items())) {
    if ('summary' in line) summary = line.summary;
    else codes.push('problem' in line ? line.problem.code : undefined);
  }
  assert.equal(codes.length, 21);
  assert.deepEqual(codes.filter(Boolean), ['ACTION_NOT_FOUND']);
  const { elapsed_ms: _elapsed, ...counts } = summary as Record<string, number>;
  assert.deepEqual(counts, { total: 21, succeeded: 20, failed: 1 });
});

test('a batch that is refused as a whole is a ProblemError', async (t) => {
  const service = await startService(t, { AUTH_MODE: 'required', API_KEYS_FILE: keysFile(t).file });
  await assert.rejects(createClient({ baseUrl: service.url }).batch([REQUEST]).next(), {
    code: 'UNAUTHENTICATED',
  });
});

function keysFile(t: TestContext) {
  const { key, line } = createKey('scheduler', 'manipulations:write,manipulations:preview,audit:read');
  const file = join(temporaryDirectory(t), 'keys');
  writeFileSync(file, `${line}\n`);
  return { key, file };
}

test('the key is sent with every kind of request', async (t) => {
  const { key, file } = keysFile(t);
  const service = await startService(t, { AUTH_MODE: 'required', API_KEYS_FILE: file });
  const client = createClient({ baseUrl: `${service.url}/`, apiKey: async () => key });
  const record = await client.manipulate(REQUEST);
  assert.equal(record.caller, 'key:scheduler');
  assert.equal((await client.preview(REQUEST_PREVIEW)).output_timestamp, record.output_timestamp);
  assert.deepEqual(await client.getAuditRecord(record.request_id), record);
  const [line] = await Array.fromAsync(client.batch([REQUEST]));
  assert.ok(line && 'audit_record' in line);
  const { data } = await client.paths.GET('/health/ready');
  assert.equal(data?.status, 'ready');
});

test('all audit records are read page by page', async (t) => {
  const service = await startService(t);
  const client = createClient({ baseUrl: service.url });
  const made = new Set<string>();
  for (let count = 0; count < 5; count += 1) made.add((await client.manipulate(REQUEST)).request_id);
  const read = await Array.fromAsync(client.auditRecords({ limit: 2, status: 'SUCCESS' }));
  assert.deepEqual(new Set(read.map(({ request_id }) => request_id)), made);
});

test('the typed paths send a key of their own too', async (t) => {
  const service = await startService(t);
  const { keys, fetch } = notingKeys();
  const client = createClient({ baseUrl: service.url, fetch });
  const { data } = await client.paths.POST('/manipulations', { body: REQUEST });
  assert.equal(data?.status, 'SUCCESS');
  assert.match(String(keys[0]), /^[0-9a-f-]{36}$/);
});
