import { createHmac, randomBytes } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { TenantClock } from './clock.ts';
import { json, type Refusal, type Reply } from './reply.ts';
import type { Settings } from './settings.ts';

export interface Credentials {
  clientId: string;
  clientSecret: string;
  accessKeyId: string;
  accessKeySecret: string;
  tenantId: string;
}

/** Reserved characters on purpose: each must survive a form and the Basic scheme. */
export const defaultCredentials: Credentials = {
  clientId: 'sandbox-client@tenant',
  clientSecret: 'not a secret: 100% made/up+for=tests&ü',
  accessKeyId: 'SANDBOX2KEY4ID6====',
  accessKeySecret: 'bm90K2Ev+cmVhbA/c2VjcmV0==',
  tenantId: '11eb0f2a-0a5b-4c1d-8e0f-5a0d0c0b0a09',
};

interface Grant {
  /** On the clock's monotonic scale. */
  expires: number;
  scopes: ReadonlySet<string>;
}

export interface TokenService {
  /** The token endpoint (RFC 6749, sections 4.3 and 4.4). */
  issue(headers: IncomingHttpHeaders, body: string): Reply | Refusal;
  /** What is wrong with the request's bearer token for that scope, if anything (RFC 6750). */
  refuse(headers: IncomingHttpHeaders, scope: string): Refusal | undefined;
  /** From now on every token given so far is answered 401. */
  revoke(): void;
}

export function createTokenService(
  credentials: Credentials,
  settings: () => Settings,
  clock: TenantClock,
): TokenService {
  const grants = new Map<string, Grant>();
  const key = randomBytes(32);

  const issue = (headers: IncomingHttpHeaders, body: string): Reply | Refusal => {
    if (!/^application\/x-www-form-urlencoded\b/i.test(headers['content-type'] ?? '')) {
      return refused('invalid_request', 'The body must be application/x-www-form-urlencoded.');
    }
    const form = new URLSearchParams(body);
    const client = authenticateClient(headers.authorization, form, credentials);
    if (client !== undefined) return client;
    const owner = authorize(form, credentials);
    if (owner !== undefined) return owner;

    const { scopes: allowed, tokenLifetimeSeconds, expiresIn } = settings();
    const asked = form.get('scope')?.split(' ').filter(Boolean) ?? allowed;
    const scopes = asked.filter((scope) => allowed.includes(scope));
    if (scopes.length === 0) return refused('invalid_scope', 'None of these scopes may be given.');
    const access_token = newToken(scopes, tokenLifetimeSeconds);
    const answer = {
      access_token,
      token_type: 'Bearer',
      scope: scopes.join(' '),
      ...EXPIRES_IN[expiresIn](tokenLifetimeSeconds),
    };
    return json(200, JSON.stringify(answer), { 'cache-control': 'no-store' });
  };

  const newToken = (scopes: string[], lifetimeSeconds: number): string => {
    const now = clock.monotonic();
    for (const [token, { expires }] of grants) if (expires <= now) grants.delete(token);
    const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const exp = Math.floor(clock.now() / 1000 + lifetimeSeconds);
    const claims = {
      sub: credentials.clientId,
      tenantId: credentials.tenantId,
      scope: scopes.join(' '),
      exp,
    };
    const unsigned = `${part({ alg: 'HS256', typ: 'JWT' })}.${part({ ...claims, jti: randomBytes(9).toString('hex') })}`;
    const token = `${unsigned}.${createHmac('sha256', key).update(unsigned).digest('base64url')}`;
    grants.set(token, { expires: now + lifetimeSeconds * 1000, scopes: new Set(scopes) });
    return token;
  };

  const refuse = ({ authorization }: IncomingHttpHeaders, scope: string): Refusal | undefined => {
    const token = authorization?.slice(0, 7).toLowerCase() === 'bearer ' ? authorization.slice(7) : undefined;
    const grant = token === undefined ? undefined : grants.get(token);
    if (grant === undefined || grant.expires <= clock.monotonic()) {
      const error = token === undefined ? '' : ', error="invalid_token"';
      return {
        status: 401,
        code: token === undefined ? 'unauthorized' : 'invalid_token',
        message: token === undefined ? 'A bearer token is needed.' : 'The token is expired or not known.',
        headers: { 'www-authenticate': `Bearer realm="sandbox"${error}` },
      };
    }
    if (grant.scopes.has(scope)) return undefined;
    return {
      status: 403,
      code: 'insufficient_scope',
      message: `The token lacks the scope ${scope}.`,
      headers: { 'www-authenticate': `Bearer realm="sandbox", error="insufficient_scope", scope="${scope}"` },
    };
  };

  return { issue, refuse, revoke: () => grants.clear() };
}

const EXPIRES_IN: Record<Settings['expiresIn'], (seconds: number) => { expires_in?: number | string }> = {
  number: (seconds) => ({ expires_in: seconds }),
  string: (seconds) => ({ expires_in: String(seconds) }),
  missing: () => ({}),
  garbage: () => ({ expires_in: 'soon' }),
};

const refused = (code: string, message: string): Refusal => ({ status: 400, code, message });

/** RFC 6749, section 2.3.1: HTTP Basic with both parts form-encoded first, or in the body; never both. */
function authenticateClient(
  authorization: string | undefined,
  form: URLSearchParams,
  { clientId, clientSecret }: Credentials,
): Refusal | undefined {
  let id = form.get('client_id');
  let secret = form.get('client_secret');
  if (authorization !== undefined) {
    if (secret !== null) return refused('invalid_request', 'The client must authenticate in one way only.');
    const basic = /^Basic +([A-Za-z0-9+/]+=*)$/i.exec(authorization)?.[1];
    const pair = basic === undefined ? '' : Buffer.from(basic, 'base64').toString();
    const colon = pair.indexOf(':');
    id = formDecode(pair.slice(0, Math.max(colon, 0)));
    secret = formDecode(pair.slice(colon + 1));
  }
  if (id === clientId && secret === clientSecret) return undefined;
  return {
    status: 401,
    code: 'invalid_client',
    message: 'The client is not known or its secret is wrong.',
    headers: { 'www-authenticate': 'Basic realm="sandbox", charset="UTF-8"' },
  };
}

function formDecode(text: string): string | null {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return null;
  }
}

function authorize(form: URLSearchParams, credentials: Credentials): Refusal | undefined {
  switch (form.get('grant_type')) {
    case 'client_credentials':
      return undefined;
    case 'password':
      return form.get('username') === credentials.accessKeyId &&
        form.get('password') === credentials.accessKeySecret
        ? undefined
        : refused('invalid_grant', 'The access key is not known or its secret is wrong.');
    case null:
      return refused('invalid_request', 'grant_type is missing.');
    default:
      return refused('unsupported_grant_type', 'Use client_credentials or password.');
  }
}
