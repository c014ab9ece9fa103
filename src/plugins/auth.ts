import { createHash, timingSafeEqual } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { FastifyRequest } from 'fastify';
import fp from 'fastify-plugin';
import { type JWTPayload, createRemoteJWKSet, errors, jwtVerify } from 'jose';
import { Problem } from '../errors.ts';

export interface AuthOptions {
  mode: 'required' | 'off';
  apiKeysFile: string | null;
  jwt: { jwksUrl: string; issuer: string; audience: string } | null;
}

export interface Caller {
  id: string;
  scopes: ReadonlySet<string>;
}

declare module 'fastify' {
  interface FastifyRequest {
    caller: Caller;
  }
  interface FastifyContextConfig {
    /** What a caller must be allowed to do; a route without one is open. */
    scope?: string;
  }
}

export interface ApiKey extends Caller {
  hash: Buffer;
}

const SCOPES = ['manipulations:write', 'manipulations:preview', 'audit:read', 'audit:read:all'];

/** Who calls while `AUTH_MODE` is `off`. */
const ANONYMOUS: Caller = { id: 'anonymous', scopes: new Set(SCOPES) };

/** Answers 401 and 403 before a body is read, and tells handlers who calls. */
export default fp(
  async (app, options: AuthOptions) => {
    const keys = options.apiKeysFile ? parseApiKeys(readFileSync(options.apiKeysFile, 'utf8')) : [];
    const keySet =
      options.jwt && createRemoteJWKSet(new URL(options.jwt.jwksUrl), { timeoutDuration: 5_000 });

    app.decorateRequest('caller');
    app.addHook('onRequest', async (request) => {
      const { scope } = request.routeOptions.config;
      request.caller = ANONYMOUS;
      if (scope === undefined || options.mode === 'off') return;
      request.caller = await authenticate(bearerOf(request));
      if (!request.caller.scopes.has(scope)) {
        throw new Problem('FORBIDDEN', `This needs the scope ${scope}, which these credentials do not have.`);
      }
    });

    async function authenticate(token: string): Promise<Caller> {
      const key = findApiKey(keys, token);
      if (key) return key;
      if (options.jwt && keySet && token.split('.').length === 3) {
        const { issuer, audience } = options.jwt;
        const verified = await jwtVerify(token, keySet, {
          issuer,
          audience,
          algorithms: [
            'RS256',
            'RS384',
            'RS512',
            'PS256',
            'PS384',
            'PS512',
            'ES256',
            'ES384',
            'ES512',
            'EdDSA',
            'Ed25519',
          ],
          requiredClaims: ['sub', 'exp'],
        }).catch((error: unknown) => {
          throw jwtProblem(error);
        });
        return { id: verified.payload.sub ?? '', scopes: scopesOf(verified.payload) };
      }
      throw new Problem(
        'UNAUTHENTICATED',
        'The API key or token is not known here. Check that it is whole and not withdrawn.',
      );
    }
  },
  { name: 'auth' },
);

function bearerOf(request: FastifyRequest): string {
  const token = /^Bearer +([^\s]+)$/i.exec(request.headers.authorization ?? '')?.[1];
  if (token === undefined) {
    throw new Problem('UNAUTHENTICATED', 'Send an API key or a token: Authorization: Bearer <key>.');
  }
  return token;
}

/** SHA-256 suffices: a key has 256 random bits, so that there is nothing to guess. */
export const hashApiKey = (key: string): Buffer => createHash('sha256').update(key).digest();

/** All keys are compared, each in constant time, so that nothing can be learned from how long it takes. */
function findApiKey(keys: readonly ApiKey[], presented: string): ApiKey | null {
  const hash = hashApiKey(presented);
  let found: ApiKey | null = null;
  for (const key of keys) if (timingSafeEqual(key.hash, hash)) found = key;
  return found;
}

/**
 * One key a line: `ID SCOPE[,SCOPE...] sha256:HEX`. Empty lines and lines that start with `#` are passed over.
 * @throws Error that names the first line which is wrong
 */
export function parseApiKeys(text: string): ApiKey[] {
  const keys = text.split('\n').flatMap((line, index) => {
    if (/^\s*(#|$)/.test(line)) return [];
    const match = /^\s*([\w.@-]{1,128})\s+(\S+)\s+sha256:([0-9a-f]{64})\s*$/.exec(line);
    if (!match) throw new Error(`API_KEYS_FILE line ${index + 1} is not "ID SCOPES sha256:HEX".`);
    const [, id = '', scopes = '', hash = ''] = match;
    const unknown = scopes.split(',').find((scope) => !SCOPES.includes(scope));
    if (unknown !== undefined) {
      throw new Error(
        `API_KEYS_FILE line ${index + 1} has the scope "${unknown}", which is none of ${SCOPES.join(', ')}.`,
      );
    }
    return [{ id, scopes: new Set(scopes.split(',')), hash: Buffer.from(hash, 'hex') }];
  });
  return keys;
}

/** `scope` is a string (RFC 8693); `scp` is a string or a list, as some issuers have it. */
function scopesOf(payload: JWTPayload): Set<string> {
  const { scope, scp } = payload as { scope?: unknown; scp?: unknown };
  const claims = [scope, scp].flatMap((claim) =>
    typeof claim === 'string' ? claim.split(' ') : Array.isArray(claim) ? claim.map(String) : [],
  );
  return new Set(claims);
}

function jwtProblem(error: unknown): Problem {
  const ours =
    error instanceof errors.JWKSTimeout ||
    !(error instanceof errors.JOSEError) ||
    error.code === 'ERR_JOSE_GENERIC';
  if (ours) {
    return new Problem(
      'UPSTREAM_UNAVAILABLE',
      'The token could not be checked, as the key set of its issuer did not answer. Try again shortly.',
      { cause: error },
    );
  }
  const why = error instanceof errors.JWTExpired ? 'has expired' : 'is not valid here';
  return new Problem('UNAUTHENTICATED', `The token ${why}. Get a new one from the issuer.`, { cause: error });
}
