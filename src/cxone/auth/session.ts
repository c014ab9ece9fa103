import { Problem } from '../../errors.ts';
import type { Events } from '../../services/events.ts';
import type { Clock } from '../../services/ports.ts';
import type { Scrubber } from '../http/error-body.ts';
import { Failure, problemOf } from '../http/failure.ts';
import type { Answer, Request, Send } from '../http/transport.ts';
import type { CxoneOptions } from '../options.ts';
import type { RateLimiter } from '../resilience/rate-limiter.ts';
import { createResilience, type Resilience } from '../resilience/resilience.ts';
import type { Scope } from '../resilience/scope.ts';
import { configuredEndpoints, discoveredEndpoints, type Endpoints } from './discovery.ts';
import type { TrustedUrl } from './hosts.ts';
import { createTokenCache } from './token-cache.ts';
import { tokenRequest } from './token-request.ts';

/** A request to the tenant's API: a path below its base URL, or a trusted link that an answer named. */
export interface ApiRequest {
  endpoint: Request['endpoint'];
  method: 'GET' | 'PUT';
  target: string | URL;
  /** Besides those that every request has: names and values in turn. */
  headers?: readonly string[];
  body?: string;
  /** It goes on with work that was begun, so it goes first where requests wait for the rate. */
  urgent?: boolean;
  /** Called each time that it is sent. */
  onSend?: () => void;
}

/** An answer, and the origin and path that it came from. */
export type ApiAnswer = Answer & { origin: string; path: string };

export interface Session {
  /** How requests to the tenant are driven; `send` makes one attempt of one. */
  resilience: Resilience;
  /**
   * One request with the shared token. A 401 renews that token and is replayed once. Throws a `Failure` of that request,
   * or a `Problem` when there is no sense in trying again.
   */
  send(request: ApiRequest, scope: Scope): Promise<ApiAnswer>;
  /** For readiness: the dependency whose circuit is open, if any. */
  degraded(): string | undefined;
  /** Of the token that is in use; null without one. */
  tokenExpiresSeconds(): number | null;
  close(): void;
}

const credentialOf = (options: CxoneOptions): string =>
  options.grant === 'password'
    ? 'the access key (CXONE_ACCESS_KEY_ID, CXONE_ACCESS_KEY_SECRET) and the client (CXONE_CLIENT_ID, CXONE_CLIENT_SECRET)'
    : 'the client (CXONE_CLIENT_ID, CXONE_CLIENT_SECRET)';

const refused = (failure: Failure, options: CxoneOptions): Problem =>
  new Problem(
    'UPSTREAM_UNAUTHORIZED',
    `${failure.message} Check ${credentialOf(options)} and that it is granted the scope "${options.scope}" (CXONE_SCOPE).`,
    { cause: failure },
  );

const pathOf = (url: URL): string => `${url.pathname}${url.search}`;

/** Our session at CXone: the token that all requests share, where to get it, and where it leads. */
export const createSession = (
  options: CxoneOptions,
  deps: {
    clock: Clock;
    events: Events;
    scrub: Scrubber;
    send: Send;
    trusted: TrustedUrl;
    limiter: RateLimiter;
  },
): Session => {
  const { clock, events } = deps;
  const identity = createResilience(
    {
      ...options,
      what: 'The token endpoint of CXone',
      onCircuit: (state) => events.emit('cxone.circuit', { circuit: 'token', state }),
    },
    { clock, events },
  );
  const resilience = createResilience(
    { ...options, what: 'CXone', onCircuit: (state) => events.emit('cxone.circuit', { state }) },
    deps,
  );

  /** Token and discovery requests: retried and cut off like all others, outside the tenant's rate. */
  const ask = async (request: Request, scope: Scope): Promise<unknown> => {
    try {
      const answer = await identity.retrying(scope, () =>
        identity.attempt(scope, (withinMs) => deps.send(request, withinMs, scope.signal)),
      );
      return answer.json;
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      const { status, oauthError = 'unknown' } = error;
      const rejected = status === 400 || status === 401 || status === 403;
      if (!rejected || request.endpoint !== 'token') throw problemOf(error);
      events.emit('cxone.token_refused', { status, error: oauthError });
      throw refused(error, options);
    }
  };

  const getJson = (url: URL, scope: Scope): Promise<unknown> =>
    ask(
      {
        endpoint: 'discovery',
        method: 'GET',
        origin: url.origin,
        path: pathOf(url),
        headers: ['accept', 'application/json'],
      },
      scope,
    );

  const endpoints: Endpoints =
    options.discoveryUrl === undefined
      ? configuredEndpoints(options)
      : discoveredEndpoints(options.discoveryUrl, getJson, deps);

  const tokens = createTokenCache(
    async (scope) => ask(tokenRequest(await endpoints.token(scope), options), scope),
    { ...deps, deadlineMs: options.deadlineMs },
  );

  const headersOf = (token: readonly string[], own: readonly string[] | undefined, scope: Scope) => {
    if (own === undefined && scope.traceparent === undefined) return token;
    const trace = scope.traceparent === undefined ? [] : ['traceparent', scope.traceparent];
    return [...token, ...(own ?? []), ...trace];
  };

  const send = async (request: ApiRequest, scope: Scope, replayed: boolean): Promise<ApiAnswer> => {
    const current = tokens.get(scope);
    const token = current instanceof Promise ? await current : current;
    const { target, endpoint, method, body, onSend } = request;
    const known = endpoints.api(scope, token);
    const base = known instanceof Promise ? await known : known;
    const [origin, path] =
      typeof target === 'string' ? [base.origin, `${base.prefix}${target}`] : [target.origin, pathOf(target)];
    const headers = headersOf(token.headers, request.headers, scope);
    const whole: Request = { endpoint, method, origin, path, headers, ...(body !== undefined && { body }) };
    try {
      const { json, etag } = await resilience.attempt(
        scope,
        (withinMs) => {
          onSend?.();
          return deps.send(whole, withinMs, scope.signal);
        },
        request.urgent,
      );
      return { json, etag, origin, path };
    } catch (error) {
      if (!(error instanceof Failure) || (error.status !== 401 && error.status !== 403)) throw error;
      if (error.status === 403) throw refused(error, options);
      tokens.invalidate(token);
      if (replayed) {
        events.emit('cxone.token_refused', { status: 401, error: 'invalid_token' });
        throw refused(error, options);
      }
      events.emit('cxone.retry', { reason: 'unauthorized' });
      return send(request, scope, true);
    }
  };

  return {
    resilience,
    send: (request, scope) => send(request, scope, false),
    degraded() {
      if (resilience.circuit() !== 'closed') return `circuit ${resilience.circuit()}`;
      return identity.circuit() === 'closed'
        ? undefined
        : `circuit of the token endpoint ${identity.circuit()}`;
    },
    tokenExpiresSeconds: () => tokens.expiresSeconds(),
    close: () => tokens.close(),
  };
};
