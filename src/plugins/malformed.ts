import { randomUUID } from 'node:crypto';
import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { malformed, Problem } from '../errors.ts';
import { documentOf } from '../schemas/problem.ts';
import { SECURITY_HEADERS } from '../shared/security-headers.ts';

const tooLarge = (what: string) =>
  new Problem('PAYLOAD_TOO_LARGE', what, { errors: [{ path: '', message: what }] });

const KINDS: Record<string, Problem | undefined> = {
  HPE_HEADER_OVERFLOW: tooLarge('The headers or the path are too long. Send shorter ones.'),
  HPE_CHUNK_EXTENSIONS_OVERFLOW: tooLarge('The chunk extensions are too long.'),
  ERR_HTTP_REQUEST_TIMEOUT: malformed('The request did not arrive in time. Send it again.'),
};

/** Answers bytes that are not HTTP, which never become a request; for Fastify's `clientErrorHandler`. */
export function answerMalformed(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const problem = KINDS[error.code ?? ''] ?? malformed('This is not well-formed HTTP/1.1.');
  const requestId = randomUUID();
  const body = JSON.stringify(documentOf(problem, { instance: '', requestId }));
  const head = [
    `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status] ?? 'Error'}`,
    'content-type: application/problem+json; charset=utf-8',
    `content-length: ${Buffer.byteLength(body)}`,
    `x-request-id: ${requestId}`,
    ...Object.entries(SECURITY_HEADERS).map(([name, value]) => `${name}: ${value}`),
    'connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
  // A client that goes on sending does not keep its socket.
  setTimeout(() => socket.destroy(), CLOSE_MS).unref();
}

const CLOSE_MS = 2_000;
