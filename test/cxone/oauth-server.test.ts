import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test, type TestContext } from 'node:test';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import { errors, Provider } from 'oidc-provider';
import type { CxoneOptions } from '../../src/cxone/options.ts';
import { budget, gatewayTo, NAME, problem, reply } from './support.ts';

/** Everything that a careless encoding breaks. */
const CLIENT = { id: 'client:id @ 100%', secret: 's+cret / with = & 50% : "quotes"' };
const KEY = { id: 'ACCESSKEY2ID====', secret: 'c2VjcmV0+/a%3D==' };
const SCOPES = ['dataactions:write', 'dataactions:read'];
const RESOURCE = 'urn:cxone:api';

/** A certified OAuth server, and the tenant's API beside it, which verifies the tokens by the server's keys. */
const oauthServer = async (t: TestContext, method: 'client_secret_basic' | 'client_secret_post') => {
  const http = createServer();
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  t.after(() => {
    http.close();
    http.closeAllConnections();
  });
  const issuer = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;

  // It warns of the quick start's keys and store, which are what a test wants.
  t.mock.method(console, 'warn', () => undefined);
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: CLIENT.id,
        client_secret: CLIENT.secret,
        token_endpoint_auth_method: method,
        grant_types: ['client_credentials', 'password'],
        redirect_uris: [],
        response_types: [],
        scope: SCOPES.join(' '),
      },
    ],
    scopes: [...SCOPES, 'admin:all'],
    ttl: { ClientCredentials: 600 },
    extraTokenClaims: () => ({ tenantId: 'tenant-1' }),
    features: {
      clientCredentials: { enabled: true },
      devInteractions: { enabled: false },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => RESOURCE,
        getResourceServerInfo: () => ({
          scope: SCOPES.join(' '),
          audience: RESOURCE,
          accessTokenFormat: 'jwt',
          accessTokenTTL: 600,
        }),
      },
    },
  });
  provider.registerGrantType<{ username?: string; password?: string; scope?: string }>(
    'password',
    async (ctx) => {
      const { username, password, scope } = ctx.oidc.params;
      if (username !== KEY.id || password !== KEY.secret) throw new errors.InvalidGrant('wrong access key');
      const token = new provider.ClientCredentials({ client: ctx.oidc.client, scope });
      token.resourceServer = new provider.ResourceServer(RESOURCE, {
        scope: SCOPES.join(' '),
        audience: RESOURCE,
        accessTokenFormat: 'jwt',
      });
      ctx.body = {
        access_token: await token.save(),
        token_type: token.tokenType,
        expires_in: token.expiration,
        scope,
      };
    },
    ['username', 'password', 'scope'],
  );

  const keys = createRemoteJWKSet(new URL(`${issuer}/jwks`));
  const tokens = new Set<string>();
  const api = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const token = request.headers.authorization?.replace(/^Bearer /u, '') ?? '';
    const { payload } = await jwtVerify(token, keys, { issuer, audience: RESOURCE });
    assert.equal(payload['scope'], SCOPES.join(' '));
    tokens.add(token);
    reply(response, 200, { entities: [{ id: '1', name: NAME }], total: 1 });
  };
  const callback = provider.callback();
  http.on('request', (request: IncomingMessage, response: ServerResponse) => {
    const { pathname, searchParams } = new URL(request.url ?? '', issuer);
    if (pathname === '/.well-known/cxone-configuration')
      reply(response, 200, searchParams.get('tenantId') === 'tenant-1' ? { api_endpoint: issuer } : {});
    else if (pathname.startsWith('/api/'))
      api(request, response).catch((error: unknown) => reply(response, 401, { error: String(error) }));
    else callback(request, response).catch(() => request.destroy());
  });
  return { issuer, tokens };
};

for (const [clientAuth, method] of [
  ['basic', 'client_secret_basic'],
  ['body', 'client_secret_post'],
] as const) {
  for (const grant of ['client_credentials', 'password'] as const) {
    for (const discovered of [false, true]) {
      test(`a real OAuth server: ${grant}, ${method}${discovered ? ', discovered' : ''}`, async (t) => {
        const { issuer, tokens } = await oauthServer(t, method);
        const options: Partial<CxoneOptions> = {
          ...(discovered ? { discoveryUrl: issuer } : { baseUrl: issuer, tokenUrl: `${issuer}/token` }),
          grant,
          clientAuth,
          clientId: CLIENT.id,
          clientSecret: CLIENT.secret,
          accessKeyId: KEY.id,
          accessKeySecret: KEY.secret,
        };
        const gateway = gatewayTo(t, options);
        await Promise.all([
          gateway.find(NAME, budget()),
          gateway.find(`${NAME}x`, budget()).catch(() => undefined),
        ]);
        assert.equal(tokens.size, 1);

        const wrong = grant === 'password' ? { accessKeySecret: 'wrong' } : { clientSecret: 'wrong' };
        await assert.rejects(
          gatewayTo(t, { ...options, ...wrong }).find(NAME, budget()),
          problem(
            'UPSTREAM_UNAUTHORIZED',
            {},
            grant === 'password' ? /CXONE_ACCESS_KEY_ID/u : /invalid_client/u,
          ),
        );
      });
    }
  }
}

test('a real OAuth server: a scope that the client may not have', async (t) => {
  const { issuer } = await oauthServer(t, 'client_secret_post');
  const gateway = gatewayTo(t, {
    baseUrl: issuer,
    tokenUrl: `${issuer}/token`,
    clientId: CLIENT.id,
    clientSecret: CLIENT.secret,
    scope: 'dataactions:write admin:all',
  });
  await assert.rejects(
    gateway.find(NAME, budget()),
    problem('UPSTREAM_UNAUTHORIZED', {}, /invalid_scope.*dataactions:write admin:all/u),
  );
});
