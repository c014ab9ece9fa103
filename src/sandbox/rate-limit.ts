import type { TenantClock } from './clock.ts';
import type { Refusal } from './reply.ts';
import type { Settings } from './settings.ts';

export interface RateLimiter {
  /** Takes a token out of the bucket, or says when there will be one. */
  refuse(limit: NonNullable<Settings['rateLimit']>): Refusal | undefined;
  /** Full again, and at its own rate. */
  reset(): void;
}

/** A token bucket whose rate may fall while it is run against, and recovers when it is left alone. */
export function createRateLimiter(clock: TenantClock): RateLimiter {
  let tokens = Infinity;
  let refilled = clock.monotonic();
  let share = 1;
  let shareChanged = 0;

  return {
    refuse({ perSecond, burst, retryAfter, adaptive }) {
      const now = clock.monotonic();
      if (share < 1 && now - shareChanged >= 1000) {
        share = Math.min(1, share * 2 ** Math.floor((now - shareChanged) / 1000));
        shareChanged = now;
      }
      const rate = adaptive === true ? perSecond * share : perSecond;
      tokens = Math.min(burst, tokens + ((now - refilled) / 1000) * rate);
      refilled = now;
      if (tokens >= 1) {
        tokens -= 1;
        return undefined;
      }
      share = Math.max(1 / 8, share / 2);
      shareChanged = now;
      return tooMany((1 - tokens) / rate, retryAfter ?? 'seconds', clock.now());
    },
    reset() {
      tokens = Infinity;
      share = 1;
    },
  };
}

function tooMany(waitSeconds: number, form: 'seconds' | 'date' | 'none', now: number): Refusal {
  const refusal = { status: 429, code: 'too_many_requests', message: 'The rate limit is reached.' };
  if (form === 'none') return refusal;
  // Whole seconds either way, and never before there is a token.
  const value =
    form === 'seconds'
      ? String(Math.max(1, Math.ceil(waitSeconds)))
      : new Date(Math.ceil(now / 1000 + waitSeconds) * 1000).toUTCString();
  return { ...refusal, headers: { 'retry-after': value } };
}
