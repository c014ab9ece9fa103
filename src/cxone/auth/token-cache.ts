import { Problem } from '../../errors.ts';
import type { Events } from '../../services/events.ts';
import type { Clock } from '../../services/ports.ts';
import type { Scrubber } from '../http/error-body.ts';
import { isObject } from '../http/json.ts';
import type { Scope } from '../resilience/scope.ts';
import { createSingleFlight } from '../resilience/single-flight.ts';

/** One token; compared by identity, so that a late 401 of an old one does not drop the new one. */
export interface Token {
  readonly value: string;
  /** Of the requests with this token: made once, as they are in each of them. */
  readonly headers: readonly string[];
  /** OpenID Connect's `id_token`, which names CXone's tenant when the access token does not. */
  readonly idToken: string | undefined;
  /** Used until then, on `Clock.monotonic`'s scale. */
  readonly expiresAt: number;
}

export interface TokenCache {
  /** At once while there is a good one. Throws a `Problem`. */
  get(scope: Scope): Token | Promise<Token>;
  /** A request with that token was answered 401. */
  invalidate(token: Token): void;
  /** Until the token in use ends; null without one. */
  expiresSeconds(): number | null;
  close(): void;
}

/** RFC 6749 leaves `expires_in` optional; a token of unknown life is used for this long, and a 401 corrects it. */
const UNKNOWN_LIFETIME_S = 300;
const LONGEST_LIFETIME_S = 24 * 3600;
/** A token is not used in its last moments: the clock of a request starts before it arrives. */
const LONGEST_MARGIN_MS = 30_000;
/** Renewed ahead of its end, somewhere in this part of its life, so that instances do not all renew at once. */
const REFRESH_FROM = 0.75;
const REFRESH_WITHIN = 0.15;
const REFRESH_RETRY_MS = 5000;
const SECRET_FIELDS = ['access_token', 'id_token', 'refresh_token'] as const;

const lifetimeSeconds = (expiresIn: unknown): number => {
  const seconds = typeof expiresIn === 'string' && expiresIn.trim() !== '' ? Number(expiresIn) : expiresIn;
  if (typeof seconds !== 'number' || Number.isNaN(seconds)) return UNKNOWN_LIFETIME_S;
  return Math.min(LONGEST_LIFETIME_S, Math.max(0, seconds));
};

/** A token response (RFC 6749, section 5.1), received now. Throws `UPSTREAM_INVALID_RESPONSE`. */
export const parseToken = (json: unknown, now: number): Token => {
  const value = isObject(json) ? json['access_token'] : undefined;
  // The characters of RFC 6750's b64token and some more, but nothing that would break a header.
  if (!isObject(json) || typeof value !== 'string' || !/^[\x21-\x7e]{1,8192}$/u.test(value))
    throw new Problem(
      'UPSTREAM_INVALID_RESPONSE',
      'CXone answered the token request without a usable access_token. Check CXONE_TOKEN_URL or CXONE_DISCOVERY_URL.',
    );
  const lifetimeMs = lifetimeSeconds(json['expires_in']) * 1000;
  return {
    value,
    headers: ['accept', 'application/json', 'authorization', `Bearer ${value}`],
    idToken: typeof json['id_token'] === 'string' ? json['id_token'] : undefined,
    expiresAt: now + lifetimeMs - Math.min(LONGEST_MARGIN_MS, lifetimeMs / 10),
  };
};

/**
 * The one token that all requests share. It is fetched once however many wait for it, and renewed in the background before
 * it expires; `request` makes the token request and throws a `Problem`.
 */
export const createTokenCache = (
  request: (scope: Scope) => Promise<unknown>,
  { clock, events, scrub, deadlineMs }: { clock: Clock; events: Events; scrub: Scrubber; deadlineMs: number },
): TokenCache => {
  const flight = createSingleFlight<Token>(clock);
  const closed = new AbortController();
  let current: Token | undefined;
  let refreshAt = Infinity;

  const refresh = (scope: Scope): Promise<Token> =>
    flight('token', scope, async (shared) => {
      try {
        const asked = clock.monotonic();
        const answer = await request(shared);
        for (const field of SECRET_FIELDS) {
          const secret = isObject(answer) ? answer[field] : undefined;
          if (typeof secret === 'string') scrub.remember(secret);
        }
        const token = parseToken(answer, asked);
        const share = REFRESH_FROM + REFRESH_WITHIN * clock.random();
        refreshAt = asked + (token.expiresAt - asked) * share;
        current = token;
        events.emit('cxone.token_refresh', { outcome: 'ok' });
        return token;
      } catch (error) {
        events.emit('cxone.token_refresh', { outcome: 'failed', detail: (error as Error).message });
        throw error;
      }
    });

  const refreshAhead = (): void => {
    // Until this one has succeeded, no other starts too soon.
    refreshAt = clock.monotonic() + REFRESH_RETRY_MS;
    const deadline = clock.monotonic() + deadlineMs;
    refresh({ deadline, signal: closed.signal, caller: '', traceparent: undefined }).catch(() => undefined);
  };

  return {
    get(scope) {
      const now = clock.monotonic();
      if (!current || now >= current.expiresAt) return refresh(scope);
      if (now >= refreshAt) refreshAhead();
      return current;
    },
    invalidate(token) {
      if (current === token) current = undefined;
    },
    expiresSeconds: () => (current ? Math.max(0, (current.expiresAt - clock.monotonic()) / 1000) : null),
    close: () => closed.abort(),
  };
};
