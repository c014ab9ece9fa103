import type { IncomingHttpHeaders } from 'node:http';
import type { FastifyRequest } from 'fastify';
import fp from 'fastify-plugin';
import { malformed, Problem } from '../errors.ts';
import { parseStrictJson, StrictJsonError } from '../shared/strict-json.ts';

declare module 'fastify' {
  interface FastifyInstance {
    /** @throws Problem `UNSUPPORTED_MEDIA_TYPE` for a compressed body or another charset than UTF-8 */
    assertPlainBody(headers: IncomingHttpHeaders): void;
  }
}

/**
 * Reads JSON bodies strictly (RFC 8259): UTF-8 or nothing, no name twice. What a lenient reader would quietly replace or
 * skip is said.
 */
export default fp(
  async (app) => {
    const decoder = new TextDecoder('utf-8', { fatal: true });
    app.decorate('assertPlainBody', assertPlainBody);
    app.removeAllContentTypeParsers();
    app.addContentTypeParser(
      'application/json',
      { parseAs: 'buffer' },
      (request: FastifyRequest, body: Buffer, done: (error: Error | null, value?: unknown) => void) => {
        try {
          assertPlainBody(request.headers);
          done(null, parse(body));
        } catch (error) {
          done(error as Error);
        }
      },
    );

    function parse(body: Buffer): unknown {
      if (body.length === 0) throw malformed('The body is empty. Send a JSON object.');
      let text: string;
      try {
        text = decoder.decode(body);
      } catch {
        throw malformed('The body is not UTF-8. Send JSON in UTF-8.');
      }
      try {
        return parseStrictJson(text);
      } catch (error) {
        if (!(error instanceof StrictJsonError)) throw error;
        throw malformed(`The body ${error.message}. Send a JSON object.`);
      }
    }
  },
  { name: 'json-body', dependencies: ['problems'] },
);

function assertPlainBody(headers: IncomingHttpHeaders): void {
  const { 'content-encoding': encoding = 'identity', 'content-type': type = '' } = headers;
  const charset = type.includes(';') ? (/;\s*charset="?([^";\s]+)/i.exec(type)?.[1] ?? 'utf-8') : 'utf-8';
  if (encoding.toLowerCase() !== 'identity') {
    throw new Problem(
      'UNSUPPORTED_MEDIA_TYPE',
      'Compressed bodies are not taken. Send it without Content-Encoding.',
    );
  }
  if (!/^utf-?8$/i.test(charset)) throw new Problem('UNSUPPORTED_MEDIA_TYPE', 'Send JSON in UTF-8.');
}
