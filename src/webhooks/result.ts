import { Problem } from '../errors.ts';
import type { DeliveryResult } from '../services/ports.ts';
import { AddressRefused } from './connector.ts';

/** What a receiver's status means (Standard Webhooks: 2xx is delivered, 410 ends it). `now` in epoch milliseconds. */
export function resultOf(status: number, retryAfter: string | undefined, now: number): DeliveryResult {
  if (status >= 200 && status < 300) return { outcome: 'delivered' };
  if (status === 410) return { outcome: 'failed', final: true, detail: 'the receiver answered 410 (Gone)' };
  const why = status < 400 ? '; redirects are not followed, give the URL it leads to' : '';
  const failed = {
    outcome: 'failed',
    final: false,
    detail: `the receiver answered ${status}${why}`,
  } as const;
  const seconds = retryAfter === undefined ? undefined : retryAfterSeconds(retryAfter, now);
  return seconds === undefined ? failed : { ...failed, retryAfterSeconds: seconds };
}

const DAY_SECONDS = 86_400;

/** RFC 9110, section 10.2.3: seconds or an HTTP date; undefined when it is neither, or past. At most a day. */
function retryAfterSeconds(value: string, now: number): number | undefined {
  const text = value.trim();
  const date = text.endsWith(' GMT') ? Date.parse(text) : NaN;
  const seconds = /^\d+$/.test(text) ? Number(text) : (date - now) / 1000;
  return seconds > 0 ? Math.min(Math.ceil(seconds), DAY_SECONDS) : undefined;
}

/** Why there was no answer. Never the whole URL: its path and query may hold the receiver's secrets. */
export function detailOf(error: unknown, timeoutMs: number): string {
  if (error instanceof Problem || error instanceof AddressRefused) return error.message;
  const { name = '', code = '', message = '' } = error as { name?: string; code?: string; message?: string };
  if (name === 'TimeoutError' || code === 'UND_ERR_CONNECT_TIMEOUT') {
    return `the receiver did not answer within ${timeoutMs} ms`;
  }
  return `the receiver could not be reached: ${code === '' ? message : code}`;
}
