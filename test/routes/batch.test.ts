import assert from 'node:assert/strict';
import { type IncomingMessage, request } from 'node:http';
import { connect } from 'node:net';
import { once } from 'node:events';
import { test } from 'node:test';
import type { AuditRecord } from '../../src/schemas/audit-record.ts';
import type { ProblemDocument } from '../../src/schemas/problem.ts';
import { EXAMPLE, startService } from '../support/service.ts';

interface Line {
  index?: number;
  status?: number;
  audit_record?: AuditRecord;
  problem?: ProblemDocument;
  summary?: { total: number; succeeded: number; failed: number; elapsed_ms: number };
}

const linesOf = (text: string) =>
  text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);

test('a result per item, then the summary; one bad item fails alone', async (t) => {
  const { sandbox, post } = await startService(t);
  const items = [
    EXAMPLE,
    { ...EXAMPLE, target_timezone: 'Mars/Olympus' },
    { ...EXAMPLE, action_name: 'Missing' },
    { ...EXAMPLE, extra: true },
    { ...EXAMPLE, action_name: 'Production_Date' },
  ];
  const { status, headers, body } = await post<string>('/manipulations/batch', items);
  assert.equal(status, 200, body);
  assert.equal(headers.get('content-type'), 'application/x-ndjson');
  const lines = linesOf(body);
  const last = lines.pop();
  assert.deepEqual({ ...last?.summary, elapsed_ms: 0 }, { total: 5, succeeded: 2, failed: 3, elapsed_ms: 0 });
  const byIndex = lines.toSorted((a, b) => (a.index ?? 0) - (b.index ?? 0));
  assert.deepEqual(
    byIndex.map((line) => [line.index, line.status, line.problem?.code]),
    [
      [0, 200, undefined],
      [1, 400, 'UNKNOWN_TIME_ZONE'],
      [2, 404, 'ACTION_NOT_FOUND'],
      [3, 400, 'VALIDATION_FAILED'],
      [4, 200, undefined],
    ],
  );
  assert.equal(byIndex[0]?.audit_record?.output_timestamp, '2024-02-29T12:30:00.000-05:00');
  assert.equal(byIndex[3]?.problem?.errors?.[0]?.path, '/extra');
  assert.equal(sandbox.requests.filter((r) => r.endpoint === 'write' && r.applied).length, 2);
});

test('NDJSON in; a line that is not JSON fails alone', async (t) => {
  const { post } = await startService(t);
  const text = `${JSON.stringify(EXAMPLE)}\n{oops\n${JSON.stringify(EXAMPLE)}\n`;
  const { status, body } = await post<string>('/manipulations/batch', text, {
    'content-type': 'application/x-ndjson',
  });
  assert.equal(status, 200);
  const lines = linesOf(body);
  assert.deepEqual(
    lines.filter((line) => line.problem).map((line) => [line.index, line.problem?.code]),
    [[1, 'VALIDATION_FAILED']],
  );
  assert.equal(lines.at(-1)?.summary?.succeeded, 2);
});

test('items for one action are applied in their order', async (t) => {
  const { sandbox, post } = await startService(t);
  const names = ['Production_Date_Processor', 'Production_Date', 'Production_Date_Processor_EU'];
  const items = Array.from({ length: 60 }, (_, n) => ({
    ...EXAMPLE,
    action_name: names[n % names.length],
    offset_minutes: n,
  }));
  const { body } = await post<string>('/manipulations/batch', items);
  assert.equal(linesOf(body).at(-1)?.summary?.succeeded, 60);
  for (const name of names) {
    const writes = sandbox.requests
      .filter((r) => r.endpoint === 'write')
      .map(
        (r) =>
          JSON.parse(r.body) as {
            name: string;
            configuration: { dateProcessing: { computedValue: string } };
          },
      )
      .filter((action) => action.name === name)
      .map((action) => action.configuration.dateProcessing.computedValue);
    assert.equal(writes.length, 20);
    assert.deepEqual(writes, writes.toSorted());
  }
});

test('a body that is wrong from the start is a plain 4xx', async (t) => {
  const { sandbox, post } = await startService(t, { BATCH_MAX_ITEMS: '2' });
  const notArray = await post<ProblemDocument>('/manipulations/batch', EXAMPLE);
  assert.deepEqual([notArray.status, notArray.body.code], [400, 'VALIDATION_FAILED']);
  const empty = await post<ProblemDocument>('/manipulations/batch', '');
  assert.deepEqual([empty.status, empty.body.code], [400, 'VALIDATION_FAILED']);
  const media = await post<ProblemDocument>('/manipulations/batch', 'x', { 'content-type': 'text/csv' });
  assert.deepEqual([media.status, media.body.code], [415, 'UNSUPPORTED_MEDIA_TYPE']);
  for (const headers of [
    { 'content-encoding': 'gzip' },
    { 'content-encoding': 'br' },
    { 'content-type': 'application/json; charset=latin1' },
    { 'content-type': 'application/x-ndjson; charset=utf-16' },
  ] as Record<string, string>[]) {
    const refused = await post<ProblemDocument>('/manipulations/batch', [EXAMPLE], headers);
    assert.deepEqual([refused.status, refused.body.code], [415, 'UNSUPPORTED_MEDIA_TYPE']);
  }
  const twice = await post<string>(
    '/manipulations/batch',
    `[{"offset_minutes":1,${JSON.stringify(EXAMPLE).slice(1)}]`,
  );
  assert.equal(linesOf(twice.body)[0]?.problem?.code, 'VALIDATION_FAILED');
  assert.equal(sandbox.requests.length, 0);

  const tooMany = await post<string>('/manipulations/batch', [EXAMPLE, EXAMPLE, EXAMPLE, EXAMPLE]);
  const lines = linesOf(tooMany.body);
  assert.deepEqual(
    lines.filter((line) => line.problem).map((line) => [line.index, line.status, line.problem?.code]),
    [[2, 413, 'PAYLOAD_TOO_LARGE']],
    'the batch ends with one problem',
  );
  assert.deepEqual([lines.at(-1)?.summary?.total, lines.at(-1)?.summary?.succeeded], [3, 2]);
});

test('results arrive while items are still being sent, and a client that goes away stops the rest', async (t) => {
  const { sandbox, url, post } = await startService(t);
  const outgoing = request(`${url}/manipulations/batch`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-ndjson' },
  });
  outgoing.on('error', () => {});
  outgoing.write(`${JSON.stringify(EXAMPLE)}\n`);
  const [response] = (await once(outgoing, 'response')) as [IncomingMessage];
  const [first] = (await once(response, 'data')) as [Buffer];
  assert.equal(linesOf(first.toString())[0]?.status, 200);

  // What has not been sent cannot be started; what was sent and waits behind a slow one must not be.
  sandbox.fault('write', { delayMs: 300 }, 1);
  const before = sandbox.requests.filter((r) => r.endpoint === 'write').length;
  for (let n = 0; n < 20; n += 1) outgoing.write(`${JSON.stringify(EXAMPLE)}\n`);
  while (sandbox.requests.filter((r) => r.endpoint === 'write').length === before) {
    await new Promise((resolve) => setImmediate(resolve));
  }
  outgoing.destroy();
  const writes = () => sandbox.requests.filter((r) => r.endpoint === 'write').length - before;
  while (sandbox.requests.some((r) => r.endpoint === 'write' && r.status === null)) {
    await new Promise((resolve) => setImmediate(resolve));
  }
  // The next item would have begun by the time that three others went through.
  for (let n = 0; n < 3; n += 1) assert.equal((await post('/manipulations', EXAMPLE)).status, 200);
  assert.equal(writes(), 1 + 3);
});

test('a client that sends everything before it reads gets its early answer', async (t) => {
  const { url } = await startService(t, { BODY_LIMIT_BYTES: '1024' });
  const { port } = new URL(url);
  const socket = connect(Number(port), '127.0.0.1');
  const length = 4 * 1024 * 1024;
  socket.write(
    `POST /manipulations/batch HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: ${length}\r\n\r\n`,
  );
  await new Promise((resolve) => socket.write('x'.repeat(length), resolve));
  const [answer] = (await once(socket, 'data')) as [Buffer];
  assert.match(answer.toString(), /^HTTP\/1.1 (400|413) /);
  socket.destroy();
});
