import { Problem } from '../../errors.ts';
import type { Clock } from '../../services/ports.ts';
import { createExpiringCache } from '../../shared/expiring-cache.ts';
import type { TrustedUrl } from './hosts.ts';
import { isObject, type JsonObject } from '../http/json.ts';
import { LIMITS } from '../options.ts';
import type { Scope } from '../resilience/scope.ts';
import { createSingleFlight } from '../resilience/single-flight.ts';
import type { Token } from './token-cache.ts';

const OPENID_CONFIGURATION = '/.well-known/openid-configuration';
const CXONE_CONFIGURATION = '/.well-known/cxone-configuration';

/** Where to send requests, at once when that is known. Throws a `Problem`. */
export interface Endpoints {
  token(scope: Scope): URL | Promise<URL>;
  api(scope: Scope, token: Token): Base | Promise<Base>;
}

/** Where the API is: `prefix` goes before each path. */
export interface Base {
  readonly origin: string;
  readonly prefix: string;
}

const baseOf = (url: URL): Base => ({ origin: url.origin, prefix: url.pathname.replace(/\/+$/u, '') });

/** Without discovery: as configured. */
export const configuredEndpoints = (options: { baseUrl: string; tokenUrl: string }): Endpoints => {
  const token = new URL(options.tokenUrl);
  const api = baseOf(new URL(options.baseUrl));
  return { token: () => token, api: () => api };
};

/** The claims of a JWT, read without verifying: the tenant's id only says where to ask next. */
const claimsOf = (jwt: string | undefined): JsonObject => {
  try {
    const claims: unknown = JSON.parse(Buffer.from(jwt?.split('.')[1] ?? '', 'base64url').toString('utf8'));
    return isObject(claims) ? claims : {};
  } catch {
    return {};
  }
};

const tenantIdIn = (source: JsonObject): string | undefined =>
  [source['tenantId'], source['tenant_id']].find((id): id is string => typeof id === 'string' && id !== '');

const invalid = (detail: string): Problem => new Problem('UPSTREAM_INVALID_RESPONSE', detail);

/**
 * CXone's way from an issuer to a tenant's API: OpenID Connect discovery names the `token_endpoint`, and the tenant that
 * the token belongs to is looked up for its `api_endpoint`. Both answers are kept for an hour.
 */
export const discoveredEndpoints = (
  discoveryUrl: string,
  getJson: (url: URL, scope: Scope) => Promise<unknown>,
  { clock, trusted }: { clock: Clock; trusted: TrustedUrl },
): Endpoints => {
  const wellKnown = new URL(
    discoveryUrl.includes('/.well-known/')
      ? discoveryUrl
      : `${discoveryUrl.replace(/\/+$/u, '')}${OPENID_CONFIGURATION}`,
  );
  const issuer = wellKnown.href.slice(0, wellKnown.href.indexOf('/.well-known/'));
  const known = createExpiringCache<JsonObject>(clock, { entries: 10, ttlMs: LIMITS.discoveryTtlMs });
  const flight = createSingleFlight<JsonObject>(clock);

  const discover = async (url: URL, scope: Scope): Promise<JsonObject> =>
    known.get(url.href) ??
    flight(url.href, scope, async (shared) => {
      const answer = await getJson(url, shared);
      if (!isObject(answer))
        throw invalid('The discovery answer is not a JSON object. Check CXONE_DISCOVERY_URL.');
      known.set(url.href, answer);
      return answer;
    });

  return {
    async token(scope) {
      const { token_endpoint } = await discover(wellKnown, scope);
      return trusted(token_endpoint, wellKnown.href, 'token_endpoint');
    },
    async api(scope, token) {
      const tenantId =
        tenantIdIn(claimsOf(token.value)) ??
        tenantIdIn(claimsOf(token.idToken)) ??
        tenantIdIn(await discover(wellKnown, scope));
      if (tenantId === undefined)
        throw invalid(
          'Neither the token nor the discovery answer names a tenantId, so the api_endpoint cannot be found. Set CXONE_BASE_URL instead of CXONE_DISCOVERY_URL.',
        );
      const url = new URL(`${issuer}${CXONE_CONFIGURATION}?tenantId=${encodeURIComponent(tenantId)}`);
      const { api_endpoint } = await discover(url, scope);
      return baseOf(trusted(api_endpoint, wellKnown.href, 'api_endpoint'));
    },
  };
};
