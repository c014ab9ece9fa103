import { Problem } from '../errors.ts';
import type { Events } from '../services/events.ts';
import type {
  ActionRef,
  Budget,
  Clock,
  Coordinator,
  DataActions,
  DateProcessing,
} from '../services/ports.ts';
import { createCounts } from '../shared/counts.ts';
import { dateProcessingOf } from './actions/action.ts';
import { createActionsApi } from './actions/actions-api.ts';
import { createLookup } from './actions/lookup.ts';
import { createUpdate, Gone } from './actions/update.ts';
import { createTrustedUrl } from './auth/hosts.ts';
import { createSession } from './auth/session.ts';
import { basicCredentials } from './auth/token-request.ts';
import { createScrubber } from './http/error-body.ts';
import { asProblem, Failure } from './http/failure.ts';
import { createTransport, type Transport } from './http/transport.ts';
import type { CxoneOptions } from './options.ts';
import { createRateLimiter } from './resilience/rate-limiter.ts';
import { outOfTime, type Scope, scopeOf } from './resilience/scope.ts';

export interface Gateway extends DataActions {
  /** Lets requests in flight end, and refuses new ones with `SHUTTING_DOWN`. */
  close(): Promise<void>;
}

export interface GatewayDeps {
  clock: Clock;
  events: Events;
  coordinator: Coordinator;
  /** Instead of real sockets, for simulations. */
  transport?: Transport;
}

const isText = (value: string | undefined): value is string => value !== undefined;

const secretsOf = (options: CxoneOptions): string[] =>
  [
    options.clientSecret,
    options.accessKeySecret,
    basicCredentials(options.clientId, options.clientSecret),
  ].filter(isText);

/** Whether it is one of ours: someone else may have put something of theirs there. */
const isDateProcessing = (value: unknown): value is DateProcessing => {
  const { computedValue } = (value ?? {}) as Partial<DateProcessing>;
  return typeof computedValue === 'string' || typeof computedValue === 'number';
};

/** Calls it the first time only, and answers the same promise from then on. */
const once = (call: (() => Promise<void>) | undefined): (() => Promise<void> | undefined) => {
  let called: Promise<void> | undefined;
  return () => {
    if (called || !call) return called;
    called = call();
    // Awaited before the first write; when the read fails first, the read's error is reported.
    called.catch(() => undefined);
    return called;
  };
};

/** The data actions of a CXone tenant: puts the parts together, and is all that the rest of the service sees of them. */
export function createGateway(
  options: CxoneOptions,
  { clock, events, coordinator, ...deps }: GatewayDeps,
): Gateway {
  const scrub = createScrubber(secretsOf(options), [options.clientId, options.accessKeyId].filter(isText));
  const transport = deps.transport ?? createTransport(options, { clock, events, scrub });
  const trusted = createTrustedUrl([options.baseUrl, options.tokenUrl, options.discoveryUrl].filter(isText));
  const limiter = createRateLimiter(options.ratePerSecond, { clock, events, coordinator });
  const session = createSession(options, { clock, events, scrub, trusted, limiter, send: transport.send });
  const { resilience } = session;
  const api = createActionsApi(session);
  const lookup = createLookup({ clock, api, resilience, trusted });
  const write = createUpdate({ clock, events, api, resilience });
  /** How many updates hold or await the lock of an action. */
  const lockers = createCounts();
  let closing: Promise<void> | undefined;

  /** Every failure told as a `Problem`, and its time counted as spent waiting for the tenant. */
  const measured = async <T>(budget: Budget, work: () => Promise<T>): Promise<T> => {
    if (closing) throw new Problem('SHUTTING_DOWN', 'The service is stopping. Try again in a moment.');
    const started = clock.monotonic();
    try {
      return await work();
    } catch (error) {
      throw asProblem(error, budget.spent.attempts > 0 ? 'unknown' : 'none');
    } finally {
      budget.spent.upstreamMs += clock.monotonic() - started;
    }
  };

  /** Runs `work` with the action's lock. An update that waits for it holds no slot that another action could use. */
  const locked = async (
    id: string,
    scope: Scope,
    work: (isHeld: () => boolean) => Promise<void>,
  ): Promise<void> => {
    const before = lockers.of(id);
    const waitMs = resilience.bulkhead.inARowMs(before);
    if (before > 0 && waitMs >= scope.deadline - clock.monotonic())
      throw resilience.bulkhead.overloaded(waitMs);
    lockers.add(id);
    const late = new AbortController();
    const cancel = clock.after(scope.deadline - clock.monotonic(), () => late.abort(outOfTime()));
    try {
      await coordinator.exclusive(`cxone:${id}`, late.signal, (isHeld) => {
        cancel();
        return work(isHeld);
      });
    } finally {
      cancel();
      lockers.remove(id);
    }
  };

  const update = async (
    action: ActionRef,
    value: DateProcessing,
    budget: Budget,
    beforeWrite: () => Promise<void> | undefined,
  ): Promise<ActionRef> => {
    // A write goes on to its end, also when its caller has gone.
    const scope: Scope = { ...scopeOf(budget), signal: undefined };
    const done = { written: false };
    try {
      await locked(action.id, scope, async (isHeld) => {
        const hooks = { begun: budget.begun, beforeWrite, isHeld };
        await resilience.operation(scope, () => write(action, value, scope, budget.spent, hooks));
        done.written = true;
      });
    } catch (error) {
      // A lock that could not be released does not undo the write.
      if (!done.written) throw error;
    }
    return action;
  };

  return {
    async find(name, budget) {
      const known = closing ? undefined : lookup.known(name);
      if (known !== undefined) return known;
      await budget.begun;
      return measured(budget, () => lookup.find(name, scopeOf(budget)));
    },

    update(action, value, budget, hooks) {
      const beforeWrite = once(hooks?.beforeWrite);
      return measured(budget, async () => {
        try {
          return await update(action, value, budget, beforeWrite);
        } catch (error) {
          if (!(error instanceof Gone)) throw error;
          lookup.forget(action.name);
          const found = await lookup.find(action.name, { ...scopeOf(budget), signal: undefined });
          return update(found, value, budget, beforeWrite);
        }
      });
    },

    read(action, budget) {
      const scope = scopeOf(budget);
      return measured(budget, () =>
        resilience.operation(scope, async () => {
          try {
            const held = dateProcessingOf(await resilience.retrying(scope, () => api.read(action.id, scope)));
            return isDateProcessing(held) ? held : null;
          } catch (error) {
            if (error instanceof Failure && error.status === 404) return null;
            throw error;
          }
        }),
      );
    },

    state() {
      const degraded = session.degraded();
      if (degraded !== undefined) return { state: 'degraded', detail: degraded };
      const rate = limiter.reducedTo();
      return rate === undefined
        ? { state: 'ok' }
        : { state: 'degraded', detail: `slowed down to ${rate.toFixed(1)} requests a second by 429s` };
    },

    gauges: () => ({
      bulkheadQueue: resilience.bulkhead.queued(),
      ratePerSecond: limiter.perSecond(),
      tokenExpiresSeconds: session.tokenExpiresSeconds(),
    }),

    close() {
      session.close();
      closing ??= transport.close();
      return closing;
    },
  };
}
