import { randomUUID } from 'node:crypto';
import type { Socket } from 'node:net';
import { malformed, Problem } from '../errors.ts';
import { documentOf } from '../schemas/problem.ts';

const tooLarge = (what: string) =>
  new Problem('PAYLOAD_TOO_LARGE', what, { errors: [{ path: '', message: what }] });

const KINDS: Record<string, Problem | undefined> = {
  HPE_HEADER_OVERFLOW: tooLarge('The headers or the path are too long. Send shorter ones.'),
  HPE_CHUNK_EXTENSIONS_OVERFLOW: tooLarge('The chunk extensions are too long.'),
  ERR_HTTP_REQUEST_TIMEOUT: malformed('The request did not arrive in time. Send it again.'),
};

/** Answers what is not HTTP, which never becomes a request; for Fastify's `clientErrorHandler`. */
export function answerMalformed(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const problem = KINDS[error.code ?? ''] ?? malformed('This is not well-formed HTTP/1.1.');
  const requestId = randomUUID();
  const body = JSON.stringify(documentOf(problem, { instance: '', requestId }));
  const head = [
    `HTTP/1.1 ${problem.status} Bad Request`,
    'content-type: application/problem+json; charset=utf-8',
    `content-length: ${Buffer.byteLength(body)}`,
    `x-request-id: ${requestId}`,
    'connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}
