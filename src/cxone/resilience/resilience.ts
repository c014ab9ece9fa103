import type { Events } from '../../services/events.ts';
import type { Clock } from '../../services/ports.ts';
import { Failure, isTransient, meansFailing, outcomeOf } from '../http/failure.ts';
import type { Ticket } from './adaptive-rate.ts';
import { type Bulkhead, createBulkhead } from './bulkhead.ts';
import { type CircuitState, createCircuit, type Shown } from './circuit.ts';
import type { RateLimiter } from './rate-limiter.ts';
import { createRetryBudget } from './retry-budget.ts';
import { aborted, outOfTime, pause, type Scope } from './scope.ts';

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 2000;

export interface ResilienceOptions {
  /** As it is called in a `detail`. */
  what: string;
  deadlineMs: number;
  maxConcurrent: number;
  maxAttempts: number;
  attemptTimeoutMs: number;
  onCircuit?: (state: CircuitState) => void;
}

export interface Resilience {
  bulkhead: Pick<Bulkhead, 'queued' | 'inARowMs' | 'overloaded'>;
  circuit(): CircuitState;
  /** Whether requests wait for the tenant's rate. */
  isRateBound(): boolean;
  /** One operation, which may make several requests, in one slot of the bulkhead. */
  operation<T>(scope: Scope, work: () => Promise<T>): Promise<T>;
  /** Repeats `work` while it ends in a transient `Failure`, attempts and retry budget are left and the deadline allows it. */
  retrying<T>(scope: Scope, work: () => Promise<T>): Promise<T>;
  /** One request, which `send` makes within so many milliseconds. `urgent` goes on with work that was begun. */
  attempt<T>(scope: Scope, send: (withinMs: number) => Promise<T>, urgent?: boolean): Promise<T>;
}

/** Full jitter (Brooker, "Exponential Backoff And Jitter"): anything from nothing to an exponentially growing bound. */
export const fullJitter = (clock: Pick<Clock, 'random'>, retries: number): number =>
  clock.random() * Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (retries - 1));

/**
 * How requests to one party are driven. From the outside in:
 *
 *     operation   bulkhead        so many operations at a time, more wait as far as their deadline allows, fairly
 *     retrying    retry           full jitter, Retry-After, retry budget, never beyond the deadline
 *     attempt     circuit         CIRCUIT_OPEN at once; one probe when half open
 *                 rate limiter    the tenant's own pace, fairly
 *                 timeout         the attempt's time, or what is left until the deadline
 *
 * An operation holds one slot for all of its requests. The circuit is inside the retry, so that it counts requests and stops
 * all retries as soon as it opens; the rate limiter is inside the circuit, so that an open one answers without waiting; the
 * timeout is innermost and measures the tenant alone. Where nothing has to be waited for, no step waits.
 */
export function createResilience(
  options: ResilienceOptions,
  { clock, events, limiter }: { clock: Clock; events: Events; limiter?: RateLimiter },
): Resilience {
  const { what, deadlineMs, attemptTimeoutMs } = options;
  const isRateBound = (): boolean => (limiter?.queued() ?? 0) > 0;
  const bulkhead = createBulkhead({ what, slots: options.maxConcurrent, deadlineMs }, { clock, isRateBound });
  const retryBudget = createRetryBudget(clock);
  const circuit = createCircuit(what, {
    clock,
    onChange(state, problem) {
      options.onCircuit?.(state);
      // What waits to be sent is not let through any more, and told so without waiting longer.
      if (state === 'open') limiter?.refuseWaiting(problem);
    },
  });

  async function operation<T>(scope: Scope, work: () => Promise<T>): Promise<T> {
    const turn = bulkhead.enter(scope);
    if (turn) await turn;
    const started = clock.monotonic();
    try {
      return await work();
    } finally {
      bulkhead.leave(clock.monotonic() - started);
    }
  }

  async function retrying<T>(scope: Scope, work: () => Promise<T>): Promise<T> {
    retryBudget.deposit();
    for (let attempts = 1; ; attempts += 1) {
      try {
        return await work();
      } catch (error) {
        if (!(error instanceof Failure) || !isTransient(error) || attempts >= options.maxAttempts)
          throw error;
        const pauseMs = pauseBefore(error, attempts, scope);
        if (pauseMs === undefined) throw error;
        events.emit('cxone.retry', { reason: outcomeOf(error) });
        await pause(clock, scope, pauseMs);
      }
    }
  }

  /** How long to wait before the next try; undefined when there is none. */
  function pauseBefore(failure: Failure, retries: number, scope: Scope): number | undefined {
    const left = scope.deadline - clock.monotonic();
    const named = failure.retryAfterMs ?? 0;
    if (scope.signal?.aborted || named >= left) return undefined;
    // What a 429 adds to the load is bounded by the rate limiter, and no sign that the tenant is failing.
    if (failure.status !== 429 && !retryBudget.withdraw()) return undefined;
    return Math.min(named + fullJitter(clock, retries), Math.max(named, left - 1));
  }

  async function attempt<T>(
    scope: Scope,
    send: (withinMs: number) => Promise<T>,
    urgent = false,
  ): Promise<T> {
    const pass = circuit.enter();
    let ticket: Ticket | undefined;
    let shown: Shown = 'nothing';
    let how: 'accepted' | 'throttled' | 'lost' = 'lost';
    let withinMs = 0;
    try {
      const turn = limiter?.acquire(scope, urgent);
      ticket = turn instanceof Promise ? await turn : turn;
      circuit.assertStillPassable(pass);
      withinMs = Math.min(attemptTimeoutMs, scope.deadline - clock.monotonic());
      if (scope.signal?.aborted) throw aborted();
      if (withinMs <= 0) throw outOfTime();
      const answer = await send(withinMs);
      how = 'accepted';
      shown = 'healthy';
      return answer;
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      if (scope.signal?.aborted) throw aborted();
      if (error.kind === 'status') how = error.status === 429 ? 'throttled' : 'accepted';
      // An attempt that was cut short by a near deadline says nothing about the tenant.
      const cutShort = error.kind === 'timeout' && withinMs < attemptTimeoutMs;
      if (meansFailing(error)) shown = cutShort ? 'nothing' : 'failing';
      else if (error.kind === 'status') shown = 'healthy';
      throw error;
    } finally {
      if (ticket) limiter?.ended(ticket, how);
      circuit.ended(pass, shown);
    }
  }

  return { bulkhead, circuit: () => circuit.state(), isRateBound, operation, retrying, attempt };
}
