import type { Registry } from 'prom-client';
import { PROBLEM_CODES } from '../errors.ts';
import type { Events } from '../services/events.ts';
import { counter, gauge, histogram, info, stateGauge } from './instruments.ts';
import * as labels from './labels.ts';

export interface MeasureOptions {
  events: Events;
  version: string;
  tzdb: string;
  operations: readonly string[];
}

/** Turns the service's events into metrics. */
export function measureEvents(registry: Registry, options: MeasureOptions): void {
  info(registry, 'build_info', 'What is running; always 1.', {
    version: options.version,
    node: process.version,
    tzdb: options.tzdb,
  });
  measureManipulations(registry, options);
  measureCxone(registry, options.events);
  measureLedger(registry, options.events);
  measureCallers(registry, options.events);
}

function measureManipulations(registry: Registry, { events, operations }: MeasureOptions): void {
  const manipulation = histogram(
    registry,
    'manipulation_duration_seconds',
    'Manipulations, whole, webhook left out.',
    { operation: operations, outcome: labels.OUTCOMES },
    { exemplars: true },
  );
  events.on('manipulation.finished', ({ operation, outcome, seconds, traceId }) =>
    manipulation.at(operation, outcome).observe(seconds, traceId),
  );

  const computation = histogram(registry, 'date_computation_duration_seconds', 'Date computations.', {
    operation: operations,
  });
  events.on('date.computed', ({ operation, seconds }) => computation.at(operation).observe(seconds));

  const items = counter(registry, 'batch_items_total', 'Items of batches that ended.', {
    outcome: ['success', 'failed'],
  });
  events.on('batch.item', ({ outcome }) => items.at(outcome).inc());

  const replays = counter(
    registry,
    'idempotency_replays_total',
    'Requests whose idempotency key had been seen.',
    { outcome: labels.REPLAY_OUTCOMES },
  );
  events.on('idempotency.replay', ({ outcome }) => replays.at(outcome).inc());
}

function measureCxone(registry: Registry, events: Events): void {
  const requests = histogram(registry, 'cxone_request_duration_seconds', 'Requests to CXone.', {
    endpoint: labels.ENDPOINTS,
    outcome: labels.REQUEST_OUTCOMES,
  });
  events.on('cxone.request', ({ endpoint, outcome, seconds }) =>
    requests.at(endpoint, outcome).observe(seconds),
  );

  const retries = counter(registry, 'cxone_retries_total', 'Requests to CXone sent again.', {
    reason: labels.RETRY_REASONS,
  });
  events.on('cxone.retry', ({ reason }) => retries.at(reason).inc());

  const circuit = stateGauge(
    registry,
    'cxone_circuit_state',
    '1 for the state that the circuit breaker towards CXone is in.',
    labels.CIRCUIT_STATES,
  );
  circuit('closed');
  events.on('cxone.circuit', ({ state, circuit: which = 'tenant' }) => {
    if (which === 'tenant') circuit(state);
  });

  const waits = histogram(
    registry,
    'cxone_rate_limit_wait_seconds',
    'Waiting for a slot of the rate limit towards CXone.',
  );
  events.on('cxone.rate_limit_wait', ({ seconds }) => waits.at().observe(seconds));

  const refreshes = counter(registry, 'cxone_token_refreshes_total', 'Token requests.', {
    outcome: ['ok', 'failed'],
  });
  events.on('cxone.token_refresh', ({ outcome }) => refreshes.at(outcome).inc());
}

function measureLedger(registry: Registry, events: Events): void {
  const writes = histogram(registry, 'ledger_write_duration_seconds', 'Writes to the ledger, on disk.', {
    operation: labels.LEDGER_OPERATIONS,
  });
  events.on('ledger.write', ({ operation, seconds }) => writes.at(operation).observe(seconds));

  const reconciled = counter(
    registry,
    'ledger_reconciled_total',
    'In-flight intents that were settled after the fact.',
    { outcome: labels.OUTCOMES },
  );
  events.on('ledger.reconciled', ({ outcome }) => reconciled.at(outcome).inc());

  let available = 1;
  events.on('ledger.state', (state) => (available = Number(state.available)));
  gauge(
    registry,
    'ledger_available',
    '1 while the ledger can be used, 0 after it could not.',
    () => available,
  );

  const deliveries = counter(registry, 'webhook_deliveries_total', 'Tries to deliver a webhook.', {
    outcome: labels.DELIVERY_OUTCOMES,
  });
  events.on('webhook.delivery', ({ outcome }) => deliveries.at(outcome).inc());
}

function measureCallers(registry: Registry, events: Events): void {
  const problems = counter(registry, 'problems_total', 'Problems that callers were told, by code.', {
    code: PROBLEM_CODES,
  });
  events.on('problem', ({ code }) => problems.at(code).inc());

  const authFailures = counter(registry, 'auth_failures_total', 'Requests without the right to be made.', {
    reason: labels.AUTH_FAILURES,
  });
  events.on('auth.failure', ({ reason }) => authFailures.at(reason).inc());

  const rateLimited = counter(registry, 'rate_limited_total', 'Requests beyond their caller’s own limit.');
  events.on('rate.limited', () => rateLimited.at().inc());

  const refused = new Set<string>();
  events.on('calendar.read', ({ name, accepted }) => {
    if (accepted) refused.delete(name);
    else refused.add(name);
  });
  gauge(registry, 'calendars_refused', 'Calendars whose file does not fit.', () => refused.size);

  const dropped = counter(
    registry,
    'log_lines_dropped_total',
    'Lines that were not written as the reader of the log did not keep up.',
  );
  events.on('log.dropped', () => dropped.at().inc());
}
