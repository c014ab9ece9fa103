import type { LookupFunction } from 'node:net';
import { Agent, request } from 'undici';
import { Problem } from '../errors.ts';
import type { Clock, Deliver, DeliveryResult } from '../services/ports.ts';
import { AddressRefused, guardedConnector } from './connector.ts';
import { detailOf, resultOf } from './result.ts';
import { createSign } from './signature.ts';
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
}

export interface WebhooksDeps {
  clock: Pick<Clock, 'now'>;
  log?: { warn(message: string): void };
}

export interface Webhooks {
  /** Throws `WEBHOOK_URL_REFUSED` for a URL that would never be told. Asks no DNS. */
  accept(url: string): void;
  /** One try. Never throws. */
  deliver: Deliver;
  /** Breaks off what is under way. */
  close(): Promise<void>;
}

/** What is read of an answer before its connection is dropped; the status is all that counts. */
const ANSWER_LIMIT_BYTES = 16_384;
const CONNECTIONS_PER_ORIGIN = 16;

/** Throws an Error that names a secret or an allowed host which cannot be used. */
export function createWebhooks(options: WebhooksOptions, { clock, log }: WebhooksDeps): Webhooks {
  const { timeoutMs = 10_000, secrets, allowedHosts, ...connection } = options;
  const rules = createUrlRules(allowedHosts);
  const sign = createSign(secrets, (message) => log?.warn(message));
  const agent = new Agent({
    connect: guardedConnector(rules, { ...connection, timeoutMs }),
    connections: CONNECTIONS_PER_ORIGIN,
  });

  const post = async (url: URL, id: string, body: string): Promise<DeliveryResult> => {
    const answer = await request(url, {
      dispatcher: agent,
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'user-agent': 'cxone-date-service',
        ...sign(id, clock.now(), body),
      },
      body,
      signal: AbortSignal.timeout(timeoutMs),
    });
    // Read so that the connection can be used again, but nobody waits for it.
    answer.body.dump({ limit: ANSWER_LIMIT_BYTES }).catch(() => {});
    const { 'retry-after': retryAfter } = answer.headers;
    return resultOf(answer.statusCode, typeof retryAfter === 'string' ? retryAfter : undefined, clock.now());
  };

  return {
    accept: (url) => void rules.check(url),
    async deliver({ id, url, body }) {
      try {
        return await post(rules.check(url), id, body);
      } catch (error) {
        // What a name leads to may change, so that only the URL itself is refused for good.
        const final = error instanceof Problem;
        const refused = final || error instanceof AddressRefused;
        return { outcome: 'failed', final, refused, detail: detailOf(error, timeoutMs) };
      }
    },
    close: () => agent.destroy(),
  };
}
