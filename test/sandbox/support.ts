import type { TestContext } from 'node:test';
import { type Action, type Sandbox, type SandboxOptions, startSandbox } from '../../src/sandbox/index.ts';

/** A clock that stands still until the test moves it; it begins on a whole second. */
export function handClock() {
  let elapsed = 0;
  return {
    now: () => 1_750_000_000_000 + elapsed,
    monotonic: () => elapsed,
    advance(milliseconds: number): void {
      elapsed += milliseconds;
    },
  };
}

/** A sandbox that closes itself with the test. */
export async function start(t: TestContext, options?: SandboxOptions): Promise<Sandbox> {
  const sandbox = await startSandbox(options);
  t.after(() => sandbox.close());
  return sandbox;
}

export async function postToken(
  sandbox: Sandbox,
  form: Record<string, string> = {},
  headers: Record<string, string> = {},
): Promise<Response> {
  const body = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: sandbox.clientId,
    client_secret: sandbox.clientSecret,
    ...form,
  });
  return fetch(`${sandbox.url}/api/v2/oauth2/token`, { method: 'POST', body, headers });
}

/** Asks the tenant with a token of its own for each client. */
export interface Client {
  call(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Response>;
  list(name: string, page?: number): Promise<ListAnswer>;
}

export interface ListAnswer {
  entities: Action[];
  total: number;
  pageSize: number;
  page: number;
  nextUri?: string;
}

export async function client(sandbox: Sandbox, scope?: string): Promise<Client> {
  const answer = await postToken(sandbox, scope === undefined ? {} : { scope });
  const { access_token } = (await answer.json()) as { access_token: string };
  const call: Client['call'] = (method, path, body, headers = {}) =>
    fetch(`${sandbox.url}/api/v2/dataactions${path}`, {
      method,
      headers: {
        authorization: `Bearer ${access_token}`,
        accept: 'application/json',
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      body: body === undefined ? null : typeof body === 'string' ? body : JSON.stringify(body),
    });
  return {
    call,
    async list(name, page = 1) {
      const query = new URLSearchParams({ pageSize: '25', page: String(page), filter: `name=${name}` });
      const answer = await call('GET', `?${query.toString()}`);
      return (await answer.json()) as ListAnswer;
    },
  };
}

export function actionOf(sandbox: Sandbox, name = 'Production_Date_Processor'): Action {
  const action = sandbox.actions.byName(name);
  if (action === undefined) throw new Error(`the sandbox has no ${name}`);
  return action;
}

export const pathOf = (action: Action): string => `/${encodeURIComponent(action.id)}`;
