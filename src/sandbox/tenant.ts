import type { Store } from './actions.ts';
import { list, read, write } from './data-actions.ts';
import type { Credentials, TokenService } from './oauth.ts';
import type { RateLimiter } from './rate-limit.ts';
import type { RequestRecord, WebhookRecord } from './record.ts';
import { isRefusal, json, type Refusal, type Reply, shape } from './reply.ts';
import type { Endpoint, Settings } from './settings.ts';

/** Where a request goes. */
export interface Target {
  endpoint: Endpoint | 'unknown';
  /** The action's, for `read` and `write`. */
  id: string;
}

const ACTIONS = '/api/v2/dataactions';
const FIXED: Record<string, Endpoint | undefined> = {
  'POST /api/v2/oauth2/token': 'token',
  'GET /.well-known/openid-configuration': 'discovery',
  'GET /.well-known/cxone-configuration': 'discovery',
  [`GET ${ACTIONS}`]: 'list',
  'POST /webhook': 'webhook',
};
const BY_ID: Record<string, Endpoint | undefined> = { GET: 'read', PUT: 'write' };

export function target(method: string, path: string): Target {
  const fixed = FIXED[`${method} ${path}`];
  if (fixed !== undefined) return { endpoint: fixed, id: '' };
  const rest = path.startsWith(`${ACTIONS}/`) ? path.slice(ACTIONS.length + 1) : '';
  const endpoint = rest === '' || rest.includes('/') ? undefined : BY_ID[method];
  return endpoint === undefined ? { endpoint: 'unknown', id: '' } : { endpoint, id: decode(rest) };
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

export interface Tenant {
  store: Store;
  tokens: TokenService;
  limiter: RateLimiter;
  credentials: Credentials;
  settings(): Settings;
}

/** The tenant's answer to one request, were it not for the faults. */
export function answer(
  tenant: Tenant,
  { endpoint, id }: Target,
  request: RequestRecord,
  url: URL,
  webhook: WebhookRecord | undefined,
): Reply {
  const settings = tenant.settings();
  const result = isDataAction(endpoint)
    ? (gate(tenant, settings, endpoint, request) ?? dataAction(tenant, settings, endpoint, id, request, url))
    : other(tenant, settings, endpoint, request, url, webhook);
  if (!isRefusal(result)) return result;
  const native = endpoint === 'token' ? 'error_description' : 'message';
  return shape(result, settings.errorShape === 'native' ? native : settings.errorShape);
}

type DataActionEndpoint = 'list' | 'read' | 'write';
const isDataAction = (endpoint: Target['endpoint']): endpoint is DataActionEndpoint =>
  endpoint === 'list' || endpoint === 'read' || endpoint === 'write';

/** The rate limit comes before the token, as at a gateway in front of the platform. */
function gate(
  { limiter, tokens }: Tenant,
  { rateLimit }: Settings,
  endpoint: DataActionEndpoint,
  { headers }: RequestRecord,
): Refusal | undefined {
  const limited = rateLimit === null ? undefined : limiter.refuse(rateLimit);
  return limited ?? tokens.refuse(headers, endpoint === 'write' ? 'dataactions:write' : 'dataactions:read');
}

function dataAction(
  { store }: Tenant,
  settings: Settings,
  endpoint: DataActionEndpoint,
  id: string,
  { headers, body }: RequestRecord,
  url: URL,
): Reply | Refusal {
  if (endpoint === 'list') return list(store, settings, url);
  if (endpoint === 'read') return read(store, settings, id);
  return write(store, settings, id, headers, body);
}

function other(
  { tokens, credentials }: Tenant,
  settings: Settings,
  endpoint: Exclude<Target['endpoint'], DataActionEndpoint>,
  { headers, body, path }: RequestRecord,
  url: URL,
  webhook: WebhookRecord | undefined,
): Reply | Refusal {
  switch (endpoint) {
    case 'token':
      return tokens.issue(headers, body);
    case 'discovery':
      return path.endsWith('/openid-configuration')
        ? json(200, JSON.stringify(openidConfiguration(url.origin, settings)))
        : cxoneConfiguration(url, settings, credentials.tenantId);
    case 'webhook':
      // An unsigned delivery is taken, as by a receiver that checks nothing; a wrong signature never is.
      return webhook?.valid === false && webhook.signature !== null
        ? { status: 401, code: 'invalid_signature', message: 'No signature fits this body and time.' }
        : { status: 204, headers: {}, body: '' };
    case 'unknown':
      return { status: 404, code: 'not_found', message: 'There is nothing at this address.' };
  }
}

/** OpenID Connect Discovery 1.0, the part of it that a client for tokens reads. */
const openidConfiguration = (origin: string, { tokenEndpoint }: Settings) => ({
  issuer: origin,
  token_endpoint: tokenEndpoint ?? `${origin}/api/v2/oauth2/token`,
  token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post'],
  grant_types_supported: ['client_credentials', 'password'],
  scopes_supported: ['dataactions:read', 'dataactions:write'],
});

function cxoneConfiguration(url: URL, { apiEndpoint }: Settings, tenantId: string): Reply | Refusal {
  const asked = url.searchParams.get('tenantId');
  if (asked === null) return { status: 400, code: 'bad.request', message: 'is missing', field: 'tenantId' };
  if (asked !== tenantId) return { status: 404, code: 'not_found', message: 'There is no such tenant.' };
  const configuration = { area: 'sandbox', tenantId, api_endpoint: apiEndpoint ?? url.origin };
  return json(200, JSON.stringify({ ...configuration, auth_endpoint: url.origin }));
}
