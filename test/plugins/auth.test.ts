import assert from 'node:assert/strict';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { SignJWT, exportJWK, generateKeyPair } from 'jose';
import { createKey } from '../../src/cli/keys.ts';
import { parseApiKeys } from '../../src/plugins/auth.ts';
import { type Answer, EXAMPLE, startService } from '../support/service.ts';
import { temporaryDirectory } from '../support/temporary.ts';

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
  assert.deepEqual([status, body.caller], [200, 'scheduler']);

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

test('a bearer token of the configured issuer opens what its scope or scp allows', async (t) => {
  const { publicKey, privateKey } = await generateKeyPair('ES256');
  const stranger = await generateKeyPair('ES256');
  const keySet = { keys: [{ ...(await exportJWK(publicKey)), kid: 'one', alg: 'ES256' }] };
  const issuer = createServer((_request, response) => response.end(JSON.stringify(keySet)));
  issuer.listen(0, '127.0.0.1');
  await once(issuer, 'listening');
  t.after(() => issuer.close());
  const { port } = issuer.address() as AddressInfo;
  const { post } = await startService(t, {
    AUTH_MODE: 'required',
    JWT_JWKS_URL: `http://127.0.0.1:${port}/jwks`,
    JWT_ISSUER: 'https://issuer.example',
    JWT_AUDIENCE: 'dates',
  });
  const token = async (
    claims: Record<string, unknown>,
    more: { audience?: string; expires?: string; key?: typeof privateKey } = {},
  ) =>
    new SignJWT(claims)
      .setProtectedHeader({ alg: 'ES256', kid: 'one' })
      .setIssuer('https://issuer.example')
      .setAudience(more.audience ?? 'dates')
      .setSubject('robot')
      .setExpirationTime(more.expires ?? '1h')
      .sign(more.key ?? privateKey);
  const write = { scope: 'openid manipulations:write' };
  const reply = async (jwt: string): Promise<[number, Answer]> => {
    const { status, body } = await post('/manipulations', EXAMPLE, bearer(jwt));
    return [status, body];
  };

  const [ok, record] = await reply(await token(write));
  assert.deepEqual([ok, record.caller], [200, 'robot']);
  assert.equal((await reply(await token({ scp: ['manipulations:write'] })))[0], 200);
  assert.equal((await reply(await token({ scope: 'audit:read' })))[0], 403);
  assert.equal((await reply(await token(write, { audience: 'other' })))[0], 401);
  assert.equal((await reply(await token(write, { expires: '-1h' })))[0], 401);
  assert.equal((await reply(await token(write, { key: stranger.privateKey })))[0], 401);
});

test('a token that cannot be checked because the key set is away is no 401', async (t) => {
  const { privateKey } = await generateKeyPair('ES256');
  const gone = createServer().listen(0, '127.0.0.1');
  await once(gone, 'listening');
  const { port } = gone.address() as AddressInfo;
  gone.close();
  const { post } = await startService(t, {
    AUTH_MODE: 'required',
    JWT_JWKS_URL: `http://127.0.0.1:${port}/jwks`,
    JWT_ISSUER: 'https://issuer.example',
    JWT_AUDIENCE: 'dates',
  });
  const jwt = await new SignJWT({})
    .setProtectedHeader({ alg: 'ES256' })
    .setSubject('x')
    .setExpirationTime('1h')
    .sign(privateKey);
  const { status, headers } = await post('/manipulations', EXAMPLE, bearer(jwt));
  assert.equal(status, 503);
  assert.ok(headers.get('retry-after'));
});

test('a key is shown once and kept as a hash; a wrong line is named by its number', () => {
  const { key, line } = createKey('a', 'audit:read');
  assert.ok(!line.includes(key));
  assert.equal(parseApiKeys(line)[0]?.id, 'a');
  assert.throws(() => parseApiKeys(`${line}\nb audit:read plain`), /line 2/);
  assert.throws(() => createKey('a', 'everything'), /"everything"/);
});
