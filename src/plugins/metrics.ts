import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import { Type } from '@sinclair/typebox';
import fp from 'fastify-plugin';
import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';
import { problemResponses } from '../schemas/problem.ts';
import type { Events } from '../services/events.ts';

export interface MetricsOptions {
  events: Events;
  version: string;
  tzdb: string;
  /** A listener of its own; null serves `/metrics` beside the other routes. */
  listen: { host: string; port: number } | null;
}

declare module 'fastify' {
  interface FastifyInstance {
    /** Where `/metrics` is when it has a listener of its own. */
    metricsAddress: string | null;
  }
}

const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const CIRCUIT_STATES = ['closed', 'open', 'half_open'] as const;

/** Measures what the others emit. Labels are of bounded sets only. */
export default fp(
  async (app, options: MetricsOptions) => {
    const registry = new Registry();
    collectDefaultMetrics({ register: registry });
    measure(registry, options);
    gauges(registry, () => app.ledger.gauges());

    const duration = histogram(registry, 'http_request_duration_seconds', 'HTTP requests answered.', [
      'method',
      'route',
      'status_code',
    ]);
    app.addHook('onResponse', async (request, reply) => {
      duration.observe(
        {
          method: request.method,
          route: request.routeOptions.url ?? 'unmatched',
          status_code: String(reply.statusCode),
        },
        reply.elapsedTime / 1000,
      );
    });

    app.decorate('metricsAddress', null);
    if (options.listen) {
      app.metricsAddress = await serveApart(registry, options.listen, (stop) => {
        app.addHook('onClose', stop);
      });
      return;
    }
    app.get(
      '/metrics',
      {
        config: { open: true },
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
      async (_request, reply) => reply.type(registry.contentType).send(await registry.metrics()),
    );
  },
  { name: 'metrics', dependencies: ['ledger'] },
);

const histogram = <T extends string>(registry: Registry, name: string, help: string, labelNames: T[] = []) =>
  new Histogram({ name, help, labelNames, buckets: SECONDS, registers: [registry] });

const counter = <T extends string>(registry: Registry, name: string, help: string, labelNames: T[]) =>
  new Counter({ name, help, labelNames, registers: [registry] });

function measure(registry: Registry, { events, version, tzdb }: MetricsOptions): void {
  const manipulation = histogram(
    registry,
    'manipulation_duration_seconds',
    'Manipulations, whole, webhook left out.',
    ['operation', 'outcome'],
  );
  events.on('manipulation.finished', ({ seconds, ...labels }) => manipulation.observe(labels, seconds));

  const computation = histogram(registry, 'date_computation_duration_seconds', 'Date computations.', [
    'operation',
  ]);
  events.on('date.computed', ({ seconds, ...labels }) => computation.observe(labels, seconds));

  const upstream = histogram(registry, 'cxone_request_duration_seconds', 'Requests to CXone.', [
    'endpoint',
    'outcome',
  ]);
  events.on('cxone.request', ({ seconds, ...labels }) => upstream.observe(labels, seconds));

  const retries = counter(registry, 'cxone_retries_total', 'Requests to CXone sent again.', ['reason']);
  events.on('cxone.retry', (labels) => retries.inc(labels));

  const refreshes = counter(registry, 'cxone_token_refreshes_total', 'Token requests.', ['outcome']);
  events.on('cxone.token_refresh', (labels) => refreshes.inc(labels));

  const circuit = new Gauge({
    name: 'cxone_circuit_state',
    help: '1 for the state that the circuit breaker is in.',
    labelNames: ['state'],
    registers: [registry],
  });
  const show = (now: string) => {
    for (const state of CIRCUIT_STATES) circuit.set({ state }, state === now ? 1 : 0);
  };
  show('closed');
  events.on('cxone.circuit', ({ state }) => show(state));

  const rateWait = histogram(registry, 'cxone_rate_limit_wait_seconds', 'Waiting for a turn towards CXone.');
  events.on('cxone.rate_limit_wait', ({ seconds }) => rateWait.observe(seconds));

  const deliveries = counter(registry, 'webhook_deliveries_total', 'Tries to deliver a webhook.', [
    'outcome',
  ]);
  events.on('webhook.delivery', (labels) => deliveries.inc(labels));

  const ledgerWrite = histogram(registry, 'ledger_write_duration_seconds', 'Writes to the ledger, on disk.', [
    'operation',
  ]);
  events.on('ledger.write', ({ seconds, ...labels }) => ledgerWrite.observe(labels, seconds));

  const reconciled = counter(
    registry,
    'ledger_reconciled_total',
    'Unfinished intents settled by reading the data action.',
    ['outcome'],
  );
  events.on('ledger.reconciled', (labels) => reconciled.inc(labels));

  const replays = counter(
    registry,
    'idempotency_replays_total',
    'Requests whose idempotency key had been seen.',
    ['outcome'],
  );
  events.on('idempotency.replay', (labels) => replays.inc(labels));

  new Gauge({
    name: 'build_info',
    help: 'What is running; always 1.',
    labelNames: ['version', 'node', 'tzdb'],
    registers: [registry],
  }).set({ version, node: process.version, tzdb }, 1);
}

/** Read when they are asked for; NaN while the ledger cannot say. */
function gauges(
  registry: Registry,
  read: () => Promise<{ unreconciledIntents: number; outboxOldestSeconds: number }>,
): void {
  type Gauges = Awaited<ReturnType<typeof read>>;
  let reading: Promise<Gauges> | undefined;
  /** One read for both figures of a scrape. */
  const now = (): Promise<Gauges> =>
    (reading ??= read()
      .catch(() => ({ unreconciledIntents: Number.NaN, outboxOldestSeconds: Number.NaN }))
      .finally(() => {
        reading = undefined;
      }));
  new Gauge({
    name: 'webhook_outbox_oldest_seconds',
    help: 'Age of the oldest webhook that is still to be delivered; 0 when there is none.',
    registers: [registry],
    async collect() {
      this.set((await now()).outboxOldestSeconds);
    },
  });
  new Gauge({
    name: 'ledger_unreconciled_intents',
    help: 'Intents without an outcome that nobody is working on.',
    registers: [registry],
    async collect() {
      this.set((await now()).unreconciledIntents);
    },
  });
}

async function serveApart(
  registry: Registry,
  { host, port }: { host: string; port: number },
  onClose: (stop: () => Promise<void>) => void,
): Promise<string> {
  const server = createServer((request, response) => {
    response.setHeader('x-request-id', randomUUID());
    const path = request.url?.split('?', 1)[0] ?? '';
    if (path !== '/metrics' || (request.method !== 'GET' && request.method !== 'HEAD')) {
      response.writeHead(404, { 'content-type': 'text/plain' }).end('GET /metrics is all there is here.\n');
      return;
    }
    registry.metrics().then(
      (text) => response.writeHead(200, { 'content-type': registry.contentType }).end(text),
      () => response.writeHead(500).end(),
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => resolve());
  });
  onClose(() => new Promise((resolve) => server.close(() => resolve())));
  const address = server.address();
  return `http://${host}:${typeof address === 'object' && address ? address.port : port}`;
}
