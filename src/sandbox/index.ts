import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Type } from '@sinclair/typebox';
import { createStore } from './actions.ts';
import { machineClock, type TenantClock } from './clock.ts';
import { control, isControl } from './control.ts';
import { answerWithFault, createFaultQueue, send } from './faults.ts';
import { createTokenService, type Credentials, defaultCredentials } from './oauth.ts';
import { createRateLimiter } from './rate-limit.ts';
import type { Sandbox } from './handle.ts';
import { createRing, type RequestRecord, type WebhookRecord, webhookRecord } from './record.ts';
import { seed } from './seed.ts';
import { check, defaultSettings, ENDPOINTS, Fault, Settings } from './settings.ts';
import { answer, target, type Tenant } from './tenant.ts';

export type { Action, Actions } from './actions.ts';
export type { Sandbox } from './handle.ts';
export type { RequestRecord, WebhookRecord } from './record.ts';
export type { Endpoint, Fault, Settings } from './settings.ts';

export interface SandboxOptions {
  /** 0, the default, takes a free one. */
  port?: number;
  host?: string;
  /** Adds that many actions named `Bulk_0001` and so on. */
  extraActions?: number;
  /** How many of the newest requests and deliveries are kept at least; false for none. Default 10,000. */
  record?: number | false;
  credentials?: Partial<Credentials>;
  /** `whsec_` and base64, as Standard Webhooks has it. */
  webhookSecret?: string;
  settings?: Partial<Settings>;
  /** For token lifetimes and the rate limit; the default is the machine's. */
  clock?: TenantClock;
}

const DEFAULT_WEBHOOK_SECRET = `whsec_${Buffer.from('a secret of the sandbox, for tests').toString('base64')}`;
const MAX_BODY_BYTES = 4 * 1024 * 1024;

export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const { port = 0, host = '127.0.0.1', extraActions = 0, record = 10_000, clock = machineClock } = options;
  const { webhookSecret = DEFAULT_WEBHOOK_SECRET } = options;
  const initial: Settings = { ...defaultSettings, ...options.settings };
  check(Settings, initial, 'settings');
  let settings = initial;

  const credentials = { ...defaultCredentials, ...options.credentials };
  const tenant: Tenant = {
    store: createStore(),
    tokens: createTokenService(credentials, () => settings, clock),
    limiter: createRateLimiter(clock),
    credentials,
    settings: () => settings,
  };
  tenant.store.load(seed(extraActions));
  const faults = createFaultQueue();
  const requests = createRing<RequestRecord>(record === false ? 0 : record);
  const webhooks = createRing<WebhookRecord>(record === false ? 0 : record);
  const closing = new AbortController();

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const time = performance.timeOrigin + performance.now();
    const { method = '', headers } = request;
    const url = new URL(request.url ?? '/', `http://${headers.host ?? 'sandbox'}`);
    const body = await text(request);
    if (isControl(url)) {
      send(response, control(sandbox, method, url, body));
      return;
    }
    const to = target(method, url.pathname);
    const entry: RequestRecord = {
      endpoint: to.endpoint,
      method,
      path: url.pathname,
      query: url.search === '' ? {} : Object.fromEntries(url.searchParams),
      headers,
      body,
      time,
      status: null,
      applied: false,
      ended: false,
    };
    requests.add(entry);
    const delivery = to.endpoint === 'webhook' ? webhookRecord(entry, webhookSecret) : undefined;
    if (delivery !== undefined) webhooks.add(delivery);
    const carryOut = () => {
      const reply = answer(tenant, to, entry, url, delivery);
      entry.applied = reply.applied === true;
      return reply;
    };
    const fault = to.endpoint === 'unknown' ? undefined : faults.next(to.endpoint);
    try {
      const status =
        fault === undefined
          ? send(response, carryOut())
          : await answerWithFault(fault, carryOut, response, closing.signal);
      entry.status = status;
      if (delivery !== undefined) delivery.status = status;
    } finally {
      entry.ended = true;
    }
  };

  const server = createServer((request, response) => {
    // A caller that goes away while it is read, or a delay that `close` cuts short.
    handle(request, response).catch(() => request.socket.destroy());
  });
  server.keepAliveTimeout = 60_000;
  server.listen(port, host);
  await once(server, 'listening');
  const url = `http://${host}:${(server.address() as AddressInfo).port}`;

  const sandbox: Sandbox = {
    ...credentials,
    url,
    webhookUrl: `${url}/webhook`,
    webhookSecret,
    requests: requests.entries,
    webhooks: webhooks.entries,
    actions: tenant.store,
    get settings() {
      return settings;
    },
    fault(endpoint, fault, times = 1) {
      check(Type.Union(ENDPOINTS.map((name) => Type.Literal(name))), endpoint, 'endpoint');
      check(Fault, fault, 'fault');
      faults.add(endpoint, fault, times);
    },
    clearFaults: (endpoint) => faults.clear(endpoint),
    configure(change) {
      const next = { ...settings, ...change };
      check(Settings, next, 'settings');
      settings = next;
    },
    revokeTokens: () => tenant.tokens.revoke(),
    reset() {
      settings = initial;
      faults.clear();
      tenant.limiter.reset();
      tenant.store.load(seed(extraActions));
      requests.entries.length = 0;
      webhooks.entries.length = 0;
    },
    async close() {
      closing.abort();
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
  return sandbox;
}

async function text(request: IncomingMessage): Promise<string> {
  if (request.method === 'GET') return '';
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MAX_BODY_BYTES) throw new RangeError('the body is too large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}
