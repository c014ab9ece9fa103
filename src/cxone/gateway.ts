import { Problem } from '../errors.ts';
import type { Events } from '../services/events.ts';
import type {
  ActionRef,
  Budget,
  Clock,
  Coordinator,
  DataActions,
  DateProcessing,
  UpdateHooks,
} from '../services/ports.ts';
import { dateProcessingOf } from './actions/action.ts';
import { createActionsApi } from './actions/actions-api.ts';
import { createScrubber } from './http/error-body.ts';
import { asProblem, Failure } from './http/failure.ts';
import { createTrustedUrl } from './auth/hosts.ts';
import { createLookup } from './actions/lookup.ts';
import type { CxoneOptions } from './options.ts';
import { createRateLimiter } from './resilience/rate-limiter.ts';
import { type Scope, withScope } from './resilience/scope.ts';
import { createSession } from './auth/session.ts';
import { basicCredentials } from './auth/token-request.ts';
import { createTransport, type Transport } from './http/transport.ts';
import { createUpdate, Gone } from './actions/update.ts';

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

const secretsOf = (options: CxoneOptions): string[] =>
  [
    options.clientSecret,
    options.accessKeySecret,
    basicCredentials(options.clientId, options.clientSecret),
  ].filter((secret) => secret !== undefined);

/** Whether it is one of ours: someone else may have put something of theirs there. */
const isDateProcessing = (value: unknown): value is DateProcessing => {
  const { computedValue } = (value ?? {}) as Partial<DateProcessing>;
  return typeof computedValue === 'string' || typeof computedValue === 'number';
};

/** The data actions of a CXone tenant: puts the parts together, and is all that the rest of the service sees of them. */
export const createGateway = (
  options: CxoneOptions,
  { clock, events, coordinator, ...deps }: GatewayDeps,
): Gateway => {
  const scrub = createScrubber(secretsOf(options));
  const transport = deps.transport ?? createTransport(options, { clock, events, scrub });
  const trusted = createTrustedUrl(
    [options.baseUrl, options.tokenUrl, options.discoveryUrl].filter((url) => url !== undefined),
  );
  const limiter = createRateLimiter(options.ratePerSecond, { clock, events, coordinator });
  const session = createSession(options, { clock, events, scrub, trusted, limiter, send: transport.send });
  const { resilience } = session;
  const api = createActionsApi(session);
  const lookup = createLookup({ clock, api, resilience, trusted });
  const write = createUpdate({ clock, events, api, resilience });
  let closing: Promise<void> | undefined;

  /** Within the budget, and every failure told as a `Problem`. */
  const within = async <T>(budget: Budget, work: (scope: Scope) => Promise<T>): Promise<T> => {
    if (closing) throw new Problem('SHUTTING_DOWN', 'The service is stopping. Try again in a moment.');
    try {
      return await withScope(clock, budget, work);
    } catch (error) {
      throw asProblem(error, budget.spent.attempts > 0 ? 'unknown' : 'none');
    }
  };

  /** Its time is spent waiting for the tenant. */
  const timed = async <T>(budget: Budget, work: () => Promise<T>): Promise<T> => {
    const started = clock.monotonic();
    try {
      return await work();
    } finally {
      budget.spent.upstreamMs += clock.monotonic() - started;
    }
  };

  /** Whoever waits for its turn at an action holds no place that another action could use. */
  const writeInTurn = async (
    action: ActionRef,
    value: DateProcessing,
    scope: Scope,
    budget: Budget,
    hooks: UpdateHooks,
  ): Promise<void> => {
    const done = { written: false };
    const work = async (isHeld: () => boolean): Promise<void> => {
      await resilience.operation(scope, () =>
        write(action, value, scope, budget.spent, { ...hooks, isHeld }),
      );
      done.written = true;
    };
    try {
      await coordinator.exclusive(`cxone:${action.id}`, scope.signal, (isHeld) =>
        timed(budget, () => work(isHeld)),
      );
    } catch (error) {
      // A turn that could not be given back does not undo the write.
      if (!done.written) throw error;
    }
  };

  return {
    find: (name, budget) => within(budget, (scope) => timed(budget, () => lookup.find(name, scope))),

    update: (action, value, budget, hooks = {}) =>
      within(budget, async (scope) => {
        try {
          await writeInTurn(action, value, scope, budget, hooks);
          return action;
        } catch (error) {
          if (!(error instanceof Gone)) throw error;
          lookup.forget(action.name);
          const found = await timed(budget, () => lookup.find(action.name, scope));
          await writeInTurn(found, value, scope, budget, hooks);
          return found;
        }
      }),

    read: (action, budget) =>
      within(budget, (scope) =>
        timed(budget, () =>
          resilience.operation(scope, async () => {
            try {
              const held = dateProcessingOf(
                await resilience.retrying(scope, () => api.read(action.id, scope)),
              );
              return isDateProcessing(held) ? held : null;
            } catch (error) {
              if (error instanceof Failure && error.status === 404) return null;
              throw error;
            }
          }),
        ),
      ),

    state() {
      const ill = session.ill();
      if (ill !== undefined) return { state: 'degraded', detail: ill };
      const rate = limiter.reducedTo();
      return rate === undefined
        ? { state: 'ok' }
        : { state: 'degraded', detail: `slowed down to ${rate.toFixed(1)} requests a second by 429s` };
    },

    gauges: () => ({
      bulkheadQueue: resilience.queued(),
      ratePerSecond: limiter.perSecond(),
      tokenExpiresSeconds: session.tokenExpiresSeconds(),
    }),

    close() {
      session.close();
      closing ??= transport.close();
      return closing;
    },
  };
};
