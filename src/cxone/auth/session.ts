import { Problem } from '../../errors.ts';
import type { Events } from '../../services/events.ts';
import type { Clock } from '../../services/ports.ts';
import { configuredEndpoints, discoveredEndpoints, type Endpoints } from './discovery.ts';
import type { Scrubber } from '../http/error-body.ts';
import { Failure, problemOf } from '../http/failure.ts';
import type { TrustedUrl } from './hosts.ts';
import type { CxoneOptions } from '../options.ts';
import type { RateLimiter } from '../resilience/rate-limiter.ts';
import { createResilience, type Resilience } from '../resilience/resilience.ts';
import type { Scope } from '../resilience/scope.ts';
import { createTokenCache } from './token-cache.ts';
import { tokenRequest } from './token-request.ts';
import type { Answer, Request, Send } from '../http/transport.ts';

/** A request to the tenant's API: below its base URL, or to a trusted link that an answer named. */
export type ApiRequest = Omit<Request, 'origin' | 'path'> & {
  target: string | URL;
  /** Called each time that it is sent. */
  onSend?: () => void;
};

/** An answer, and the URL that it is the answer of, which its links are relative to. */
export type ApiAnswer = Answer & { url: URL };

export interface Session {
  /** How requests to the tenant are driven; `send` makes one attempt of one. */
  resilience: Resilience;
  /**
   * One request with the shared token. A 401 renews that token and is replayed once. Throws a `Failure` of that request,
   * or a `Problem` when there is no sense in trying again.
   */
  send(request: ApiRequest, scope: Scope): Promise<ApiAnswer>;
  /** For readiness: what is being left alone for a moment, if anything. */
  ill(): string | undefined;
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

const below = (base: URL, path: string): URL =>
  new URL(`${base.origin}${base.pathname.replace(/\/+$/u, '')}${path}`);

/** Who we are at CXone: the token that all requests share, where to get it, and where it leads. */
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
        identity.attempt(scope, (signal) => deps.send(request, signal)),
      );
      return answer.json;
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      const rejected = error.status === 400 || error.status === 401 || error.status === 403;
      throw rejected && request.endpoint === 'token' ? refused(error, options) : problemOf(error);
    }
  };

  const getJson = (url: URL, scope: Scope): Promise<unknown> =>
    ask({ endpoint: 'discovery', method: 'GET', origin: url.origin, path: pathOf(url) }, scope);

  const endpoints: Endpoints =
    options.discoveryUrl === undefined
      ? configuredEndpoints(options)
      : discoveredEndpoints(options.discoveryUrl, getJson, deps);

  const tokens = createTokenCache(
    async (scope) => ask(tokenRequest(await endpoints.token(scope), options), scope),
    { ...deps, deadlineMs: options.deadlineMs },
  );

  const sendWithToken = async (
    { target, onSend, ...request }: ApiRequest,
    scope: Scope,
  ): Promise<ApiAnswer> => {
    const token = await tokens.get(scope);
    const url = typeof target === 'string' ? below(await endpoints.api(scope, token), target) : target;
    const headers = { ...request.headers, authorization: `Bearer ${token.value}` };
    try {
      const answer = await resilience.attempt(
        scope,
        (signal) => {
          onSend?.();
          return deps.send({ ...request, headers, origin: url.origin, path: pathOf(url) }, signal);
        },
        // A write that has left is not cut short because its caller goes away: nobody would know what became of it.
        request.method === 'PUT' ? scope.committed : scope.signal,
      );
      return { ...answer, url };
    } catch (error) {
      if (error instanceof Failure && error.status === 401) tokens.invalidate(token);
      throw error;
    }
  };

  return {
    resilience,
    async send(request, scope) {
      try {
        try {
          return await sendWithToken(request, scope);
        } catch (error) {
          if (!(error instanceof Failure) || error.status !== 401) throw error;
          events.emit('cxone.retry', { reason: 'unauthorized' });
          return await sendWithToken(request, scope);
        }
      } catch (error) {
        const denied = error instanceof Failure && (error.status === 401 || error.status === 403);
        throw denied ? refused(error, options) : error;
      }
    },
    ill() {
      if (resilience.state() !== 'closed') return `circuit ${resilience.state()}`;
      return identity.state() === 'closed' ? undefined : `circuit of the token endpoint ${identity.state()}`;
    },
    tokenExpiresSeconds: () => tokens.expiresSeconds(),
    close: () => tokens.close(),
  };
};
