import { existsSync } from 'node:fs';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import Fastify, { LogController } from 'fastify';
import pkg from '../package.json' with { type: 'json' };
import { type Config, ConfigError, withoutPath } from './config.ts';
import auth from './plugins/auth.ts';
import connections, { type ConnectionLimits } from './plugins/connections.ts';
import calendars from './plugins/calendars.ts';
import consolePage from './plugins/console.ts';
import { lazyCompilers } from './plugins/compilers.ts';
import cxone from './plugins/cxone.ts';
import docs from './plugins/docs.ts';
import jsonBody from './plugins/json-body.ts';
import { ledger } from './plugins/ledger.ts';
import { answerMalformed } from './plugins/malformed.ts';
import logging, { createLogger, type Sink } from './plugins/logging.ts';
import metrics from './plugins/metrics.ts';
import openapi from './plugins/openapi.ts';
import overload from './plugins/overload.ts';
import problems, { asProblem, sendProblem } from './plugins/problems.ts';
import rateLimit from './plugins/rate-limit.ts';
import manipulations from './plugins/manipulations.ts';
import requests, { requestIdOf } from './plugins/request-id.ts';
import routeTable from './plugins/route-table.ts';
import shutdown from './plugins/shutdown.ts';
import tracing from './plugins/tracing.ts';
import warmUp from './plugins/warm-up.ts';
import { webhooks } from './plugins/webhooks.ts';
import { auditRecordRoutes } from './routes/audit-records.ts';
import { batchRoutes } from './routes/batch.ts';
import { calendarRoutes } from './routes/calendars.ts';
import { healthRoutes } from './routes/health.ts';
import { manipulationRoutes } from './routes/manipulations.ts';
import { VALIDATION } from './schemas/validation.ts';
import { systemClock } from './services/clock.ts';
import { operations, tzdbVersion } from './services/date/index.ts';
import { createEvents } from './services/events.ts';
import type { Clock } from './services/ports.ts';
import { isOpenToAll } from './shared/file-mode.ts';
import { tenantOf } from './tenant.ts';

export interface Overrides {
  clock?: Clock;
  /** Where the log goes; the default is standard output. */
  logSink?: Sink;
  /** Whether what the first requests need is made ready once the service listens, and the start's garbage collected. */
  warmUp?: boolean;
  /** How long a manipulation may wait for its slot, in milliseconds. */
  longestWaitMs?: number;
  /** What clients may hold, and for how long. */
  connections?: Partial<ConnectionLimits>;
}

/** A batch may upload for as long as the tenant's rate limit holds it back; `connections` bounds other bodies. */
const LONGEST_UPLOAD_MS = 3_600_000;
/** Well within the deadline, which a manipulation still has to itself when its slot is there. */
const LONGEST_WAIT_MS = 4_000;
/** How long the end waits for a reader of the log that does not read. */
const LONGEST_DRAIN_MS = 1_000;

/**
 * The whole service, not yet listening. The order below is the order in which a request meets the parts.
 * Without credentials it brings its own tenant, the sandbox, and stops it again in `close`.
 */
export async function buildApp(config: Config, overrides: Overrides = {}) {
  const clock = overrides.clock ?? systemClock;
  const events = createEvents();
  const { log, destination } = createLogger(config.logLevel, {
    ...(overrides.logSink && { sink: overrides.logSink }),
    onDrop: () => void events.emit('log.dropped', {}),
  });
  const { schemaController, warmOne } = lazyCompilers();
  const app = Fastify({
    schemaController,
    loggerInstance: log,
    // Its two lines a request are one of ours, and a logger for each request costs more than it tells.
    logController: new LogController({ disableRequestLogging: true }),
    childLoggerFactory: (logger) => logger,
    genReqId: requestIdOf,
    bodyLimit: config.bodyLimit,
    requestTimeout: LONGEST_UPLOAD_MS,
    return503OnClosing: false,
    forceCloseConnections: 'idle',
    routerOptions: { maxParamLength: 256 },
    ajv: {
      customOptions: VALIDATION,
    },
    frameworkErrors: (error, request, reply) => void sendProblem(reply, request, asProblem(error)),
    clientErrorHandler: answerMalformed,
    // Without a Host header, an answer of ours instead of Node's empty one.
    http: { requireHostHeader: false, headersTimeout: 10_000, connectionsCheckingInterval: 2_000 },
  }).withTypeProvider<TypeBoxTypeProvider>();

  // First, so that it runs last: what the others say while they close is still written.
  app.addHook('onClose', () => destination.drained(LONGEST_DRAIN_MS));
  for (const { variable, file } of config.secretFiles) {
    if (existsSync(file) && isOpenToAll(file))
      app.log.warn(`${variable} ${file} is open to every user of this machine: chmod o-rw it.`);
  }
  const tenant = await tenantOf(config, app.log);
  app.addHook('onClose', async () => tenant.close());

  await app.register(routeTable);
  await app.register(shutdown, { longestWorkMs: config.cxone.deadlineMs + config.webhooks.waitMs + 2_000 });
  await app.register(connections, overrides.connections ?? {});
  await app.register(tracing, { otlp: config.otlp, events, version: pkg.version });
  await app.register(logging, { events, clock });
  await app.register(problems, { events });
  await app.register(requests);
  await app.register(overload, {
    clock,
    events,
    slots: config.cxone.maxConcurrent,
    longestWaitMs: overrides.longestWaitMs ?? LONGEST_WAIT_MS,
  });
  await app.register(jsonBody);
  await app.register(openapi, { version: pkg.version });
  await naming('API_KEYS_FILE', app.register(auth, { ...config.auth, clock, events }));
  // Before the ledger, as what comes first is closed last: until it is closed, the ledger delivers what is due.
  await naming('WEBHOOK_SECRET', app.register(webhooks, { ...tenant.webhooks, clock }));
  await naming(
    'DATABASE_URL',
    app.register(ledger, { ...config.ledger, deadlineMs: config.cxone.deadlineMs, clock, events }),
  );
  await app.register(rateLimit, { limit: config.rateLimit, coordinator: app.ledger.coordinator, events });
  await app.register(cxone, { cxone: tenant.cxone, clock, events, coordinator: app.ledger.coordinator });
  const { url: webhookUrl } = tenant.webhooks;
  if (webhookUrl !== null) await naming('WEBHOOK_URL', async () => app.webhooks.accept(webhookUrl));
  await naming(
    'METRICS_PORT',
    app.register(metrics, {
      events,
      clock,
      version: pkg.version,
      tzdb: tzdbVersion,
      operations: operations.map(({ name }) => name),
      inFlight: () => app.manipulations.inFlight,
      listen: config.metricsPort === null ? null : { host: config.host, port: config.metricsPort },
    }),
  );

  // After the metrics, which count what is refused at the start.
  await naming('CALENDARS_DIR', app.register(calendars, { directory: config.calendarsDir, events, clock }));

  await app.register(manipulations, {
    dataActions: app.dataActions,
    calendars: app.calendars,
    ledger: app.ledger,
    acceptWebhook: (url) => app.webhooks.accept(url),
    clock,
    events,
    settings: {
      deadlineMs: config.cxone.deadlineMs,
      webhookUrl: tenant.webhooks.url,
      webhookWaitMs: config.webhooks.waitMs,
    },
  });
  await app.register(manipulationRoutes, { clock });
  await app.register(batchRoutes, {
    clock,
    events,
    ...config.batch,
    limit: Math.max(1, Math.floor(config.cxone.maxConcurrent / 2)),
  });
  await app.register(auditRecordRoutes, { audit: app.ledger.audit });
  await app.register(docs, { version: pkg.version });
  await app.register(calendarRoutes, { calendars: app.calendars, clock });
  await app.register(consolePage);
  await app.register(healthRoutes, { ledger: app.ledger, dataActions: app.dataActions });
  if (overrides.warmUp === true) await app.register(warmUp, { warmOne });
  app.log.info(
    {
      version: pkg.version,
      node: process.version,
      ledger: config.ledger.databaseUrl.split(':', 1)[0],
      tenant: config.credentials ? new URL(tenant.cxone.baseUrl).host : 'sandbox',
      auth_mode: config.auth.mode,
      webhook: webhookUrl === null ? null : new URL(webhookUrl).host,
      tzdb: tzdbVersion,
    },
    'starting',
  );
  return app;
}

/** Says of a failure at the start which variable it comes from. */
async function naming(
  variable: string,
  work: PromiseLike<unknown> | (() => Promise<unknown>),
): Promise<void> {
  try {
    await (typeof work === 'function' ? work() : work);
  } catch (error) {
    const message = withoutPath(error as Error);
    throw new ConfigError(/^[A-Z]+_[A-Z_]+\b/.test(message) ? message : `${variable}: ${message}`);
  }
}
