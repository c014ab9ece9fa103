import type { IncomingMessage } from 'node:http';
import fp from 'fastify-plugin';
import { malformed, Problem } from '../errors.ts';
import { newRecordId } from '../shared/record-id.ts';
import { SECURITY_HEADERS } from '../shared/security-headers.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** A UUID for the audit record that this request makes; its `x-request-id` where the caller sent none. */
    recordId: string;
  }
}

const CALLERS_OWN = /^[\x21-\x7e]{1,128}$/;

/** For Fastify's `genReqId`: the caller's own `x-request-id` if it is fit, else the id of a record that it may make. */
export function requestIdOf(request: IncomingMessage): string {
  const given = request.headers['x-request-id'];
  return typeof given === 'string' && CALLERS_OWN.test(given) ? given : newRecordId();
}

/** Ids and security headers on every answer; requests with an ambiguous `Host` are refused. */
export default fp(
  async (app) => {
    app.decorateRequest('recordId', '');
    // By callback: a promise for each hook of each request costs more than the hook's own work.
    app.addHook('onRequest', (request, reply, done) => {
      reply.header('x-request-id', request.id);
      for (const [name, value] of HEADERS) reply.header(name, value);
      // What a caller may see is for that caller alone.
      if (request.routeOptions.config.scope !== undefined) reply.header('cache-control', 'no-store');
      request.recordId = request.headers['x-request-id'] === request.id ? newRecordId() : request.id;
      assertOneHost(request.raw);
      if (app.stopping.aborted && !isProbe(request.url)) {
        throw new Problem(
          'SHUTTING_DOWN',
          'This instance is stopping. Send it again; another one will answer.',
        );
      }
      done();
    });
  },
  { name: 'requests', dependencies: ['problems', 'shutdown'] },
);

const HEADERS = Object.entries(SECURITY_HEADERS);

/** Health and metrics: answered in every state, since they tell about it. */
export const isProbe = (url: string): boolean =>
  url.startsWith('/health/') || url === '/metrics' || url.startsWith('/metrics?');

/**
 * RFC 9112, section 3.2: HTTP/1.1 has exactly one `Host`. Two may mean something else to a proxy than to us.
 * @throws Problem `VALIDATION_FAILED`
 */
function assertOneHost({ rawHeaders, httpVersion }: IncomingMessage): void {
  if (httpVersion !== '1.1' && httpVersion !== '1.0') throw malformed('Send HTTP/1.1.');
  let hosts = 0;
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at] ?? '';
    if (name.length === 4 && name.toLowerCase() === 'host') hosts += 1;
  }
  if (hosts > 1 || (hosts === 0 && httpVersion === '1.1')) throw malformed('Send exactly one Host header.');
}
