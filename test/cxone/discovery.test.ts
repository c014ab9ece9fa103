import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTrustedUrl } from '../../src/cxone/auth/hosts.ts';
import {
  at,
  budget,
  count,
  gatewayTo,
  isToken,
  manipulate,
  NAME,
  problem,
  reply,
  server,
  tenant,
} from './support.ts';

const NOWHERE = { baseUrl: 'http://127.0.0.1:9', tokenUrl: 'http://127.0.0.1:9/token' };

for (const form of ['', '/', '/.well-known/openid-configuration']) {
  test(`finds the token endpoint and the tenant's API from the issuer${form}`, async (t) => {
    const { sandbox } = await tenant(t);
    const gateway = gatewayTo(t, {
      ...NOWHERE,
      discoveryUrl: `${sandbox.url}${form}`,
      clientId: sandbox.clientId,
      clientSecret: sandbox.clientSecret,
    });
    await Promise.all([manipulate(gateway, NAME, at(1)), manipulate(gateway, 'Overnight_Callback')]);
    await manipulate(gateway, NAME, at(2));
    assert.deepEqual(
      sandbox.requests
        .filter(({ endpoint }) => endpoint === 'discovery')
        .map(({ path, query }) => ({ path, query })),
      [
        { path: '/.well-known/openid-configuration', query: {} },
        { path: '/.well-known/cxone-configuration', query: { tenantId: sandbox.tenantId } },
      ],
      'each is asked once',
    );
    assert.equal(count(sandbox, 'token'), 1);
  });
}

test('discovery is retried, and a failure of it is not kept', async (t) => {
  const { sandbox } = await tenant(t);
  const { clientId, clientSecret } = sandbox;
  const gateway = gatewayTo(t, { ...NOWHERE, discoveryUrl: sandbox.url, clientId, clientSecret });
  sandbox.fault('discovery', { status: 503 }, 2);
  await manipulate(gateway);
  const another = gatewayTo(t, { ...NOWHERE, discoveryUrl: sandbox.url, clientId, clientSecret });
  sandbox.fault('discovery', { status: 404 });
  await assert.rejects(manipulate(another), problem('UPSTREAM_REJECTED', {}, /discovery request with 404/u));
  await manipulate(another);
});

for (const [setting, url] of [
  ['tokenEndpoint', 'https://login.attacker.example/token'],
  ['apiEndpoint', 'https://niceincontact.com.attacker.example'],
  ['apiEndpoint', 'http://api-na1.niceincontact.com'],
  ['apiEndpoint', 'file:///etc/passwd'],
  ['apiEndpoint', 'https://'],
] as const) {
  test(`sends nothing to ${url} as ${setting}`, async (t) => {
    const { sandbox } = await tenant(t, { sandbox: { settings: { [setting]: url } } });
    const { clientId, clientSecret } = sandbox;
    const gateway = gatewayTo(t, { ...NOWHERE, discoveryUrl: sandbox.url, clientId, clientSecret });
    await assert.rejects(manipulate(gateway), problem('UPSTREAM_INVALID_RESPONSE', { effect: 'none' }));
    assert.equal(count(sandbox, 'token'), setting === 'tokenEndpoint' ? 0 : 1);
    assert.equal(count(sandbox, 'list'), 0);
  });
}

test('the tenant is taken from the access token, the id token or the discovery answer, in this order', async (t) => {
  const jwt = (claims: object): string => `h.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.s`;
  const asked: (string | null)[] = [];
  let token: object = {};
  let discovery: object = {};
  const url = await server(t, (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '', url);
    if (isToken(request)) return void reply(response, 200, { expires_in: 60, ...token });
    if (pathname.endsWith('openid-configuration'))
      return void reply(response, 200, { token_endpoint: `${url}/token`, ...discovery });
    if (pathname.endsWith('cxone-configuration')) {
      asked.push(searchParams.get('tenantId'));
      return void reply(response, 200, { api_endpoint: `${url}/prefix/` });
    }
    assert.ok(pathname.startsWith('/prefix/api/v2/dataactions'));
    reply(response, 200, { entities: [{ id: '1', name: NAME }], total: 1 });
  });
  const find = () => gatewayTo(t, { ...NOWHERE, discoveryUrl: url }).find(NAME, budget());
  discovery = { tenantId: 'of-discovery' };
  token = { access_token: jwt({ tenantId: 'of the token&' }), id_token: jwt({ tenantId: 'of-id' }) };
  await find();
  token = { access_token: 'opaque', id_token: jwt({ tenantId: 'of-id' }) };
  await find();
  token = { access_token: 'opaque.but.dotted' };
  await find();
  assert.deepEqual(asked, ['of the token&', 'of-id', 'of-discovery']);
  discovery = {};
  await assert.rejects(find(), problem('UPSTREAM_INVALID_RESPONSE', {}, /tenantId.*CXONE_BASE_URL/u));
});

test('only configured origins and CXone over https are trusted', () => {
  const trusted = createTrustedUrl(['http://127.0.0.1:8080/base', 'https://cxone.example']);
  const base = 'https://cxone.example/list?page=1';
  for (const url of [
    'https://api-na1.niceincontact.com/x',
    'https://cxone.niceincontact.com',
    'https://a.b.nice-incontact.com',
    'https://eu1.nicecxone.com/auth/token',
    'HTTPS://API.NICECXONE.COM',
    'http://127.0.0.1:8080/other',
    'https://cxone.example:443/y',
    '/relative?page=2',
    '?page=2',
  ])
    assert.ok(trusted(url, base, 'x') instanceof URL, url);
  for (const url of [
    'https://niceincontact.com.evil.example',
    'https://evilniceincontact.com',
    'https://niceincontact.com@evil.example/',
    'https://user:pw@api.niceincontact.com',
    'https://api.niceincontact.com:8443',
    'http://api.niceincontact.com',
    'http://127.0.0.1:8081',
    'https://127.0.0.1:8080',
    'https://cxone.example.',
    '//evil.example/x',
    '\\\\evil.example\\x',
    'javascript:alert(1)',
    'data:,x',
    '',
    42,
    null,
    undefined,
  ].filter((url) => url !== ''))
    assert.throws(() => trusted(url, base, 'x'), problem('UPSTREAM_INVALID_RESPONSE'), String(url));
});
