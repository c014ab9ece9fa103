import fp from 'fastify-plugin';
import { serializeList } from 'structured-headers';
import { Problem } from '../errors.ts';
import type { Events } from '../services/events.ts';
import type { Coordinator } from '../services/ports.ts';

export interface RateLimitOptions {
  /** Per caller, over all instances; null for no limit. */
  limit: { perSecond: number; burst: number } | null;
  coordinator: Pick<Coordinator, 'take'>;
  events: Events;
}

/**
 * A token bucket per caller for every route that has a scope, told with `RateLimit` and `RateLimit-Policy`
 * (draft-ietf-httpapi-ratelimit-headers-11). A batch counts as one request: its items wait for the tenant anyhow.
 */
export default fp<RateLimitOptions>(
  async (app, { limit, coordinator, events }) => {
    if (limit === null) return;
    const { perSecond, burst } = limit;
    const intervalMs = 1_000 / perSecond;
    const policy = serializeList([
      ['caller', new Map([['q', burst], ['w', Math.ceil(burst / perSecond)]])], // prettier-ignore
    ]);

    app.addHook('onRequest', async (request, reply) => {
      if (request.routeOptions.config.scope === undefined) return;
      const bucket = `caller:${request.caller.id}`;
      const taken = await coordinator.take(bucket, intervalMs, burst).catch((error: unknown) => {
        // The ledger's own answer says more; what needs no ledger goes on.
        request.log.warn({ err: error }, 'the rate limit could not be looked at');
        return undefined;
      });
      if (taken === undefined) return;
      const { allowed, remaining, waitMs, fullMs } = taken;
      reply.header('ratelimit-policy', policy);
      reply.header(
        'ratelimit',
        serializeList([['caller', new Map([['r', remaining], ['t', Math.ceil(fullMs / 1_000)]])]]), // prettier-ignore
      );
      if (allowed) return;
      events.emit('rate.limited', {});
      throw new Problem(
        'RATE_LIMITED',
        `This caller may send ${perSecond} requests a second, and ${burst} at once. Send it again after Retry-After.`,
        { retryAfterSeconds: waitMs / 1_000 },
      );
    });
  },
  { name: 'rate-limit', dependencies: ['auth', 'ledger'] },
);
