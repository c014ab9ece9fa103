import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { type AddressInfo, connect, type LookupFunction, type Server } from 'node:net';
import type { TestContext } from 'node:test';
import { createWebhooks, type WebhooksOptions } from '../../src/plugins/webhooks.ts';
import type { DeliveryResult, Notification } from '../../src/services/ports.ts';
import { selfSigned } from './certificate.ts';

async function listen(t: TestContext, server: Server & { closeAllConnections(): void }): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  return (server.address() as AddressInfo).port;
}

/** A receiver over plain HTTP on a free port. */
export const receiver = (t: TestContext, listener: RequestListener): Promise<number> =>
  listen(t, createServer(listener));

/** A receiver over HTTPS, and the certificate to trust. */
export async function httpsReceiver(t: TestContext, dnsName: string, listener: RequestListener) {
  const { key, cert } = selfSigned(dnsName);
  return { port: await listen(t, createHttpsServer({ key, cert }, listener)), ca: cert };
}

/** Says that every name leads to these addresses, and which names it was asked for. */
export function resolver(...addresses: string[]): { lookup: LookupFunction; asked: string[] } {
  const asked: string[] = [];
  const lookup: LookupFunction = (hostname, _options, callback) => {
    asked.push(hostname);
    callback(
      null,
      addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    );
  };
  return { lookup, asked };
}

/** Webhooks that close with the test, at a set time, and the outcomes they told of. */
export function start(t: TestContext, options: Partial<WebhooksOptions> = {}, now = () => Date.now()) {
  const outcomes: string[] = [];
  const warnings: string[] = [];
  const log = { warn: (message: string) => void warnings.push(message) };
  const all = { secrets: [], allowedHosts: [], timeoutMs: 5000, ...options };
  const created = createWebhooks(all, { clock: { now }, log });
  t.after(() => created.close());
  const webhooks = {
    ...created,
    async deliver(message: Notification) {
      const result = await created.deliver(message);
      outcomes.push(outcomeOf(result));
      return result;
    },
  };
  return { webhooks, outcomes, warnings };
}

function outcomeOf(result: DeliveryResult): string {
  if (result.outcome === 'delivered') return 'delivered';
  if (result.refused) return 'refused';
  return result.final ? 'dead' : 'retry';
}

export const notification = (url: string): Notification => ({
  id: 'msg_7f1f3c2e',
  request_id: '7f1f3c2e-0000-4000-8000-000000000000',
  url,
  body: '{"type":"manipulation.completed","data":{"action_id":"ä"}}',
});

/** An egress proxy whose every tunnel leads to that port of this machine; `tunnels` has what was asked for. */
export async function tunnelTo(
  t: TestContext,
  port: number,
  tunnels: [target: string | undefined, credentials: string | undefined][] = [],
): Promise<string> {
  const proxy = createServer((_request, response) => response.writeHead(405).end());
  proxy.on('connect', (request, client) => {
    tunnels.push([request.url, request.headers['proxy-authorization']]);
    const upstream = connect(port, '127.0.0.1', () => {
      client.write('HTTP/1.1 200 OK\r\n\r\n');
      upstream.pipe(client).pipe(upstream);
    });
    upstream.on('error', () => client.destroy());
    client.on('error', () => upstream.destroy());
    t.after(() => upstream.destroy());
  });
  return `http://egress:s3cret@127.0.0.1:${await listen(t, proxy)}`;
}
