import { createHmac, createSecretKey } from 'node:crypto';

/** The headers of one try, `milliseconds` being its epoch time. */
export type Sign = (id: string, milliseconds: number, body: string) => Record<string, string>;

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** Standard Webhooks recommends 24 to 64 bytes. */
const ENOUGH_BYTES = 24;

/**
 * Standard Webhooks 1.0 (HMAC-SHA256, `v1`). With several secrets there are as many signatures, so that a receiver may
 * change to the next one at its own time; with none there is an id and a timestamp only. Throws an Error that says what
 * is wrong with which secret, without telling it.
 */
export function createSign(secrets: readonly string[], warn: (message: string) => void = () => {}): Sign {
  const keys = secrets.map((secret, index) => {
    const fault = faultOf(secret);
    if (fault !== undefined)
      throw new Error(`WEBHOOK_SECRET: secret ${index + 1} of ${secrets.length} ${fault}`);
    if (Buffer.from(encodedPart(secret), 'base64').length < ENOUGH_BYTES) {
      warn(`WEBHOOK_SECRET: secret ${index + 1} of ${secrets.length} is shorter than ${ENOUGH_BYTES} bytes`);
    }
    return createSecretKey(Buffer.from(encodedPart(secret), 'base64'));
  });

  return (id, milliseconds, body) => {
    const seconds = String(Math.floor(milliseconds / 1000));
    const headers = { 'webhook-id': id, 'webhook-timestamp': seconds };
    if (keys.length === 0) return headers;
    const signed = `${id}.${seconds}.${body}`;
    const signatures = keys.map((key) => `v1,${createHmac('sha256', key).update(signed).digest('base64')}`);
    return { ...headers, 'webhook-signature': signatures.join(' ') };
  };
}

const encodedPart = (secret: string): string => secret.replace(/^whsec_/, '');

function faultOf(secret: string): string | undefined {
  const encoded = encodedPart(secret);
  if (encoded === '') return 'is empty';
  if (/^[A-Za-z0-9_-]+$/.test(encoded) && /[_-]/.test(encoded)) {
    return 'is base64url: use base64, with + and /, after an optional whsec_';
  }
  if (!BASE64.test(encoded)) return 'is not base64 (with its padding) after an optional whsec_';
  return undefined;
}
