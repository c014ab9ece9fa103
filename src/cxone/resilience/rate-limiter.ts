import { Problem } from '../../errors.ts';
import type { Events } from '../../services/events.ts';
import type { Clock, Coordinator } from '../../services/ports.ts';
import { createAdaptiveRate, type Ticket } from './adaptive-rate.ts';
import { isOutOfTime, type Scope } from './scope.ts';

/** The one bucket towards the tenant, shared by all instances of the service. */
const BUCKET = 'cxone';
/** A tenth of a second's worth may go at once: well within what a tenant of that rate takes as a burst. */
const BURST_SECONDS = 0.1;
const LARGEST_BURST = 10;
/** Slots of so short a time are reserved together: where instances share the bucket, each time costs a round trip. */
const TOGETHER_SECONDS = 0.005;

interface Waiter {
  since: number;
  start(): void;
  fail(error: Error): void;
}

const tooSlow = (waitMs: number): Problem =>
  new Problem(
    'UPSTREAM_RATE_LIMITED',
    'The requests that CXone allows are taken by others beyond the time of this manipulation. Send less, or try again after the time in Retry-After.',
    { retryAfterSeconds: Math.max(1, Math.ceil(waitMs / 1000)) },
  );

/**
 * Lets requests go to the tenant one after the other, first come, first served, at the rate that it bears. The queue is
 * kept here and slots are reserved for those in front of it, so that callers who leave take no slot with them.
 */
export const createRateLimiter = (
  ratePerSecond: number,
  { clock, coordinator, events }: { clock: Clock; coordinator: Coordinator; events: Events },
) => {
  const rate = createAdaptiveRate(ratePerSecond);
  const fullBurst = Math.max(1, Math.min(LARGEST_BURST, Math.round(ratePerSecond * BURST_SECONDS)));
  const queue = new Set<Waiter>();
  let serving = false;

  const serve = async (): Promise<void> => {
    serving = true;
    for (let [next] = queue; next; [next] = queue) {
      try {
        const now = clock.monotonic();
        const burst = rate.isReduced(now) ? 1 : fullBurst;
        const perSecond = rate.perSecond(now);
        const slots = Math.max(1, Math.min(queue.size, burst, Math.floor(perSecond * TOGETHER_SECONDS)));
        const wait = await coordinator.reserve(BUCKET, slots, 1000 / perSecond, burst);
        if (wait > 0) await clock.sleep(wait);
        // Whoever stands first by now: those that the slots were reserved for may have left.
        for (const waiter of queue.values().take(slots)) waiter.start();
      } catch (error) {
        next.fail(error as Error);
      }
    }
    serving = false;
  };

  const wait = (scope: Scope): Promise<void> =>
    new Promise((resolve, reject) => {
      const leave = (): void => {
        queue.delete(waiter);
        scope.signal.removeEventListener('abort', onAbort);
      };
      const onAbort = (): void => {
        const reason = scope.signal.reason as Error;
        waiter.fail(isOutOfTime(reason) ? tooSlow(0) : reason);
      };
      const waiter: Waiter = {
        since: clock.monotonic(),
        start() {
          leave();
          resolve();
        },
        fail(error) {
          leave();
          reject(error);
        },
      };
      scope.signal.addEventListener('abort', onAbort, { once: true });
      queue.add(waiter);
      if (!serving) void serve();
    });

  return {
    /** Resolves when a request may be sent; `ended` must follow. Throws `UPSTREAM_RATE_LIMITED` at once when that is beyond the deadline. */
    async acquire(scope: Scope): Promise<Ticket> {
      scope.signal.throwIfAborted();
      const since = clock.monotonic();
      // At the best rate until then; who has a chance may try.
      const atBest = (queue.size * 1000) / rate.perSecond(scope.deadline);
      if (since + atBest >= scope.deadline) throw tooSlow(atBest);
      await wait(scope);
      const now = clock.monotonic();
      events.emit('cxone.rate_limit_wait', { seconds: (now - since) / 1000 });
      return rate.sent(now);
    },
    ended: (ticket: Ticket, how: 'accepted' | 'throttled' | 'lost'): void =>
      rate.ended(ticket, how, clock.monotonic()),
    /** Lets nobody wait any longer for what would not be sent. */
    refuseWaiting(problem: Problem): void {
      for (const waiter of [...queue]) waiter.fail(problem);
    },
    /** Requests a second that may be sent now. */
    perSecond: (): number => rate.perSecond(clock.monotonic()),
    /** For readiness: undefined at full speed. */
    reducedTo(): number | undefined {
      const now = clock.monotonic();
      return rate.isReduced(now) ? rate.perSecond(now) : undefined;
    },
  };
};

export type RateLimiter = ReturnType<typeof createRateLimiter>;
