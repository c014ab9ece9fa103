import { bulkhead, BulkheadRejectedError, handleWhen, retry, timeout, TimeoutStrategy } from 'cockatiel';
import { Problem } from '../../errors.ts';
import type { Events } from '../../services/events.ts';
import type { Clock } from '../../services/ports.ts';
import { type CircuitStateName, createCircuit } from './circuit.ts';
import { Failure, isTransient, outcomeOf } from '../http/failure.ts';
import { LIMITS } from '../options.ts';
import type { RateLimiter } from './rate-limiter.ts';
import { createRetryBudget } from './retry-budget.ts';
import { abortable, isOutOfTime, type Scope } from './scope.ts';

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 2000;

export interface ResilienceOptions {
  /** As it is called in a `detail`. */
  what: string;
  maxConcurrent: number;
  maxAttempts: number;
  attemptTimeoutMs: number;
  onCircuit?: (state: CircuitStateName) => void;
}

/** Full jitter (Brooker, "Exponential Backoff And Jitter"): anything from nothing to an exponentially growing bound. */
export const fullJitter = (clock: Pick<Clock, 'random'>, retries: number): number =>
  clock.random() * Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (retries - 1));

/**
 * How requests to one party are driven. From the outside in:
 *
 *     operation   bulkhead        so many operations at a time, some more wait, the rest are OVERLOADED
 *     retrying    retry           full jitter, Retry-After, retry budget, never beyond the deadline
 *     attempt     circuit         CIRCUIT_OPEN at once; one probe when half open
 *                 rate limiter    the tenant's own pace, fair
 *                 attempt timeout
 *
 * An operation may make several requests, and holds one place of the bulkhead for all of them. The circuit is inside the
 * retry, so that it counts requests and stops the retries of everybody as soon as it opens; the rate limiter is inside
 * the circuit, so that an open one answers without waiting; the timeout is innermost and measures the tenant alone.
 */
export const createResilience = (
  options: ResilienceOptions,
  { clock, events, limiter }: { clock: Clock; events: Events; limiter?: RateLimiter },
) => {
  const places = bulkhead(options.maxConcurrent, options.maxConcurrent * LIMITS.queuedPerSlot);
  const circuit = createCircuit(options.what, {
    clock,
    onChange(state, problem) {
      options.onCircuit?.(state);
      // Who waits to send is not let through any more, and told so without waiting longer.
      if (state === 'open') limiter?.refuseWaiting(problem);
    },
  });
  const attemptTimeout = timeout(options.attemptTimeoutMs, {
    strategy: TimeoutStrategy.Cooperative,
    abortOnReturn: false,
  });
  const retryBudget = createRetryBudget(clock);

  const overloaded = (): Problem =>
    new Problem('OVERLOADED', `Too many operations wait for ${options.what}. Send less at a time.`);

  const operation = async <T>(scope: Scope, work: () => Promise<T>): Promise<T> => {
    const { promise: begun, resolve: begin } = Promise.withResolvers<undefined>();
    const result = places.execute(() => {
      begin(undefined);
      return work();
    }, scope.signal);
    try {
      // cockatiel notices an abort only when it is an operation's turn; the caller is told at once.
      await abortable(Promise.race([begun, result]), scope.signal);
    } catch (error) {
      result.catch(() => undefined);
      const queuedTooLong = scope.committed.aborted && error === scope.committed.reason;
      throw error instanceof BulkheadRejectedError || queuedTooLong ? overloaded() : error;
    }
    return result;
  };

  /** How long to wait before the next try, and whether there is one at all. */
  const pauseBefore = (failure: Failure, retries: number, scope: Scope): number | undefined => {
    const left = scope.deadline - clock.monotonic();
    const named = failure.retryAfterMs ?? 0;
    if (scope.signal.aborted || named >= left) return undefined;
    // What a 429 adds to the load is bounded by the rate limiter, and not a sign of illness.
    if (failure.status !== 429 && !retryBudget.withdraw()) return undefined;
    return Math.min(named + fullJitter(clock, retries), Math.max(named, left - 1));
  };

  /** Everything that is no transient `Failure` is final. */
  const retrying = async <T>(scope: Scope, work: () => Promise<T>): Promise<T> => {
    retryBudget.deposit();
    let retries = 0;
    let pause = 0;
    const planned = (error: unknown): boolean => {
      if (!(error instanceof Failure) || !isTransient(error) || retries + 1 >= options.maxAttempts)
        return false;
      const next = pauseBefore(error, retries + 1, scope);
      if (next === undefined) return false;
      events.emit('cxone.retry', { reason: outcomeOf(error) });
      retries += 1;
      pause = next;
      return true;
    };
    return retry(handleWhen(planned), { maxAttempts: options.maxAttempts - 1 }).execute(async () => {
      // cockatiel's own pause can be neither aborted nor simulated.
      if (retries > 0) await clock.sleep(pause, scope.signal);
      return work();
    });
  };

  /** `inFlight` cuts the request short once it has been sent; until then the scope's signal keeps it from being sent. */
  const attempt = async <T>(
    scope: Scope,
    send: (signal: AbortSignal) => Promise<T>,
    inFlight = scope.signal,
  ): Promise<T> => {
    return circuit.execute(async (assertStillPassable) => {
      const ticket = await limiter?.acquire(scope);
      let how: 'accepted' | 'throttled' | 'lost' = 'lost';
      try {
        assertStillPassable();
        scope.signal.throwIfAborted();
        const answer = await attemptTimeout.execute(({ signal }) => send(signal), inFlight);
        how = 'accepted';
        return answer;
      } catch (error) {
        if (!(error instanceof Failure)) throw error;
        if (error.kind === 'status') how = error.status === 429 ? 'throttled' : 'accepted';
        const left = error.kind === 'timeout' && inFlight.aborted && !isOutOfTime(inFlight.reason);
        throw left ? new Failure('abandoned', 'The caller went away.', { begun: error.begun }) : error;
      } finally {
        if (ticket) limiter?.ended(ticket, how);
      }
    });
  };

  /** Operations that wait for a slot. */
  const queued = (): number => options.maxConcurrent * LIMITS.queuedPerSlot - places.queueSlots;

  return { operation, retrying, attempt, state: circuit.state, queued };
};

export type Resilience = ReturnType<typeof createResilience>;
