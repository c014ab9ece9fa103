import { Webhook } from 'standardwebhooks';

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
  const signers = secrets.map((secret, index) => {
    const problem = problemOf(secret);
    if (problem !== undefined)
      throw new Error(`WEBHOOK_SECRET: secret ${index + 1} of ${secrets.length} ${problem}`);
    if (Buffer.from(encodedPart(secret), 'base64').length < ENOUGH_BYTES) {
      warn(`WEBHOOK_SECRET: secret ${index + 1} of ${secrets.length} is shorter than ${ENOUGH_BYTES} bytes`);
    }
    return new Webhook(secret);
  });

  return (id, milliseconds, body) => {
    const headers = { 'webhook-id': id, 'webhook-timestamp': String(Math.floor(milliseconds / 1000)) };
    if (signers.length === 0) return headers;
    const signatures = signers.map((signer) => signer.sign(id, new Date(milliseconds), body));
    return { ...headers, 'webhook-signature': signatures.join(' ') };
  };
}

const encodedPart = (secret: string): string => secret.replace(/^whsec_/, '');

function problemOf(secret: string): string | undefined {
  const encoded = encodedPart(secret);
  if (encoded === '') return 'is empty';
  if (/^[A-Za-z0-9_-]+$/.test(encoded) && /[_-]/.test(encoded)) {
    return 'is base64url: use base64, with + and /, after an optional whsec_';
  }
  if (!BASE64.test(encoded)) return 'is not base64 (with its padding) after an optional whsec_';
  return undefined;
}
