import type { TestContext } from 'node:test';
import { Failure } from '../../src/cxone/http/failure.ts';
import { createGateway, type Gateway } from '../../src/cxone/gateway.ts';
import type { CxoneOptions } from '../../src/cxone/options.ts';
import type { Answer, Request, Transport } from '../../src/cxone/http/transport.ts';
import { createLocalCoordinator } from '../../src/services/coordinator.ts';
import { createEvents, type Events } from '../../src/services/events.ts';
import type { Budget, Clock } from '../../src/services/ports.ts';
import { createRandom } from '../support/random.ts';
import { OPTIONS } from './support.ts';

/** Time that passes when the test says so. */
export interface Simulation {
  clock: Clock;
  events: Events;
  gateway(options: Partial<CxoneOptions>, answer: SimulatedTenant): Gateway;
  budget(milliseconds?: number): Budget;
  /** Sets the wall clock ahead or back; the monotonic one goes on. */
  setWallClock(milliseconds: number): void;
  /** Lets time pass, `each` once every `stepMs`. */
  pass: (milliseconds: number, each?: () => void) => Promise<void>;
}

/** Answers a request in simulated time, or throws a `Failure`. */
export type SimulatedTenant = (request: Request, signal: AbortSignal) => Promise<Answer>;

export const json = (body: unknown, etag?: string): Answer => ({ json: body, etag });

export const TOKEN = json({ access_token: 'simulated', expires_in: 86_400 });

export const refuse = (status: number, retryAfterMs?: number): Failure =>
  new Failure('status', `CXone answered with ${status}.`, { status, begun: true, retryAfterMs });

export const simulate = (t: TestContext, { stepMs = 5, seed = 1 } = {}): Simulation => {
  t.mock.timers.enable({ apis: ['setTimeout', 'Date'], now: 1_700_000_000_000 });
  let wallClockMs = 0;
  const clock: Clock = {
    now: () => Date.now() + wallClockMs,
    monotonic: () => Date.now(),
    random: createRandom(seed).next,
    after(milliseconds, callback) {
      const timer = setTimeout(callback, milliseconds);
      return () => clearTimeout(timer);
    },
    sleep: (milliseconds, signal) =>
      new Promise((resolve, reject) => {
        if (signal?.aborted) {
          reject(signal.reason as Error);
          return;
        }
        const abort = (): void => {
          clearTimeout(timer);
          reject(signal?.reason as Error);
        };
        const timer = setTimeout(() => {
          signal?.removeEventListener('abort', abort);
          resolve();
        }, milliseconds);
        signal?.addEventListener('abort', abort, { once: true });
      }),
  };
  const events = createEvents();
  return {
    clock,
    events,
    gateway(options, answer) {
      const transport: Transport = {
        async send(request, withinMs, signal) {
          const cut = new AbortController();
          const cancel = clock.after(withinMs, () => cut.abort());
          const abort = (): void => cut.abort();
          signal?.addEventListener('abort', abort, { once: true });
          try {
            return await answer(request, cut.signal);
          } catch (error) {
            // As the real one, it throws nothing but a `Failure`.
            throw cut.signal.aborted ? new Failure('timeout', 'CXone did not answer in time.') : error;
          } finally {
            cancel();
            signal?.removeEventListener('abort', abort);
          }
        },
        close: async () => undefined,
      };
      const coordinator = createLocalCoordinator(clock);
      return createGateway({ ...OPTIONS, ...options }, { clock, events, coordinator, transport });
    },
    budget: (milliseconds = 15_000) => ({
      deadline: clock.monotonic() + milliseconds,
      signal: new AbortController().signal,
      spent: { upstreamMs: 0, attempts: 0, attemptedAt: [] },
    }),
    setWallClock: (milliseconds) => void (wallClockMs += milliseconds),
    async pass(milliseconds, each) {
      for (let passed = 0; passed < milliseconds; passed += stepMs) {
        each?.();
        // Whatever can go on without time does, before the next step.
        await new Promise(setImmediate);
        t.mock.timers.tick(stepMs);
      }
      await new Promise(setImmediate);
    },
  };
};
