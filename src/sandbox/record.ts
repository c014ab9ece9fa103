import { createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { Endpoint } from './settings.ts';

/** One request as it arrived, credentials and all: for tests to look at, never to be logged. */
export interface RequestRecord {
  endpoint: Endpoint | 'unknown';
  method: string;
  path: string;
  query: Record<string, string>;
  headers: IncomingHttpHeaders;
  body: string;
  /** Arrival, in epoch milliseconds with decimals. */
  time: number;
  /** What was answered; null while there is no answer, or when there never was one. */
  status: number | null;
  /** The request changed an action, whatever became of the answer. */
  applied: boolean;
  /** Nothing more comes of it, whether or not an answer was sent. */
  ended: boolean;
}

/** One delivery to the webhook receiver. */
export interface WebhookRecord {
  /** The headers of Standard Webhooks, null where missing. */
  id: string | null;
  timestamp: string | null;
  signature: string | null;
  headers: IncomingHttpHeaders;
  body: string;
  /** One of its signatures is right for this body and time. */
  valid: boolean;
  time: number;
  status: number | null;
}

/** Keeps at least the `newest` entries, and at most twice as many. */
export interface Ring<T> {
  readonly entries: T[];
  add(entry: T): void;
}

export function createRing<T>(newest: number): Ring<T> {
  const entries: T[] = [];
  return {
    entries,
    add(entry) {
      if (newest === 0) return;
      if (entries.length >= newest * 2) entries.splice(0, newest);
      entries.push(entry);
    },
  };
}

export function webhookRecord(request: RequestRecord, secret: string): WebhookRecord {
  const { headers, body, time, status } = request;
  const header = (name: string): string | null => {
    const value = headers[name];
    return typeof value === 'string' ? value : null;
  };
  const [id, timestamp, signature] = ['webhook-id', 'webhook-timestamp', 'webhook-signature'].map(header);
  const entry = { id: id ?? null, timestamp: timestamp ?? null, signature: signature ?? null };
  return { ...entry, headers, body, valid: isValid(entry, body, secret), time, status };
}

function isValid(
  { id, timestamp, signature }: Pick<WebhookRecord, 'id' | 'timestamp' | 'signature'>,
  body: string,
  secret: string,
): boolean {
  if (id === null || timestamp === null || signature === null) return false;
  if (!(Math.abs(Date.now() / 1000 - Number(timestamp)) <= TOLERANCE_SECONDS)) return false;
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  const expected = Buffer.from(
    `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')}`,
  );
  return signature.split(' ').some((text) => {
    const given = Buffer.from(text);
    return given.length === expected.length && timingSafeEqual(given, expected);
  });
}

/** Standard Webhooks' own: an older message may be a replay. */
const TOLERANCE_SECONDS = 300;
