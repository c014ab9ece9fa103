import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { buildApp, type Overrides } from '../../src/app.ts';
import { loadConfig } from '../../src/config.ts';
import { startSandbox } from '../../src/sandbox/index.ts';
import type { AuditRecord } from '../../src/schemas/audit-record.ts';
import type { ProblemDocument } from '../../src/schemas/problem.ts';
import { temporaryDirectory } from './temporary.ts';

export const EXAMPLE = {
  action_name: 'Production_Date_Processor',
  source_timestamp: '2024-02-29T15:30:00.000Z',
  target_timezone: 'America/New_York',
  operation: 'ADD_OFFSET',
  offset_minutes: 120,
};

/** An audit record or a problem: a test asks for the fields that it expects. */
export type Answer = Omit<AuditRecord, 'status'> & Omit<ProblemDocument, 'status'> & { status: unknown };

export interface Reply<T> {
  status: number;
  headers: Headers;
  body: T;
}

/** What points a service to a sandbox of the test's own. */
export const pointingTo = (sandbox: Awaited<ReturnType<typeof startSandbox>>) => ({
  CXONE_BASE_URL: sandbox.url,
  CXONE_CLIENT_ID: sandbox.clientId,
  CXONE_CLIENT_SECRET: sandbox.clientSecret,
  CXONE_RATE_PER_SECOND: '1000',
  WEBHOOK_URL: sandbox.webhookUrl,
  WEBHOOK_SECRET: sandbox.webhookSecret,
  WEBHOOK_ALLOWED_HOSTS: '127.0.0.1',
  AUTH_MODE: 'off',
  LOG_LEVEL: 'silent',
});

/** A service on a free port with a sandbox tenant that the test can look into; both end with the test. */
export async function startService(
  t: TestContext,
  env: Record<string, string> = {},
  overrides: Overrides = {},
) {
  const sandbox = await startSandbox();
  // At once: what a start that fails leaves open would keep the test from ending.
  const open: { close: () => PromiseLike<unknown> }[] = [sandbox];
  t.after(async () => {
    for (const one of open.reverse()) await one.close();
  });
  const directory = temporaryDirectory(t);
  const app = await buildApp(
    loadConfig({ ...pointingTo(sandbox), DATABASE_URL: `sqlite:${join(directory, 'ledger.db')}`, ...env }),
    overrides,
  );
  open.push(app);
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  return { app, sandbox, url, ...client(url) };
}

/** Calls a service by its URL. A string or bytes go out as they are, anything else as JSON. */
export function client(url: string) {
  async function send<T>(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Reply<T>> {
    const raw = typeof body === 'string' || body instanceof Uint8Array;
    const response = await fetch(url + path, {
      method,
      headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
      ...(body !== undefined && { body: raw ? (body as string) : JSON.stringify(body) }),
    });
    const text = await response.text();
    const json =
      response.headers.get('content-type')?.includes('json') &&
      !response.headers.get('content-type')?.includes('ndjson');
    return {
      status: response.status,
      headers: response.headers,
      body: (json ? JSON.parse(text) : text) as T,
    };
  }
  return {
    send,
    get: <T = ProblemDocument>(path: string, headers?: Record<string, string>) =>
      send<T>('GET', path, undefined, headers),
    post: <T = Answer>(path: string, body?: unknown, headers?: Record<string, string>) =>
      send<T>('POST', path, body, headers),
  };
}
