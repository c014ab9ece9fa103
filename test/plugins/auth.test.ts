import assert from 'node:assert/strict';
import { chmodSync, unlinkSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { generateKeyPair } from 'jose';
import { createKey } from '../../src/cli/keys.ts';
import { systemClock } from '../../src/services/clock.ts';
import { parseApiKeys } from '../../src/auth/api-keys.ts';
import { readLog } from '../support/log.ts';
import { startIssuer } from '../support/issuer.ts';
import { type Answer, EXAMPLE, startService } from '../support/service.ts';
import { temporaryDirectory } from '../support/temporary.ts';

const PREVIEW = {
  source_timestamp: '2024-02-29T15:30:00.000Z',
  target_timezone: 'UTC',
  operation: 'CONVERT',
};

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

function keysFile(t: TestContext, ...lines: string[]): string {
  const file = join(temporaryDirectory(t), 'keys');
  writeFileSync(file, `# callers\n\n${lines.join('\n')}\n`);
  return file;
}

test('an API key opens what its scopes allow, and its id is the caller', async (t) => {
  const writer = createKey('scheduler', 'manipulations:write,audit:read');
  const reader = createKey('dashboard', 'audit:read');
  const auditor = createKey('auditor', 'audit:read,audit:read:all');
  const { sandbox, post, get } = await startService(t, {
    AUTH_MODE: 'required',
    API_KEYS_FILE: keysFile(t, writer.line, reader.line, auditor.line),
  });

  for (const headers of [{}, bearer('nonsense'), { authorization: `Basic ${writer.key}` }]) {
    const reply = await post('/manipulations', EXAMPLE, headers);
    assert.deepEqual([reply.status, reply.body.code], [401, 'UNAUTHENTICATED']);
    assert.equal(reply.headers.get('www-authenticate'), 'Bearer');
  }
  const forbidden = await post('/manipulations', EXAMPLE, bearer(reader.key));
  assert.deepEqual([forbidden.status, forbidden.body.code], [403, 'FORBIDDEN']);
  assert.match(forbidden.body.detail, /manipulations:write/);
  assert.equal(sandbox.requests.length, 0);

  const { status, body } = await post('/manipulations', EXAMPLE, bearer(writer.key));
  assert.deepEqual([status, body.caller], [200, 'key:scheduler']);

  const statusFor = async (key: string) =>
    (await get(`/audit-records/${body.request_id}`, bearer(key))).status;
  assert.equal(await statusFor(writer.key), 200);
  assert.equal(await statusFor(reader.key), 404);
  assert.equal(await statusFor(auditor.key), 200);
  const listFor = async (key: string) =>
    (await get<{ items: unknown[] }>('/audit-records', bearer(key))).body.items.length;
  assert.deepEqual(
    [await listFor(writer.key), await listFor(reader.key), await listFor(auditor.key)],
    [1, 0, 1],
  );

  for (const path of ['/health/live', '/health/ready', '/metrics', '/openapi.json', '/docs']) {
    assert.equal((await get(path)).status, 200, path);
  }
});

test('a keys file without a key stops the start, as nothing could be called', async (t) => {
  const file = join(temporaryDirectory(t), 'keys');
  writeFileSync(file, '# none yet\n');
  await assert.rejects(
    startService(t, { AUTH_MODE: 'required', API_KEYS_FILE: file }),
    /API_KEYS_FILE: .* has no key/,
  );
});

test('a bearer token of the configured issuer opens what its scope or scp allows', async (t) => {
  const issuer = await startIssuer(t);
  const stranger = await generateKeyPair('ES256');
  const { token } = issuer;
  const { post } = await startService(t, issuer.env);
  const write = { scope: 'openid manipulations:write' };
  const reply = async (jwt: string): Promise<[number, Answer]> => {
    const { status, body } = await post('/manipulations', EXAMPLE, bearer(jwt));
    return [status, body];
  };

  const [ok, record] = await reply(await token(write));
  assert.deepEqual([ok, record.caller], [200, 'jwt:https://issuer.example#robot']);
  assert.equal((await reply(await token({ scp: ['manipulations:write'] })))[0], 200);
  assert.equal((await reply(await token({ scope: 'audit:read' })))[0], 403);
  for (const typ of ['JWT', 'at+jwt', 'AT+JWT', 'application/at+jwt']) {
    assert.equal((await reply(await token(write, { header: { typ } })))[0], 200, typ);
  }
  for (const typ of ['logout+jwt', 'secevent+jwt', 'dpop+jwt', 'JOSE', '']) {
    assert.equal((await reply(await token(write, { header: { typ } })))[0], 401, typ);
  }
  assert.equal((await reply(await token(write, { audience: 'other' })))[0], 401);
  assert.equal((await reply(await token(write, { expires: '-1h' })))[0], 401);
  assert.equal((await reply(await token(write, { key: stranger.privateKey })))[0], 401);
});

test('a key is shown once and kept as a hash; a wrong line is named by its number', () => {
  const { key, line } = createKey('a', 'audit:read');
  assert.ok(!line.includes(key));
  assert.equal(parseApiKeys(line)[0]?.id, 'key:a');
  assert.throws(() => parseApiKeys(`${line}\nb audit:read plain`), /line 2/);
  assert.throws(() => createKey('a', 'everything'), /"everything"/);
});

test('a key that is withdrawn from the file ends while the service runs, and a broken file changes nothing', async (t) => {
  const first = createKey('first', 'manipulations:preview');
  const second = createKey('second', 'manipulations:preview');
  const file = keysFile(t, first.line, second.line);
  chmodSync(file, 0o644);
  const log = readLog();
  let now = 0;
  const { post } = await startService(
    t,
    { AUTH_MODE: 'required', API_KEYS_FILE: file, LOG_LEVEL: 'info' },
    {
      clock: { ...systemClock, monotonic: () => systemClock.monotonic() + now },
      logSink: log.sink,
    },
  );
  const previewAs = async (key: string) => {
    now += 1_000;
    return (await post('/manipulations/preview', PREVIEW, bearer(key))).status;
  };
  const lines = (text: string) => log.texts().filter((line) => line.includes(text)).length;
  assert.equal(lines('open to every user'), 1);
  assert.deepEqual([await previewAs(first.key), await previewAs(second.key)], [200, 200]);

  writeFileSync(file, second.line);
  assert.deepEqual([await previewAs(first.key), await previewAs(second.key)], [401, 200]);

  writeFileSync(file, 'rubbish');
  assert.deepEqual([await previewAs(second.key), await previewAs(second.key)], [200, 200]);
  assert.equal(lines('stay in use'), 1);
  unlinkSync(file);
  assert.equal(await previewAs(second.key), 200);

  writeFileSync(file, first.line);
  assert.deepEqual([await previewAs(first.key), await previewAs(second.key)], [200, 401]);
});

test('a token whose subject is no plain text is refused, and its issuer’s subjects are no keys', async (t) => {
  const issuer = await startIssuer(t);
  const key = createKey('robot', 'manipulations:write,audit:read');
  const log = readLog();
  const { post, get, sandbox } = await startService(
    t,
    { ...issuer.env, API_KEYS_FILE: keysFile(t, key.line), LOG_LEVEL: 'info' },
    { logSink: log.sink },
  );
  const scope = 'manipulations:write audit:read';
  const subjects = [1, {}, [], null, true, '', ' a', 'a ', 'a\u0000', 'a\ud800', 'a\u0085b', 'a'.repeat(256)];
  for (const sub of subjects) {
    const reply = await post('/manipulations', EXAMPLE, bearer(await issuer.token({ scope, sub })));
    assert.deepEqual([reply.status, reply.body.code], [401, 'UNAUTHENTICATED'], JSON.stringify(sub));
  }
  assert.ok(log.texts().some((line) => line.includes('its sub is not a text')));
  assert.equal(sandbox.requests.length, 0);

  const once = { 'idempotency-key': 'one' };
  const byKey = await post('/manipulations', EXAMPLE, { ...bearer(key.key), ...once });
  const robot = bearer(await issuer.token({ scope }));
  const byToken = await post('/manipulations', EXAMPLE, { ...robot, ...once });
  assert.deepEqual([byKey.body.caller, byToken.body.caller], ['key:robot', `jwt:${issuer.issuer}#robot`]);
  assert.equal(byToken.headers.get('idempotency-replayed'), null);
  assert.equal((await get(`/audit-records/${byKey.body.request_id}`, robot)).status, 404);
});

test('what cannot be a token of the issuer is refused without asking it for keys', async (t) => {
  const issuer = await startIssuer(t);
  const { post } = await startService(t, issuer.env);
  const rubbish = [
    'a.b.c',
    await issuer.token({}, { header: { kid: undefined } }),
    await issuer.token({}, { issuer: 'https://other.example' }),
    `${Buffer.from('{"alg":"none","kid":"one"}').toString('base64url')}.e30.`,
    `${Buffer.from('{"alg":"HS256","kid":"one"}').toString('base64url')}.e30.AAAA`,
  ];
  for (const token of rubbish) {
    assert.equal((await post('/manipulations', EXAMPLE, bearer(token))).status, 401);
  }
  assert.equal(issuer.asked(), 0);
});

test('while the key set is away its last good one serves, and without any the answer says what is wrong', async (t) => {
  const issuer = await startIssuer(t);
  let later = 0;
  const clock = { ...systemClock, monotonic: () => systemClock.monotonic() + later };
  const { post } = await startService(t, issuer.env, { clock });
  const token = bearer(await issuer.token({ scope: 'manipulations:preview' }));
  const preview = async () => {
    const { status, body, headers } = await post('/manipulations/preview', PREVIEW, token);
    return { status, code: body.code, retryAfter: Number(headers.get('retry-after')) };
  };

  issuer.answer(503, 'away');
  const many = await Promise.all(Array.from({ length: 50 }, preview));
  for (const { status, code, retryAfter } of many) {
    assert.deepEqual([status, code], [503, 'AUTHENTICATION_UNAVAILABLE']);
    assert.ok(retryAfter >= 1);
  }
  assert.equal(issuer.asked(), 1);

  issuer.answer(200);
  later += 61_000;
  assert.equal((await preview()).status, 200);
  issuer.answer(503, 'away');
  later += 3_600_000;
  for (let n = 0; n < 20; n += 1) assert.equal((await preview()).status, 200);
  later += 6 * 3_600_000;
  assert.equal((await preview()).code, 'AUTHENTICATION_UNAVAILABLE');
});

test('a key of the set that is malformed harms its own id alone', async (t) => {
  const issuer = await startIssuer(t);
  const offTheCurve = { kty: 'EC', crv: 'P-256', kid: 'bad', x: 'AAAA', y: 'AAAA' };
  issuer.add(offTheCurve, { kid: 'odd' }, null, { kty: 'RSA', kid: 'small', n: 'AQ', e: 'AQAB' });
  const { post } = await startService(t, issuer.env);
  const scope = 'manipulations:preview';
  const previewWith = async (header: { kid: string; alg?: string }) =>
    (await post('/manipulations/preview', PREVIEW, bearer(await issuer.token({ scope }, { header })))).status;
  assert.equal(await previewWith({ kid: 'bad' }), 401);
  assert.equal(await previewWith({ kid: 'odd' }), 401);
  assert.equal(await previewWith({ kid: 'one' }), 200);
  const before = issuer.asked();
  for (let n = 0; n < 20; n += 1) assert.equal(await previewWith({ kid: `unknown ${n}` }), 401);
  assert.equal(issuer.asked(), before);
});

test('without authentication the service answers under addresses and local names only', async (t) => {
  const { url } = await startService(t);
  const statusFor = (path: string, host: string) =>
    new Promise<number | undefined>((resolve, reject) => {
      request(url + path, { headers: { host } }, (response) => {
        response.resume();
        resolve(response.statusCode);
      })
        .once('error', reject)
        .end();
    });
  const local = [
    '127.0.0.1',
    '127.0.0.1:3000',
    '[::1]:3000',
    'localhost',
    'dates',
    'dates.svc',
    'box.local.',
    'BOX.LAN:1',
  ];
  for (const host of local) assert.equal(await statusFor('/audit-records', host), 200, host);
  const rebound = [
    'evil.example',
    'evil.example:3000',
    '127.0.0.1.nip.io',
    'localhost.evil.example',
    'x.localx',
  ];
  for (const host of rebound) {
    assert.equal(await statusFor('/audit-records', host), 403, host);
    assert.equal(await statusFor('/health/live', host), 200, host);
  }
});
