import { Problem } from '../../errors.ts';
import type { Events } from '../../services/events.ts';
import type { Clock, Coordinator } from '../../services/ports.ts';
import { createAdaptiveRate, type Ticket } from './adaptive-rate.ts';
import { createFairQueue } from './fair-queue.ts';
import { assertOpen, type Scope } from './scope.ts';

/** The one bucket towards the tenant, shared by all instances of the service. */
const BUCKET = 'cxone';
/** A tenth of a second's worth may go at once: well within what a tenant of that rate takes as a burst. */
const BURST_SECONDS = 0.1;
const LARGEST_BURST = 10;
/** Slots of so short a time are reserved together: where instances share the bucket, each time costs a round trip. */
const TOGETHER_SECONDS = 0.005;

interface Reservation {
  slots: number;
  waitMs: number | Promise<number>;
}

export interface RateLimiter {
  /**
   * A ticket when a request may be sent, at once where nothing has to be waited for; `ended` must follow. `urgent` is what
   * goes on with work that was begun: it goes first, so that no read is wasted on a write that has no time left.
   * @throws Problem `UPSTREAM_RATE_LIMITED`, at once when the turn cannot come before the deadline
   */
  acquire(scope: Scope, urgent: boolean): Ticket | Promise<Ticket>;
  ended(ticket: Ticket, how: 'accepted' | 'throttled' | 'lost'): void;
  /** Refuses all that wait, since nothing is sent now. */
  refuseWaiting(problem: Problem): void;
  /** Requests that wait for their turn. */
  queued(): number;
  /** Requests a second that may be sent now. */
  perSecond(): number;
  /** For readiness: undefined at full speed. */
  reducedTo(): number | undefined;
}

export const tooSlow = (waitMs: number): Problem =>
  new Problem(
    'UPSTREAM_RATE_LIMITED',
    'The requests that CXone allows are taken beyond the time of this manipulation. Send less, or try again after the time in Retry-After.',
    { retryAfterSeconds: Math.max(1, Math.ceil(waitMs / 1000)) },
  );

/**
 * Lets requests go to the tenant at the rate that it bears, fairly between callers. The queue is kept here and slots are
 * reserved for those in front of it, so that callers that give up take no slot with them.
 */
export function createRateLimiter(
  ratePerSecond: number,
  { clock, coordinator, events }: { clock: Clock; coordinator: Coordinator; events: Events },
): RateLimiter {
  const rate = createAdaptiveRate(ratePerSecond);
  const fullBurst = Math.max(1, Math.min(LARGEST_BURST, Math.round(ratePerSecond * BURST_SECONDS)));
  const queue = createFairQueue(clock);
  let serving = false;
  let reduced = false;

  const reserve = (waiting: number): Reservation => {
    const now = clock.monotonic();
    const burst = rate.isReduced(now) ? 1 : fullBurst;
    const perSecond = rate.perSecond(now);
    const slots = Math.max(1, Math.min(waiting, burst, Math.floor(perSecond * TOGETHER_SECONDS)));
    return { slots, waitMs: coordinator.reserve(BUCKET, slots, 1000 / perSecond, burst) };
  };

  /** Grants the reserved slots until the queue is empty. */
  const serve = async (first: Reservation): Promise<void> => {
    serving = true;
    let reservation: Reservation | undefined = first;
    while (queue.size > 0) {
      try {
        const { slots, waitMs }: Reservation = reservation ?? reserve(queue.size);
        reservation = undefined;
        const milliseconds = await waitMs;
        if (milliseconds > 0) await clock.sleep(milliseconds);
        // Those in front by now: the ones that the slots were reserved for may have given up.
        for (let slot = 0; slot < slots; slot += 1) queue.next()?.grant();
      } catch (error) {
        queue.next()?.refuse(error as Error);
      }
    }
    serving = false;
  };

  const sent = (since: number): Ticket => {
    const now = clock.monotonic();
    events.emit('cxone.rate_limit_wait', { seconds: (now - since) / 1000 });
    if (reduced && !rate.isReduced(now)) {
      reduced = false;
      events.emit('cxone.rate_restored', { perSecond: rate.perSecond(now) });
    }
    return rate.sent(now);
  };

  const waitForTurn = async (scope: Scope, urgent: boolean, first?: Reservation): Promise<Ticket> => {
    const since = clock.monotonic();
    const turn = queue.wait(scope, () => tooSlow((queue.size * 1000) / rate.perSecond(since)), urgent);
    if (!serving) void serve(first ?? reserve(queue.size));
    await turn;
    return sent(since);
  };

  return {
    acquire(scope, urgent) {
      assertOpen(clock, scope);
      const since = clock.monotonic();
      if (queue.size === 0 && !serving) {
        const first = reserve(1);
        return first.waitMs === 0 ? sent(since) : waitForTurn(scope, urgent, first);
      }
      // At the best rate until then; what has a chance may try.
      const atBest = urgent ? 0 : (queue.ahead(scope.caller) * 1000) / rate.perSecond(scope.deadline);
      if (since + atBest >= scope.deadline) throw tooSlow(atBest);
      return waitForTurn(scope, urgent);
    },
    ended(ticket, how) {
      const now = clock.monotonic();
      rate.ended(ticket, how, now);
      if (how !== 'throttled' || reduced || !rate.isReduced(now)) return;
      reduced = true;
      events.emit('cxone.rate_reduced', { perSecond: rate.perSecond(now) });
    },
    refuseWaiting(problem) {
      for (const waiter of queue.all()) waiter.refuse(problem);
    },
    queued: () => queue.size,
    perSecond: () => rate.perSecond(clock.monotonic()),
    reducedTo() {
      const now = clock.monotonic();
      return rate.isReduced(now) ? rate.perSecond(now) : undefined;
    },
  };
}
