import type { LookupFunction } from 'node:net';
import { Agent, ProxyAgent } from 'undici';
import { Problem } from '../errors.ts';
import { NOT_SAMPLED, traceparent } from '../shared/traceparent.ts';
import type { Clock, Deliver, DeliveryResult, Notification } from '../services/ports.ts';
import { AddressRefused, guardedConnector } from './connector.ts';
import { createDoor } from './door.ts';
import { post } from './exchange.ts';
import { detailOf, resultOf } from './result.ts';
import { createSign, type Sign } from './signature.ts';
import { createUrlRules } from './url-rules.ts';

export interface WebhooksOptions {
  /** `whsec_` and base64, or base64 alone; the first is the current one. */
  secrets: readonly string[];
  /** `host`, `host:port` or `*.suffix`; empty for every public host. */
  allowedHosts: readonly string[];
  /** For one try, from connecting to the answer's headers. Default 10,000. */
  timeoutMs?: number;
  /** PEM certificates to trust in place of the system's. */
  ca?: string;
  /** In place of `dns.lookup`. */
  lookup?: LookupFunction;
  /** The operator's own receiver: messages to it are signed, as are those to allowed hosts. */
  url?: string | null;
  /** `http://[user:password@]host:port` of an egress proxy: it resolves the names and makes the connections. */
  proxyUrl?: string | undefined;
}

export interface WebhooksDeps {
  clock: Pick<Clock, 'now'>;
  log?: { warn(message: string): void };
}

export interface Webhooks {
  /** Throws `WEBHOOK_URL_REFUSED` for a URL that would never be told. Asks no DNS. */
  accept(url: string): void;
  /** The same, and asks DNS too, so that a name which leads inside is refused at the door. A name that is not found passes. */
  acceptResolved(url: string): Promise<void>;
  /** One try. Never throws. */
  deliver: Deliver;
  /** Aborts the deliveries in flight. */
  close(): Promise<void>;
}

const CONNECTIONS_PER_ORIGIN = 16;

/** URLs whose parsed form is kept, so that each delivery need not parse anew. */
const KEPT_URLS = 1_000;

/**
 * The trace of the manipulation that it announces. After the first try only the record in the body tells it, and not
 * whether it is sampled: then it is not said to be.
 */
function traceHeaders({ traceparent: known, body }: Notification): { traceparent?: string } {
  if (known !== undefined) return { traceparent: known };
  const traceId = /"trace_id":"([0-9a-f]{32})"/.exec(body)?.[1];
  return traceId === undefined ? {} : { traceparent: traceparent(traceId, NOT_SAMPLED) };
}

/** Throws an Error that names a secret, an allowed host or a proxy which cannot be used. */
export function createWebhooks(options: WebhooksOptions, { clock, log }: WebhooksDeps): Webhooks {
  const { timeoutMs = 10_000, secrets, allowedHosts, url: ownUrl = null, proxyUrl, ...connection } = options;
  const rules = createUrlRules(allowedHosts);
  const sign = createSign(secrets, (message) => log?.warn(message));
  const unsigned = createSign([]);
  const ownOrigin = ownUrl === null ? null : (URL.parse(ownUrl)?.origin ?? null);
  const dispatcher =
    proxyUrl === undefined
      ? new Agent({
          connect: guardedConnector(rules, { ...connection, timeoutMs }),
          connections: CONNECTIONS_PER_ORIGIN,
        })
      : throughProxy(proxyUrl, connection.ca, timeoutMs);
  const door = createDoor(rules, connection.lookup);
  const checked = new Map<string, Target>();

  /** What callers name themselves is not signed: our signature would open the operator's receiver to replays. */
  function targetOf(text: string): Target {
    const known = checked.get(text);
    if (known) return known;
    const url = rules.check(text);
    const target = {
      url,
      origin: url.origin,
      path: url.pathname + url.search,
      sign: url.origin === ownOrigin || rules.lists(url) ? sign : unsigned,
    };
    const [oldest] = checked.keys();
    if (checked.size >= KEPT_URLS && oldest !== undefined) checked.delete(oldest);
    checked.set(text, target);
    return target;
  }

  async function send({ sign, origin, path }: Target, notification: Notification): Promise<DeliveryResult> {
    const { id, body } = notification;
    const headers = {
      'content-type': 'application/json',
      'user-agent': 'cxone-date-service',
      ...sign(id, clock.now(), body),
      ...traceHeaders(notification),
    };
    const { status, retryAfter } = await post(dispatcher, { origin, path, headers, body }, timeoutMs);
    return resultOf(status, retryAfter, clock.now());
  }

  return {
    accept: (url) => void targetOf(url),
    async acceptResolved(text) {
      const { url } = targetOf(text);
      if (proxyUrl === undefined) await door.check(url);
    },
    async deliver(notification) {
      try {
        return await send(targetOf(notification.url), notification);
      } catch (error) {
        // What a name leads to may change, so that only the URL itself is refused for good.
        const final = error instanceof Problem;
        const refused = final || error instanceof AddressRefused;
        return { outcome: 'failed', final, refused, detail: detailOf(error, timeoutMs) };
      }
    },
    close: () => dispatcher.destroy(),
  };
}

interface Target {
  url: URL;
  origin: string;
  path: string;
  sign: Sign;
}

/** Every connection is a tunnel through the proxy, which decides by addresses; names and literals are judged here. */
function throughProxy(uri: string, ca: string | undefined, timeoutMs: number): ProxyAgent {
  const tls = ca === undefined ? {} : { ca };
  return new ProxyAgent({
    uri,
    proxyTunnel: true,
    connections: CONNECTIONS_PER_ORIGIN,
    connectTimeout: timeoutMs,
    requestTls: { ...tls, allowH2: false },
    proxyTls: tls,
  });
}
