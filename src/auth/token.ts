import { decodeJwt, decodeProtectedHeader, errors, type JWTPayload, jwtVerify } from 'jose';
import { Problem } from '../errors.ts';
import type { Caller } from './caller.ts';
import type { KeySet } from './key-set.ts';

export interface TokenOptions {
  issuer: string;
  audience: string;
}

/** Why a token was refused; for the log and the metrics, never for the caller. */
export class TokenRefused extends Error {
  readonly reason: string;
  readonly expired: boolean;

  constructor(reason: string, { expired = false } = {}) {
    super(`The token was refused: ${reason}.`);
    this.name = 'TokenRefused';
    this.reason = reason;
    this.expired = expired;
  }
}

/** Signatures with public keys alone: neither `none` nor a shared secret. */
const ALGORITHMS = [
  ...['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512'],
  ...['EdDSA', 'Ed25519'],
];
/** What a token is for (RFC 9068, RFC 7519): a security event or a logout that the issuer signed is no access. */
const TYPES = ['at+jwt', 'application/at+jwt', 'jwt'];
const LONGEST_TOKEN = 16_384;
const LONGEST_SUBJECT = 255;

/** Three parts of base64url without padding (RFC 7515, section 7.1). */
export const looksLikeToken = (text: string): boolean => /^[\w-]+\.[\w-]+\.[\w-]*$/.test(text);

/**
 * The caller that a JWT (RFC 7519) of the configured issuer names. What can be refused without the issuer's keys is refused
 * before they are asked for.
 * @throws TokenRefused for a token that is not valid here
 * @throws Problem `AUTHENTICATION_UNAVAILABLE` when the keys to check it cannot be fetched
 */
export async function callerOfToken(token: string, keys: KeySet, options: TokenOptions): Promise<Caller> {
  const { kid, alg } = headerOf(token, options);
  for (const key of await keys.find(kid, alg)) {
    try {
      const { payload } = await jwtVerify(token, key, {
        ...options,
        algorithms: [alg],
        requiredClaims: ['sub', 'exp'],
      });
      return { id: `jwt:${options.issuer}#${subjectOf(payload)}`, scopes: scopesOf(payload) };
    } catch (error) {
      // Another key may have the same id: only a wrong signature goes on to it.
      if (error instanceof errors.JWSSignatureVerificationFailed) continue;
      throw refusal(error);
    }
  }
  throw new TokenRefused('no key of the issuer made its signature');
}

function headerOf(token: string, { issuer }: TokenOptions): { kid: string; alg: string } {
  if (token.length > LONGEST_TOKEN) throw new TokenRefused('it is too long');
  try {
    const { kid, alg, typ } = decodeProtectedHeader(token);
    if (alg === undefined || !ALGORITHMS.includes(alg)) throw new TokenRefused('its algorithm is not taken');
    if (typeof kid !== 'string' || kid === '') throw new TokenRefused('it names no key (kid)');
    if (typ !== undefined && !TYPES.includes(typ.toLowerCase()))
      throw new TokenRefused('its type (typ) is not that of an access token');
    if (decodeJwt(token).iss !== issuer) throw new TokenRefused('its issuer is another one');
    return { kid, alg };
  } catch (error) {
    throw refusal(error);
  }
}

/** A subject is stored, compared and shown, so it may have no invisible characters and none that databases store differently. */
function subjectOf({ sub }: JWTPayload): string {
  const text: unknown = sub;
  if (typeof text !== 'string') throw new TokenRefused('its sub is not a text');
  if (text === '' || text.length > LONGEST_SUBJECT)
    throw new TokenRefused('its sub has not 1 to 255 characters');
  if (!text.isWellFormed() || /\p{Cc}/u.test(text) || text.trim() !== text) {
    throw new TokenRefused('its sub has control characters, half surrogates, or blanks at its ends');
  }
  return text;
}

/** `scope` is a string (RFC 8693); `scp` is a string or a list, as some issuers have it. */
function scopesOf(payload: JWTPayload): Set<string> {
  const { scope, scp } = payload as { scope?: unknown; scp?: unknown };
  const claims = [scope, scp].flatMap((claim: unknown) =>
    typeof claim === 'string' ? claim.split(' ') : Array.isArray(claim) ? (claim as unknown[]) : [],
  );
  return new Set(claims.filter((claim) => typeof claim === 'string'));
}

function refusal(error: unknown): TokenRefused | Problem {
  if (error instanceof TokenRefused || error instanceof Problem) return error;
  if (error instanceof errors.JWTExpired) return new TokenRefused('it has expired', { expired: true });
  if (error instanceof errors.JWTClaimValidationFailed)
    return new TokenRefused(`its claim ${error.claim} does not fit`);
  return new TokenRefused('it is malformed');
}
