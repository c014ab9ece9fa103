import { Problem } from '../../errors.ts';
import type { Clock } from '../../services/ports.ts';
import { LIMITS } from '../options.ts';
import { createFairQueue } from './fair-queue.ts';
import { tooSlow } from './rate-limiter.ts';
import { assertOpen, type Scope } from './scope.ts';

/** How much the latest operation counts in the mean of their durations. */
const WEIGHT = 0.1;
/** After so long without an empty queue it is an overload and not a burst. */
const BURST_MS = 5000;
/** In an overload, what would wait longer than this share of the deadline is refused, so that the end of it is felt soon. */
const OVERLOAD_SHARE = 0.2;

export interface Bulkhead {
  /**
   * Takes a slot; undefined when there is one at once. `leave` must follow.
   * @throws Problem `OVERLOADED` or `UPSTREAM_RATE_LIMITED`, at once when the turn cannot come before the deadline
   */
  enter(scope: Scope): Promise<void> | undefined;
  /** Gives the slot back after so many milliseconds. */
  leave(tookMs: number): void;
  queued(): number;
  /** How long so many operations in a row take by the latest ones; 0 until one has ended. */
  inARowMs(operations: number): number;
  overloaded(waitMs: number): Problem;
}

/**
 * So many operations at a time; more wait, fairly between callers, as far as their turn can come before their deadline.
 * When there is no room, the caller with most waiting loses its latest.
 */
export function createBulkhead(
  { what, slots, deadlineMs }: { what: string; slots: number; deadlineMs: number },
  { clock, isRateBound }: { clock: Pick<Clock, 'monotonic' | 'after'>; isRateBound: () => boolean },
): Bulkhead {
  const queue = createFairQueue(clock);
  const most = slots * LIMITS.queuedPerSlot;
  let running = 0;
  let meanMs = 0;
  /** Since when the queue has never been empty. */
  let queuedSince = Infinity;

  const overloaded = (waitMs: number): Problem =>
    isRateBound()
      ? tooSlow(waitMs)
      : new Problem(
          'OVERLOADED',
          `Too many operations wait for ${what}. Send less at a time, or try again after the time in Retry-After.`,
          { retryAfterSeconds: Math.max(1, Math.ceil(waitMs / 1000)) },
        );

  /** From now to the end of an operation that so many others go before. */
  const endsInMs = (ahead: number): number => ((ahead + 1) / slots + 1) * meanMs;

  const makeRoom = (scope: Scope, longestMs: number): void => {
    const wholeMs = endsInMs(queue.size);
    if (queue.size < most && (meanMs === 0 || wholeMs <= longestMs)) return;
    const last = queue.lastOfLongest(scope.caller);
    if (!last) throw overloaded(wholeMs);
    last.refuse(overloaded(wholeMs));
  };

  return {
    enter(scope) {
      assertOpen(clock, scope);
      if (running < slots) {
        running += 1;
        return undefined;
      }
      const now = clock.monotonic();
      if (queue.size === 0) queuedSince = now;
      const longestMs = now - queuedSince > BURST_MS ? deadlineMs * OVERLOAD_SHARE : deadlineMs;
      const expectedMs = endsInMs(queue.ahead(scope.caller));
      if (meanMs > 0 && expectedMs > Math.min(longestMs, scope.deadline - now)) throw overloaded(expectedMs);
      makeRoom(scope, longestMs);
      return queue.wait(scope, () => overloaded(endsInMs(queue.size)));
    },
    leave(tookMs) {
      meanMs = meanMs === 0 ? tookMs : meanMs + WEIGHT * (tookMs - meanMs);
      const next = queue.next();
      if (next) next.grant();
      else running -= 1;
    },
    queued: () => queue.size,
    inARowMs: (operations) => operations * meanMs,
    overloaded,
  };
}
