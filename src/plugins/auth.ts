import { isIP } from 'node:net';
import type { FastifyRequest } from 'fastify';
import fp from 'fastify-plugin';
import { findApiKey } from '../auth/api-keys.ts';
import { ANONYMOUS, type Caller } from '../auth/caller.ts';
import { createKeySet } from '../auth/key-set.ts';
import { openKeysFile } from '../auth/keys-file.ts';
import { callerOfToken, looksLikeToken, TokenRefused } from '../auth/token.ts';
import { Problem } from '../errors.ts';
import type { Events } from '../services/events.ts';
import type { Clock } from '../services/ports.ts';

export interface AuthOptions {
  mode: 'required' | 'off';
  apiKeysFile: string | null;
  jwt: { jwksUrl: string; issuer: string; audience: string } | null;
  clock: Pick<Clock, 'monotonic'>;
  events: Events;
}

declare module 'fastify' {
  interface FastifyRequest {
    caller: Caller;
  }
  interface FastifyContextConfig {
    /** What a caller must be allowed to do. A route says this or `open`. */
    scope?: string;
    /** Needs no authentication: set on each such route, so that none is open by mistake. */
    open?: true;
  }
}

/** Answers 401 and 403 before a body is read, and tells handlers the caller. Routes are closed unless they say `open`. */
export default fp(
  async (app, { mode, apiKeysFile, jwt, clock, events }: AuthOptions) => {
    const monotonic = () => clock.monotonic();
    const log = {
      warn: (message: string) => app.log.warn(message),
      info: (message: string) => app.log.info(message),
    };
    const apiKeys = apiKeysFile === null ? () => [] : openKeysFile(apiKeysFile, { monotonic, ...log });
    if (mode === 'off' && (apiKeysFile !== null || jwt !== null)) {
      log.warn('AUTH_MODE is off: API keys and tokens are not looked at, and every caller may do everything');
    }
    if (mode === 'required' && jwt === null && apiKeys().length === 0) {
      throw new Error(`${apiKeysFile} has no key: with AUTH_MODE "required" every request would be refused`);
    }
    const localNames = createLocalNames();
    const keySet = jwt && createKeySet({ url: jwt.jwksUrl, monotonic, ...log });

    app.addHook('onRoute', ({ config, method, url }) => {
      if (config?.scope === undefined && config?.open !== true) {
        throw new Error(`The route ${String(method)} ${url} must have config.scope, or config.open: true.`);
      }
    });

    app.decorateRequest('caller');
    // By callback: only a token needs a promise.
    app.addHook('onRequest', (request, _reply, done) => {
      request.caller = ANONYMOUS;
      const { scope, open } = request.routeOptions.config;
      if (request.is404 || open === true) {
        done();
        return;
      }
      if (mode === 'off') {
        localNames.assertLocal(request);
        done();
        return;
      }
      const caller = authenticate(bearerOf(request), request);
      if (caller instanceof Promise) {
        caller.then((found) => admit(request, found, scope)).then(() => done(), done);
        return;
      }
      admit(request, caller, scope);
      done();
    });

    function admit(request: FastifyRequest, caller: Caller, scope: string | undefined): void {
      request.caller = caller;
      if (scope !== undefined && caller.scopes.has(scope)) return;
      events.emit('auth.failure', { reason: 'scope' });
      throw new Problem(
        'FORBIDDEN',
        `This needs the scope ${scope}, which these credentials do not have. The operator makes a key that has it: npm run keys -- create --id NAME --scopes ${scope}.`,
      );
    }

    function authenticate(token: string | undefined, request: FastifyRequest): Caller | Promise<Caller> {
      if (token === undefined) {
        events.emit('auth.failure', { reason: 'missing' });
        throw new Problem(
          'UNAUTHENTICATED',
          `Send an API key or a token: Authorization: Bearer <key>${sentOtherwise(request)}.`,
        );
      }
      const key = findApiKey(apiKeys(), token);
      if (key) return key;
      if (jwt && keySet && looksLikeToken(token)) {
        return callerOfToken(token, keySet, jwt).catch((error: unknown) => {
          throw tokenProblem(error, request);
        });
      }
      events.emit('auth.failure', { reason: 'unknown_key' });
      throw new Problem(
        'UNAUTHENTICATED',
        'The API key or token is not known here. Check that it is whole and not withdrawn.',
      );
    }

    function tokenProblem(error: unknown, request: FastifyRequest): unknown {
      if (error instanceof TokenRefused) {
        events.emit('auth.failure', { reason: error.expired ? 'token_expired' : 'token_refused' });
        request.log.info({ reason: error.reason }, 'a token was refused');
        const why = error.expired ? 'has expired' : 'is not valid here';
        return new Problem('UNAUTHENTICATED', `The token ${why}. Get a new one from the issuer.`, {
          cause: error,
        });
      }
      if (error instanceof Problem) events.emit('auth.failure', { reason: 'unavailable' });
      return error;
    }
  },
  { name: 'auth' },
);

/** Names that cannot be registered on the Internet: no dot in them, or a suffix that is kept for private use. */
const LOCAL_NAME = /^[^.]+$|\.(localhost|local|internal|lan|test|svc|home\.arpa)$/;

/**
 * Without authentication, a web page could have its own name lead to this service (DNS rebinding) and call it through a
 * browser. So it is served only under addresses and local names. The last good `Host` is remembered.
 */
function createLocalNames() {
  let known = '';
  return {
    /** @throws Problem `FORBIDDEN` */
    assertLocal(request: FastifyRequest): void {
      const { host } = request.headers;
      if (host === known) return;
      const name = request.hostname.toLowerCase().replace(/\.$/, '');
      if (isIP(name.replace(/^\[(.*)\]$/, '$1')) === 0 && !LOCAL_NAME.test(name)) {
        throw new Problem(
          'FORBIDDEN',
          'Without authentication (AUTH_MODE=off) this service is served under an IP address or a local name only. Use one of these, or set up API keys.',
        );
      }
      known = host ?? '';
    },
  };
}

/** How a key was sent instead. */
function sentOtherwise({ headers }: FastifyRequest): string {
  if (headers['x-api-key'] !== undefined) return ', not in X-API-Key';
  if (headers.authorization === undefined) return '';
  const [scheme = ''] = headers.authorization.split(' ', 1);
  if (/^bearer$/i.test(scheme)) return '; what stands after Bearer is empty, or has a space in it';
  return /^[A-Za-z]{1,16}$/.test(scheme) ? `, not ${scheme}` : ', not the key without the word Bearer';
}

function bearerOf(request: FastifyRequest): string | undefined {
  return /^Bearer +([^\s]+)$/i.exec(request.headers.authorization ?? '')?.[1];
}
