import { Type } from '@sinclair/typebox';
import type { RouteOptions } from 'fastify';
import fp from 'fastify-plugin';
import { createExposition } from '../metrics/exposition.ts';
import { gauge, histogram, OTHER } from '../metrics/instruments.ts';
import { METHODS } from '../metrics/labels.ts';
import { serveApart } from '../metrics/listener.ts';
import { measureEvents } from '../metrics/measure.ts';
import { tzdbAgeSeconds } from '../services/date/index.ts';
import { problemResponses } from '../schemas/problem.ts';
import type { Events } from '../services/events.ts';
import type { Clock } from '../services/ports.ts';

export interface MetricsOptions {
  events: Events;
  clock: Pick<Clock, 'now'>;
  version: string;
  tzdb: string;
  operations: readonly string[];
  /** Manipulations that have begun and not ended. */
  inFlight: () => number;
  /** A listener of its own; null serves `/metrics` beside the other routes. */
  listen: { host: string; port: number } | null;
}

declare module 'fastify' {
  interface FastifyInstance {
    /** Where `/metrics` is when it has a listener of its own. */
    metricsAddress: string | null;
  }
}

/** Measures the events of the other parts, and serves the metrics. Labels are of bounded sets only. */
export default fp(
  async (app, options: MetricsOptions) => {
    const exposition = createExposition();
    const { registry } = exposition;
    measureEvents(registry, options);
    measureRequests();
    gauge(
      registry,
      'manipulations_in_flight',
      'Manipulations that have begun and not ended.',
      options.inFlight,
    );
    const tzdbAge = () => tzdbAgeSeconds(options.tzdb, options.clock.now());
    gauge(registry, 'tzdb_age_seconds', 'Since the release of the tz database in use.', tzdbAge);
    gauge(registry, 'tzdb_age_days', 'The same in days.', () => Math.floor(tzdbAge() / 86_400));
    const cxone = () => app.dataActions.gauges();
    gauge(
      registry,
      'cxone_bulkhead_queue',
      'Operations that wait for a bulkhead slot.',
      () => cxone().bulkheadQueue,
    );
    gauge(registry, 'cxone_rate_per_second', 'The adaptive rate now.', () => cxone().ratePerSecond);
    gauge(
      registry,
      'cxone_token_expires_seconds',
      'Until the token of CXone is renewed or fetched anew; NaN without a token.',
      () => cxone().tokenExpiresSeconds ?? Number.NaN,
    );
    measureStock();

    app.decorate('metricsAddress', null);
    if (options.listen) {
      const apart = await serveApart(exposition, options.listen);
      app.metricsAddress = apart.address;
      app.addHook('onClose', () => apart.close());
      return;
    }
    app.get(
      '/metrics',
      {
        config: { open: true },
        logLevel: 'debug',
        schema: {
          tags: ['operation'],
          summary: 'Metrics for Prometheus',
          description:
            'Histograms are in seconds; labels are of bounded sets. `METRICS_PORT` moves this to a listener of its own.',
          response: {
            200: {
              description: 'Prometheus text format.',
              content: {
                'text/plain': {
                  schema: Type.String({ examples: ['build_info{version="1.0.0"} 1'] }),
                },
              },
            },
            ...problemResponses('INTERNAL_ERROR'),
          },
        },
      },
      async (request, reply) => {
        const { type, body } = await exposition.scrape(request.headers.accept);
        return reply.type(type).send(body);
      },
    );

    /** Every route's documented answers exist with 0, so that the first failure is seen by `increase()`. */
    function measureRequests(): void {
      const duration = histogram(
        registry,
        'http_request_duration_seconds',
        'HTTP requests answered.',
        { method: [], route: [], status_code: [] },
        { exemplars: true },
      );
      const known = new Set(METHODS);
      const routes: RouteOptions[] = [];
      app.addHook('onRoute', (route) => void routes.push(route));
      app.addHook('onReady', async () => {
        for (const { method, url, schema } of routes) {
          const statuses = Object.keys(schema?.response ?? {});
          for (const status of statuses) duration.exact(String(method), url, status);
        }
      });
      app.addHook('onResponse', (request, reply, done) => {
        const method = known.has(request.method) ? request.method : OTHER;
        duration
          .exact(method, request.routeOptions.url ?? 'unmatched', String(reply.statusCode))
          .observe(reply.elapsedTime / 1000, request.trace?.traceId);
        done();
      });
    }

    /** What the ledger holds, read when it is asked for; NaN while the ledger cannot say. */
    function measureStock(): void {
      type Stock = Awaited<ReturnType<typeof app.ledger.gauges>>;
      let reading: Promise<Partial<Stock>> | undefined;
      /** One read for all figures of a scrape. */
      const read = (): Promise<Partial<Stock>> =>
        (reading ??= app.ledger
          .gauges()
          .catch(() => ({}))
          .finally(() => {
            reading = undefined;
          }));
      const stock = (name: string, help: string, key: keyof Stock) =>
        gauge(registry, name, help, async () => (await read())[key] ?? Number.NaN);
      stock(
        'webhook_outbox_oldest_seconds',
        'Age of the oldest webhook that is still to be delivered; 0 when there is none.',
        'outboxOldestSeconds',
      );
      stock('webhook_outbox_size', 'Webhooks that are still to be delivered.', 'outboxSize');
      stock('webhook_dead_letters', 'Webhooks that will not be tried again by themselves.', 'deadLetters');
      stock(
        'ledger_unreconciled_intents',
        'Intents in flight whose leases have expired or that were postponed.',
        'unreconciledIntents',
      );
      stock(
        'audit_checkpoint_age_seconds',
        'Since the last signed checkpoint was written; NaN without checkpoints.',
        'checkpointAgeSeconds',
      );
    }
  },
  { name: 'metrics', dependencies: ['ledger', 'cxone'] },
);
