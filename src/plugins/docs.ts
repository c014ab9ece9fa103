import { createHash } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import fp from 'fastify-plugin';
import { type DocsPage, docsPage } from '../docs/page.ts';
import { problemJson, problemPage } from '../docs/problem-page.ts';
import { Problem, PROBLEM_CODES, slugOf } from '../errors.ts';

/** Nothing of these pages comes from, or goes to, another host; nothing that would ask for https on plain http. */
const CSP = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  'img-src data:',
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** The pages that explain the interface: /docs, /problems/{code}, and what stands at /. */
export default fp(
  async (app, { version }: { version: string }) => {
    const hidden = { config: { open: true as const }, schema: { hide: true } };
    let page: DocsPage | undefined;
    const pages = () => (page ??= docsPage(app.swagger()));

    const send = (request: FastifyRequest, reply: FastifyReply, type: string, text: string) => {
      const etag = `"${createHash('sha256').update(text).digest('base64url').slice(0, 22)}"`;
      reply
        .header('etag', etag)
        .header('cache-control', 'no-cache')
        .header('content-security-policy', CSP)
        .header('x-content-type-options', 'nosniff')
        .header('referrer-policy', 'no-referrer');
      if (request.headers['if-none-match'] === etag) return reply.code(304).send();
      return reply.type(`${type}; charset=utf-8`).send(text);
    };

    const html = (request: FastifyRequest, reply: FastifyReply) =>
      send(request, reply, 'text/html', pages().html);
    app.get('/docs', hidden, html);
    app.get('/docs/', hidden, html);
    app.get('/docs/style.css', hidden, (request, reply) => send(request, reply, 'text/css', pages().style));
    app.get('/docs/script.js', hidden, (request, reply) =>
      send(request, reply, 'text/javascript', pages().script),
    );

    app.get('/', hidden, async (request, reply) => {
      reply.header('vary', 'accept');
      if (wantsHtml(request)) return reply.redirect('/console');
      return reply.type('application/json; charset=utf-8').send({
        name: 'CXone date service',
        version,
        console: '/console',
        docs: '/docs',
        openapi: '/openapi.json',
        health: { live: '/health/live', ready: '/health/ready' },
        problems: '/problems',
        routes: Object.entries(app.swagger().paths ?? {}).map(([path, methods]) => ({
          path,
          methods: Object.keys(methods as object).map((method) => method.toUpperCase()),
        })),
      });
    });

    app.get('/problems', hidden, async () => ({ problems: PROBLEM_CODES.map(problemJson) }));
    app.get<{ Params: { slug: string } }>('/problems/:slug', hidden, async (request, reply) => {
      const code = PROBLEM_CODES.find((each) => slugOf(each) === request.params.slug.toLowerCase());
      if (code === undefined) {
        throw new Problem(
          'ROUTE_NOT_FOUND',
          'There is no problem of that name. GET /problems lists them all.',
        );
      }
      reply.header('vary', 'accept');
      if (wantsHtml(request)) return send(request, reply, 'text/html', problemPage(code));
      return reply.type('application/json; charset=utf-8').send(problemJson(code));
    });
  },
  { name: 'docs', dependencies: ['openapi', 'problems'] },
);

/** A browser names HTML; other clients name JSON, anything, or nothing. */
const wantsHtml = (request: FastifyRequest): boolean => /\btext\/html\b/i.test(request.headers.accept ?? '');
