import { type CryptoKey, importJWK, type JWK } from 'jose';
import { Problem } from '../errors.ts';

export interface KeySetOptions {
  url: string;
  /** Milliseconds that only grow. */
  monotonic: () => number;
  warn: (message: string) => void;
  /** Makes the request; for tests. */
  fetch?: typeof fetch;
}

export interface KeySet {
  /**
   * The public keys that may have made a signature with this algorithm under this key id; none when the set has no
   * such key, or it cannot be used.
   * @throws Problem `AUTHENTICATION_UNAVAILABLE` when no set could be fetched that is young enough
   */
  find(kid: string, alg: string): Promise<CryptoKey[]>;
}

const MINUTE = 60_000;
/** A set is fetched again when it is older than this, while the one before stays in use. */
const FRESH_MS = 10 * MINUTE;
/** A set that cannot be renewed is trusted for this long: a key withdrawn by the issuer counts no longer. */
const LONGEST_USE_MS = 6 * 60 * MINUTE;
/** An unknown key id may mean a new key, but asks the issuer no more often than this. */
const UNKNOWN_KID_MS = 30_000;
const TIMEOUT_MS = 5_000;
const LARGEST_SET_BYTES = 1_048_576;
const FIRST_BACKOFF_MS = 1_000;
const LONGEST_BACKOFF_MS = 60_000;
/** Keys of one set, and keys of one id, that are looked at. */
const MOST_KEYS = 200;
const MOST_CANDIDATES = 4;

interface Loaded {
  jwks: JWK[];
  /** Imported keys by key id and algorithm. */
  imported: Map<string, Promise<CryptoKey[]>>;
  at: number;
}

/**
 * The issuer's key set (RFC 7517): fetched when it is first needed, renewed in the background, kept while the issuer
 * is away. Failed fetches back off, so that an outage costs the issuer a request a minute, however many ask here.
 */
export function createKeySet({ url, monotonic, warn, fetch: get = fetch }: KeySetOptions): KeySet {
  let loaded: Loaded | undefined;
  let running: Promise<void> | undefined;
  let notBefore = 0;
  let failures = 0;

  async function load(): Promise<void> {
    try {
      loaded = { jwks: await fetchKeys(get, url), imported: new Map(), at: monotonic() };
      failures = 0;
      notBefore = monotonic() + UNKNOWN_KID_MS;
    } catch (error) {
      const pause = Math.min(LONGEST_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** failures);
      failures += 1;
      notBefore = monotonic() + pause;
      if (failures === 1)
        warn(`JWT_JWKS_URL: the key set could not be fetched: ${(error as Error).message}.`);
    }
  }

  /** One fetch at a time, and none before its time. */
  function refresh(): Promise<void> {
    if (monotonic() < notBefore) return running ?? Promise.resolve();
    running ??= load().finally(() => (running = undefined));
    return running;
  }

  function usable(): Loaded | undefined {
    return loaded !== undefined && monotonic() - loaded.at < LONGEST_USE_MS ? loaded : undefined;
  }

  return {
    async find(kid, alg) {
      let set = usable();
      if (set === undefined) {
        await refresh();
        set = usable();
      } else if (monotonic() - set.at >= FRESH_MS) {
        void refresh();
      }
      if (set === undefined) {
        throw new Problem(
          'AUTHENTICATION_UNAVAILABLE',
          'The token could not be checked, as the key set of its issuer cannot be fetched. Try again after Retry-After; API keys work meanwhile.',
          { retryAfterSeconds: Math.max(1, (notBefore - monotonic()) / 1000) },
        );
      }
      if (!set.jwks.some((jwk) => jwk.kid === kid)) {
        await refresh();
        set = usable() ?? set;
      }
      return keysOf(set, kid, alg);
    },
  };
}

function keysOf(set: Loaded, kid: string, alg: string): Promise<CryptoKey[]> {
  const id = `${alg} ${kid}`;
  const known = set.imported.get(id);
  if (known) return known;
  const candidates = set.jwks.filter((jwk) => jwk.kid === kid && fits(jwk, alg)).slice(0, MOST_CANDIDATES);
  if (candidates.length === 0) return Promise.resolve([]);
  const keys = Promise.all(candidates.map((jwk) => imported(jwk, alg))).then((all) =>
    all.filter((key) => key !== undefined),
  );
  set.imported.set(id, keys);
  return keys;
}

/** A key that is malformed harms only its own id. */
async function imported(jwk: JWK, alg: string): Promise<CryptoKey | undefined> {
  try {
    const key = await importJWK(jwk, alg);
    return key instanceof Uint8Array || key.type !== 'public' || hasNoSecret(key) ? undefined : key;
  } catch {
    return undefined;
  }
}

/** With the public exponent 1, every message is its own signature (RFC 8017, section 3.1: from 3). */
function hasNoSecret({ algorithm }: CryptoKey): boolean {
  const { publicExponent } = algorithm as { publicExponent?: Uint8Array };
  return publicExponent !== undefined && BigInt(`0x${Buffer.from(publicExponent).toString('hex')}`) < 3n;
}

/** RFC 7517, sections 4.2 to 4.4: what a key says of its own use. */
const fits = ({ kty, crv, use, alg: own, key_ops }: JWK, alg: string): boolean =>
  (use === undefined || use === 'sig') &&
  (own === undefined || own === alg || (alg === 'EdDSA' && own === 'Ed25519')) &&
  (key_ops === undefined || (Array.isArray(key_ops) && key_ops.includes('verify'))) &&
  (/^[RP]S/.test(alg)
    ? kty === 'RSA'
    : alg.startsWith('ES')
      ? kty === 'EC' && crv === CURVES[alg]
      : kty === 'OKP' && crv === 'Ed25519');

const CURVES: Record<string, string> = { ES256: 'P-256', ES384: 'P-384', ES512: 'P-521' };

async function fetchKeys(get: typeof fetch, url: string): Promise<JWK[]> {
  const response = await get(url, {
    redirect: 'error',
    headers: { accept: 'application/jwk-set+json, application/json' },
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  if (response.status !== 200) {
    await response.body?.cancel();
    throw new Error(`the issuer answered ${response.status}`);
  }
  let size = 0;
  const chunks: Uint8Array[] = [];
  for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    size += chunk.byteLength;
    if (size > LARGEST_SET_BYTES) throw new Error('it is larger than 1 MiB');
    chunks.push(chunk);
  }
  let body: unknown;
  try {
    body = JSON.parse(Buffer.concat(chunks).toString('utf8'));
  } catch {
    throw new Error('it is not JSON');
  }
  const { keys } = (body ?? {}) as { keys?: unknown };
  if (!Array.isArray(keys)) throw new Error('it has no list of keys');
  return keys
    .slice(0, MOST_KEYS)
    .filter((key): key is JWK => typeof key === 'object' && key !== null && 'kty' in key);
}
