import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { TestContext } from 'node:test';
import type { Problem } from '../../src/errors.ts';
import { createGateway, type Gateway } from '../../src/cxone/gateway.ts';
import type { CxoneOptions } from '../../src/cxone/options.ts';
import { type Sandbox, type SandboxOptions, startSandbox } from '../../src/sandbox/index.ts';
import { systemClock } from '../../src/services/clock.ts';
import { createLocalCoordinator } from '../../src/services/coordinator.ts';
import { createEvents, type Events, type ServiceEvents } from '../../src/services/events.ts';
import type { Budget, Clock, Coordinator, DateProcessing } from '../../src/services/ports.ts';
import { server } from '../support/server.ts';

export { server };

/** Settings that let a test run as fast as the machine does; the sandbox's are added by `tenant`. */
export const OPTIONS: CxoneOptions = {
  baseUrl: 'http://127.0.0.1:9',
  tokenUrl: 'http://127.0.0.1:9/api/v2/oauth2/token',
  grant: 'client_credentials',
  clientId: 'client',
  clientSecret: 'secret',
  clientAuth: 'body',
  scope: 'dataactions:write dataactions:read',
  deadlineMs: 20_000,
  attemptTimeoutMs: 10_000,
  maxAttempts: 4,
  ratePerSecond: 10_000,
  maxConcurrent: 64,
};

/** The machine's clock, but with pauses of no jitter at all: what must be waited for is still waited for. */
export const eagerClock: Clock = { ...systemClock, random: () => 0 };

/** A clock that notes down the milliseconds of every pause and timer that was asked of it. */
export const recordingClock = (clock = eagerClock) => {
  const pauses: number[] = [];
  const timers: number[] = [];
  const recording: Clock = {
    ...clock,
    after(milliseconds, callback) {
      timers.push(milliseconds);
      return clock.after(milliseconds, callback);
    },
    sleep(milliseconds, signal) {
      pauses.push(milliseconds);
      return clock.sleep(milliseconds, signal);
    },
  };
  return { clock: recording, pauses, timers };
};

interface Deps {
  clock?: Clock;
  events?: Events;
  coordinator?: Coordinator;
}

export const gatewayTo = (t: TestContext, options: Partial<CxoneOptions>, deps: Deps = {}): Gateway => {
  const clock = deps.clock ?? eagerClock;
  const gateway = createGateway(
    { ...OPTIONS, ...options },
    {
      clock,
      events: deps.events ?? createEvents(),
      coordinator: deps.coordinator ?? createLocalCoordinator(clock),
    },
  );
  t.after(() => gateway.close());
  return gateway;
};

/** A sandbox tenant and a gateway to it, both closed after the test. */
export const tenant = async (
  t: TestContext,
  {
    options,
    sandbox: sandboxOptions,
    ...deps
  }: Deps & { options?: Partial<CxoneOptions>; sandbox?: SandboxOptions } = {},
): Promise<{ sandbox: Sandbox; gateway: Gateway }> => {
  const sandbox = await startSandbox(sandboxOptions);
  const gateway = gatewayTo(t, { ...optionsOf(sandbox), ...options }, deps);
  t.after(() => sandbox.close());
  return { sandbox, gateway };
};

export const optionsOf = (sandbox: Sandbox): Partial<CxoneOptions> => ({
  baseUrl: sandbox.url,
  tokenUrl: `${sandbox.url}/api/v2/oauth2/token`,
  clientId: sandbox.clientId,
  clientSecret: sandbox.clientSecret,
});

export const reply = (
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
) =>
  response
    .writeHead(status, { 'content-type': 'application/json', ...headers })
    .end(typeof body === 'string' ? body : JSON.stringify(body));

export const isToken = (request: IncomingMessage): boolean => request.method === 'POST';

/** A tenant that gives out tokens and otherwise answers as the test says, and a gateway to it. */
export const scriptedTenant = async (
  t: TestContext,
  listener: RequestListener,
  options: Partial<CxoneOptions> = {},
): Promise<Gateway> => {
  const url = await server(t, (request, response) => {
    if (isToken(request)) reply(response, 200, { access_token: 'x', expires_in: 600 });
    else listener(request, response);
  });
  return gatewayTo(t, { baseUrl: url, tokenUrl: `${url}/token`, ...options });
};

export const budget = (
  milliseconds = 20_000,
  signal = new AbortController().signal,
  clock = eagerClock,
): Budget => ({
  deadline: clock.monotonic() + milliseconds,
  signal,
  spent: { upstreamMs: 0, attempts: 0, attemptedAt: [] },
});

export const value = (computedValue: string | number = '2024-02-29T12:30:00.000-05:00'): DateProcessing => ({
  sourceField: 'input_datetime',
  targetField: 'processed_datetime',
  computedValue,
  timezone: 'America/New_York',
  dstAdjustment: true,
  precision: 3,
});

/** The n-th of many different values that the tenant takes. */
export const at = (n: number): string => new Date(Date.UTC(2024, 1, 29) + n).toISOString();

export const NAME = 'Production_Date_Processor';

/** Looks the action up and writes, as the service does. */
export const manipulate = async (gateway: Gateway, name = NAME, computed?: string, spending = budget()) => {
  const action = await gateway.find(name, spending);
  return gateway.update(action, value(computed), spending);
};

export const count = (sandbox: Sandbox, endpoint: string): number =>
  sandbox.requests.filter((request) => request.endpoint === endpoint).length;

export const held = (sandbox: Sandbox, name = NAME): unknown =>
  (sandbox.actions.byName(name)?.['configuration'] as Record<string, unknown>)['dateProcessing'];

/** A validator for `assert.rejects`: a problem of that code, with that in it. */
export const problem =
  (code: Problem['code'], expected: Partial<Problem> = {}, detail = /./u) =>
  (error: unknown): boolean => {
    const actual = error as Problem;
    const wrong = Object.entries({ code, ...expected }).find(
      ([key, wanted]) => actual[key as keyof Problem] !== wanted,
    );
    if (wrong || !detail.test(actual.message))
      throw new Error(
        `${String(wrong)} expected, not ${actual.code} ${actual.retryAfterSeconds}: ${actual.stack}`,
        {
          cause: error,
        },
      );
    return true;
  };

export const recorded = <K extends keyof ServiceEvents>(events: Events, name: K): ServiceEvents[K][0][] => {
  const seen: ServiceEvents[K][0][] = [];
  events.on(name, (event: ServiceEvents[K][0]) => seen.push(event));
  return seen;
};
