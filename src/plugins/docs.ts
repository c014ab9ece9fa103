import type { FastifyReply, FastifyRequest } from 'fastify';
import fp from 'fastify-plugin';
import { type DocsPage, docsPage } from '../docs/page.ts';
import { problemJson, problemPage } from '../docs/problem-page.ts';
import { readRunbooks, runbookPage } from '../docs/runbook.ts';
import { Problem, PROBLEM_CODES, slugOf } from '../errors.ts';
import { type StaticBody, staticBody } from '../shared/static-body.ts';
import { pagePolicy, sendStatic } from './static-pages.ts';

const CSP = pagePolicy();
const HEADERS = { 'cache-control': 'no-cache', 'content-security-policy': CSP };

/** For a page that is made when it is asked for. */
const asPage = (reply: FastifyReply): FastifyReply =>
  reply.type('text/html; charset=utf-8').header('content-security-policy', CSP);

/** The pages that explain the interface: /docs, /problems/{code}, /runbooks/{alert}, and what stands at /. */
export default fp(
  async (app, { version }: { version: string }) => {
    const hidden = { config: { open: true as const }, schema: { hide: true } };
    let bodies: Record<keyof DocsPage, StaticBody> | undefined;
    const made = (): Record<keyof DocsPage, StaticBody> => {
      const { html, style, script } = docsPage(app.swagger());
      return {
        html: staticBody('text/html; charset=utf-8', html),
        style: staticBody('text/css; charset=utf-8', style),
        script: staticBody('text/javascript; charset=utf-8', script),
      };
    };
    const part = (name: keyof DocsPage) => (request: FastifyRequest, reply: FastifyReply) =>
      sendStatic(request, reply, (bodies ??= made())[name], HEADERS);
    app.get('/docs', hidden, part('html'));
    app.get('/docs/', hidden, part('html'));
    app.get('/docs/style.css', hidden, part('style'));
    app.get('/docs/script.js', hidden, part('script'));

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
      if (wantsHtml(request)) {
        return asPage(reply).send(problemPage(code));
      }
      return reply.type('application/json; charset=utf-8').send(problemJson(code));
    });

    let runbooks: ReturnType<typeof readRunbooks> | undefined;
    app.get<{ Params: { alert: string } }>('/runbooks/:alert', hidden, async (request, reply) => {
      runbooks ??= readRunbooks();
      const runbook = runbooks.get(request.params.alert.toLowerCase());
      if (runbook === undefined) {
        throw new Problem('ROUTE_NOT_FOUND', 'There is no alert of that name: see docs/operations.md.');
      }
      return asPage(reply).send(runbookPage(runbook));
    });
  },
  { name: 'docs', dependencies: ['openapi', 'problems'] },
);

/** A browser names HTML; other clients name JSON, anything, or nothing. */
const wantsHtml = (request: FastifyRequest): boolean => /\btext\/html\b/i.test(request.headers.accept ?? '');
