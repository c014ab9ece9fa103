import type { FastifyReply, FastifyRequest } from 'fastify';
import { answerWith, type StaticBody } from '../shared/static-body.ts';

/**
 * The `Content-Security-Policy` of a page: nothing of it comes from, or goes to, another host, and nothing would ask for
 * https on plain http. `more` are further directives.
 */
export const pagePolicy = (...more: string[]): string =>
  [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    ...more,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');

/** Answers with a body that does not change: 304 where the caller has it, compressed where it takes that. */
export function sendStatic(
  request: FastifyRequest,
  reply: FastifyReply,
  body: StaticBody,
  headers: Record<string, string> = {},
): FastifyReply {
  const { code, headers: own, payload } = answerWith(body, request.headers);
  return reply
    .headers({ ...own, ...headers })
    .code(code)
    .send(payload);
}
