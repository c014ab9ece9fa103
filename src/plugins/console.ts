import type { FastifyReply, FastifyRequest } from 'fastify';
import fp from 'fastify-plugin';
import { consoleAssets } from '../console/assets.ts';
import { Problem } from '../errors.ts';
import { WINDOWS_ZONES } from '../services/date/index.ts';
import { type StaticBody, staticBody } from '../shared/static-body.ts';
import { pagePolicy, sendStatic } from './static-pages.ts';

const CSP = pagePolicy("connect-src 'self'");

/** The console: the same page for every address below /console, as the page itself tells them apart. */
export default fp(
  async (app) => {
    const asset = consoleAssets();

    const send = (name: string, request: FastifyRequest, reply: FastifyReply) => {
      const found = asset(name);
      if (found === undefined) throw new Problem('ROUTE_NOT_FOUND', `The console has no file ${name}.`);
      return sendStatic(request, reply, found, {
        'cache-control': name.endsWith('.svg') ? 'max-age=3600' : 'no-cache',
        'content-security-policy': CSP,
      });
    };

    const page = { config: { open: true as const }, schema: { hide: true } };
    const index = (request: FastifyRequest, reply: FastifyReply) => send('index.html', request, reply);
    app.get('/console', page, index);
    app.get('/console/records', page, index);
    app.get('/console/records/:id', page, index);
    app.get('/console/calendars', page, index);
    app.get('/console/calendars/:name', page, index);
    let zones: StaticBody | undefined;
    app.get('/console/windows-zones.json', page, async (request, reply) => {
      zones ??= staticBody('application/json; charset=utf-8', JSON.stringify(WINDOWS_ZONES));
      return sendStatic(request, reply, zones, { 'cache-control': 'no-cache' });
    });
    app.get<{ Params: { file: string } }>('/console/:file', page, (request, reply) =>
      send(request.params.file, request, reply),
    );
  },
  { name: 'console', dependencies: ['problems'] },
);
