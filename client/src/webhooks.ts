import type { WebhookEvent } from './types.ts';

export type { WebhookEvent } from './types.ts';

/** A webhook that is not to be believed. Answer 400 or 401, and do nothing. */
export class WebhookRejected extends Error {
  override readonly name = 'WebhookRejected';
}

export interface Received {
  /** As they came; letter case does not matter. */
  headers: Headers | Readonly<Record<string, string | string[] | undefined>>;
  /** The bytes or the text as it came: not parsed and written again. */
  body: string | Uint8Array;
}

export interface VerifyOptions {
  /** `whsec_` and base64; several while one is rotated. */
  secret: string | readonly string[];
  /** How old or how far ahead the timestamp may be. Default 300. */
  toleranceSeconds?: number;
  /** Epoch milliseconds, for tests. */
  now?: () => number;
}

/**
 * Verifies a webhook of the service (Standard Webhooks 1.0) and reads it. Remember its `webhook-id`: the same event may come
 * twice.
 * @throws WebhookRejected for a signature that does not fit, and for a timestamp that is too old or too new
 */
export async function verifyWebhook(
  { headers, body }: Received,
  { secret, toleranceSeconds = 300, now = Date.now }: VerifyOptions,
): Promise<{ id: string; event: WebhookEvent }> {
  const id = headerOf(headers, 'webhook-id');
  const timestamp = headerOf(headers, 'webhook-timestamp');
  const signatures = headerOf(headers, 'webhook-signature');
  if (!/^\d{1,12}$/.test(timestamp)) throw new WebhookRejected('webhook-timestamp is not in Unix seconds.');
  const age = now() / 1000 - Number(timestamp);
  if (Math.abs(age) > toleranceSeconds) {
    throw new WebhookRejected(`The webhook is ${Math.round(age)} s old; ${toleranceSeconds} s are allowed.`);
  }
  const bytes = typeof body === 'string' ? new TextEncoder().encode(body) : body;
  const signed = joined(new TextEncoder().encode(`${id}.${timestamp}.`), bytes);
  const given = signatures.split(' ').filter((each) => each.startsWith('v1,'));
  const secrets = typeof secret === 'string' ? [secret] : secret;
  const keys = await Promise.all(secrets.map(keyOf));
  let fits = false;
  for (const key of keys) {
    for (const each of given) {
      const signature = fromBase64(each.slice('v1,'.length));
      // `verify` compares in constant time.
      if (signature !== undefined && (await crypto.subtle.verify('HMAC', key, signature, signed)))
        fits = true;
    }
  }
  if (!fits) throw new WebhookRejected('No signature of the webhook fits a secret.');
  return { id, event: JSON.parse(new TextDecoder().decode(bytes)) as WebhookEvent };
}

function headerOf(headers: Received['headers'], name: string): string {
  const value =
    headers instanceof Headers
      ? headers.get(name)
      : Object.entries(headers).find(([key]) => key.toLowerCase() === name)?.[1];
  if (typeof value !== 'string' || value === '') throw new WebhookRejected(`The header ${name} is missing.`);
  return value;
}

async function keyOf(secret: string): Promise<CryptoKey> {
  const bytes = fromBase64(secret.replace(/^whsec_/, ''));
  if (bytes === undefined || bytes.length === 0)
    throw new TypeError('A webhook secret is whsec_ and base64.');
  return crypto.subtle.importKey('raw', bytes, { name: 'HMAC', hash: 'SHA-256' }, false, ['verify']);
}

function fromBase64(text: string): Uint8Array<ArrayBuffer> | undefined {
  try {
    return Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
  } catch {
    return undefined;
  }
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array<ArrayBuffer> {
  const both = new Uint8Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}
