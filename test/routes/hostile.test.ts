import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { test } from 'node:test';
import type { ProblemDocument } from '../../src/schemas/problem.ts';
import { gone } from '../attack/clients.ts';
import { EXAMPLE, startService } from '../support/service.ts';

/** Sends bytes as they are, and reads the answer's status, headers and problem. */
async function raw(url: string, bytes: string | Buffer) {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  socket.on('error', () => undefined);
  socket.end(bytes);
  let text = '';
  socket.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
  await gone(socket);
  const [head = '', body = ''] = text.split('\r\n\r\n');
  return { status: Number(head.split(' ')[1]), head: head.toLowerCase(), body };
}

const get = (path: string) => `GET ${path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n`;
const post = (headers: string, body: string | Buffer) =>
  Buffer.concat([
    Buffer.from(
      `POST /manipulations HTTP/1.1\r\nhost: x\r\nconnection: close\r\n${headers}\r\n\r\n`,
      'latin1',
    ),
    Buffer.from(body),
  ]);

test('whatever comes over the wire is answered with a problem document and an id, and the service goes on', async (t) => {
  const { url, sandbox, send } = await startService(t);
  const json = 'content-type: application/json\r\n';
  const cases: [title: string, bytes: string | Buffer, status: number, code: string][] = [
    ['a path that cannot be decoded', get('/%'), 400, 'VALIDATION_FAILED'],
    ['a path that is not UTF-8', get('/audit-records/%ff'), 400, 'VALIDATION_FAILED'],
    ['a long id', get(`/audit-records/${'a'.repeat(300)}`), 400, 'VALIDATION_FAILED'],
    ['no HTTP at all', 'GARBAGE\r\n\r\n', 400, 'VALIDATION_FAILED'],
    ['huge headers', `GET / HTTP/1.1\r\nx: ${'a'.repeat(40_000)}\r\n\r\n`, 413, 'PAYLOAD_TOO_LARGE'],
    ['no host', 'GET /nowhere HTTP/1.1\r\nconnection: close\r\n\r\n', 400, 'VALIDATION_FAILED'],
    [
      'two hosts',
      'GET / HTTP/1.1\r\nhost: a\r\nHost: b\r\nconnection: close\r\n\r\n',
      400,
      'VALIDATION_FAILED',
    ],
    ['HTTP/0.9', 'GET /health/live\r\n\r\n', 400, 'VALIDATION_FAILED'],
    [
      'TRACE',
      'TRACE /manipulations HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n',
      405,
      'METHOD_NOT_ALLOWED',
    ],
    [
      'another method',
      'PROPFIND /manipulations HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n',
      405,
      'METHOD_NOT_ALLOWED',
    ],
    ['an id that cannot be one', get('/audit-records/%00'), 404, 'AUDIT_RECORD_NOT_FOUND'],
    ['no body and no type', post('content-length: 0', ''), 400, 'VALIDATION_FAILED'],
    ['an empty body', post(`${json}content-length: 0`, ''), 400, 'VALIDATION_FAILED'],
    ['two lengths', post(`${json}content-length: 2\r\ncontent-length: 3`, '{}'), 400, 'VALIDATION_FAILED'],
    ['a bad chunk', post(`${json}transfer-encoding: chunked`, 'zz\r\n{}'), 400, 'VALIDATION_FAILED'],
    [
      'bytes that are no UTF-8',
      post(`${json}content-length: 5`, Buffer.from('7b22ff227d', 'hex')),
      400,
      'VALIDATION_FAILED',
    ],
    [
      'a compressed body',
      post(`${json}content-encoding: gzip\r\ncontent-length: 2`, '{}'),
      415,
      'UNSUPPORTED_MEDIA_TYPE',
    ],
    [
      'another charset',
      post('content-type: application/json; charset=latin1\r\ncontent-length: 2', '{}'),
      415,
      'UNSUPPORTED_MEDIA_TYPE',
    ],
  ];
  for (const [title, bytes, status, code] of cases) {
    const answer = await raw(url, bytes);
    assert.equal(answer.status, status, `${title}: ${answer.head}`);
    assert.match(answer.head, /content-type: application\/problem\+json/, title);
    assert.match(answer.head, /x-request-id: \S/, title);
    assert.equal((JSON.parse(answer.body) as ProblemDocument).code, code, title);
  }

  const bodies: [title: string, body: string, path: string][] = [
    ['a name twice', `{"action_name": "x", ${JSON.stringify(EXAMPLE).slice(1)}`, ''],
    ['a name twice, once in escapes', `{"\\u0061ction_name": "x", ${JSON.stringify(EXAMPLE).slice(1)}`, ''],
    ['deep nesting', `{"action_name": ${'['.repeat(50_000)}${']'.repeat(50_000)}}`, ''],
    ['half a surrogate pair', JSON.stringify({ ...EXAMPLE, action_name: 'a\ud800' }), '/action_name'],
    ['__proto__', `{"__proto__": {}, ${JSON.stringify(EXAMPLE).slice(1)}`, '/__proto__'],
    ['constructor', JSON.stringify({ ...EXAMPLE, constructor: { prototype: {} } }), '/constructor'],
  ];
  for (const [title, body, path] of bodies) {
    const reply = await send<ProblemDocument>('POST', '/manipulations', body);
    assert.deepEqual([reply.status, reply.body.errors?.[0]?.path], [400, path], title);
  }
  const leap = await send<ProblemDocument>('GET', '/audit-records?to=2016-12-31T23:59:60Z');
  assert.deepEqual([leap.status, leap.body.code], [400, 'VALIDATION_FAILED']);

  assert.equal(sandbox.requests.length, 0);
  assert.equal((await send('POST', '/manipulations', EXAMPLE)).status, 200);
});

test('every answer bears the security headers, and what is a caller’s own is not stored by caches', async (t) => {
  const { url, get, post, send } = await startService(t);
  const answers = [
    await get('/health/live'),
    await get('/nowhere'),
    await get('/docs'),
    await get('/openapi.json'),
    await get('/metrics'),
    await get('/audit-records'),
    await post('/manipulations', EXAMPLE),
    await post('/manipulations', {}),
    await send('DELETE', '/manipulations'),
  ];
  for (const { headers } of answers) {
    assert.equal(headers.get('x-content-type-options'), 'nosniff');
    assert.equal(headers.get('x-frame-options'), 'DENY');
    assert.equal(headers.get('referrer-policy'), 'no-referrer');
    assert.match(headers.get('content-security-policy') ?? '', /default-src '(none|self)'/);
    assert.doesNotMatch(headers.get('content-security-policy') ?? '', /upgrade-insecure-requests/);
  }
  assert.match((await raw(url, 'GARBAGE\r\n\r\n')).head, /x-content-type-options: nosniff/);
  for (const path of ['/audit-records', '/audit-records/none']) {
    assert.equal((await get(path)).headers.get('cache-control'), 'no-store');
  }
  assert.equal((await post('/manipulations', {})).headers.get('cache-control'), 'no-store');
});
