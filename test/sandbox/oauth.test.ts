import assert from 'node:assert/strict';
import { test } from 'node:test';
import { actionOf, client, handClock, pathOf, postToken, start } from './support.ts';

const basic = (id: string, secret: string) => ({
  authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`,
});
/** application/x-www-form-urlencoded, as RFC 6749 section 2.3.1 wants it. */
const encode = (text: string) => new URLSearchParams({ '': text }).toString().slice(1);

test('client credentials in the body or as encoded Basic, never both', async (t) => {
  const sandbox = await start(t);
  const answer = await postToken(sandbox);
  assert.equal(answer.status, 200);
  assert.equal(answer.headers.get('cache-control'), 'no-store');
  const { access_token, ...rest } = (await answer.json()) as Record<string, unknown>;
  assert.match(String(access_token), /^[\w-]+\.[\w-]+\.[\w-]+$/);
  const scope = 'dataactions:read dataactions:write';
  assert.deepEqual(rest, { token_type: 'Bearer', scope, expires_in: 3600 });

  const { clientId, clientSecret } = sandbox;
  const grantOnly = async (headers: Record<string, string>, form = 'grant_type=client_credentials') => {
    const type = { 'content-type': 'application/x-www-form-urlencoded' };
    const init = { method: 'POST', body: form, headers: { ...type, ...headers } };
    return (await fetch(`${sandbox.url}/api/v2/oauth2/token`, init)).status;
  };
  assert.equal(await grantOnly(basic(encode(clientId), encode(clientSecret))), 200);
  assert.equal(await grantOnly(basic(clientId, clientSecret)), 401, 'not encoded');
  assert.equal(await grantOnly(basic(encode(clientId), 'wrong')), 401);
  assert.equal(await grantOnly({}), 401);
  assert.equal((await postToken(sandbox, {}, basic(encode(clientId), encode(clientSecret)))).status, 400);
  assert.equal((await postToken(sandbox, {}, { 'content-type': 'application/json' })).status, 400);
});

test('the password grant takes access keys, with = in them', async (t) => {
  const sandbox = await start(t);
  const { accessKeyId, accessKeySecret } = sandbox;
  assert.ok(accessKeyId.includes('=') && accessKeySecret.includes('='));
  const grant = { grant_type: 'password', username: accessKeyId, password: accessKeySecret };
  assert.equal((await postToken(sandbox, grant)).status, 200);
  const wrong = await postToken(sandbox, { ...grant, password: 'wrong' });
  assert.equal(wrong.status, 400);
  assert.equal(((await wrong.json()) as { error: string }).error, 'invalid_grant');
  const other = await postToken(sandbox, { grant_type: 'implicit' });
  assert.equal(((await other.json()) as { error: string }).error, 'unsupported_grant_type');
});

test('401 without a token, with an unknown, a revoked and an expired one', async (t) => {
  const clock = handClock();
  const sandbox = await start(t, { clock });
  assert.equal((await fetch(`${sandbox.url}/api/v2/dataactions`)).status, 401);
  const unknown = { headers: { authorization: 'Bearer x.y.z' } };
  const answer = await fetch(`${sandbox.url}/api/v2/dataactions`, unknown);
  assert.equal(answer.status, 401);
  assert.match(answer.headers.get('www-authenticate') ?? '', /error="invalid_token"/);

  const tenant = await client(sandbox);
  assert.equal((await tenant.call('GET', '')).status, 200);
  sandbox.reset();
  assert.equal((await tenant.call('GET', '')).status, 200);
  sandbox.revokeTokens();
  assert.equal((await tenant.call('GET', '')).status, 401);

  const brief = await client(sandbox);
  clock.advance(3_599_999);
  assert.equal((await brief.call('GET', '')).status, 200);
  clock.advance(1);
  assert.equal((await brief.call('GET', '')).status, 401, 'a token ends with its lifetime');
});

test('403 for a scope that the token lacks', async (t) => {
  const sandbox = await start(t);
  const reader = await client(sandbox, 'dataactions:read');
  const action = actionOf(sandbox);
  assert.equal((await reader.call('GET', pathOf(action))).status, 200);
  assert.equal((await reader.call('PUT', pathOf(action), action)).status, 403);
  sandbox.configure({ scopes: ['dataactions:write'] });
  const writer = await client(sandbox, 'dataactions:write dataactions:read');
  assert.equal((await writer.call('GET', pathOf(action))).status, 403);
  assert.equal((await writer.call('PUT', pathOf(action), action)).status, 200);
  assert.equal((await postToken(sandbox, { scope: 'dataactions:read' })).status, 400);
});

test('expires_in as a number, a string, garbage, or missing', async (t) => {
  const sandbox = await start(t, { settings: { tokenLifetimeSeconds: 60 } });
  const expected = { number: 60, string: '60', garbage: 'soon', missing: undefined } as const;
  for (const expiresIn of ['number', 'string', 'garbage', 'missing'] as const) {
    sandbox.configure({ expiresIn });
    const { expires_in } = (await (await postToken(sandbox)).json()) as { expires_in?: unknown };
    assert.equal(expires_in, expected[expiresIn]);
  }
});

test('discovery leads to the token endpoint and to the API, or where it is told to', async (t) => {
  const sandbox = await start(t);
  const discover = async (path: string) => {
    const answer = await fetch(`${sandbox.url}/.well-known/${path}`);
    return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
  };
  const tenant = `cxone-configuration?tenantId=${sandbox.tenantId}`;
  const openid = await discover('openid-configuration');
  assert.equal(openid.body['token_endpoint'], `${sandbox.url}/api/v2/oauth2/token`);
  assert.equal((await discover(tenant)).body['api_endpoint'], sandbox.url);
  assert.equal((await discover('cxone-configuration')).status, 400);
  assert.equal((await discover('cxone-configuration?tenantId=other')).status, 404);

  sandbox.configure({ tokenEndpoint: 'https://a.example/token', apiEndpoint: 'https://b.example' });
  assert.equal((await discover('openid-configuration')).body['token_endpoint'], 'https://a.example/token');
  assert.equal((await discover(tenant)).body['api_endpoint'], 'https://b.example');
});
