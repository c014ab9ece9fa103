import type { Clock } from '../services/ports.ts';
import type { Events } from '../services/events.ts';
import { createFold, type Write } from './fold.ts';

export interface Lines {
  info: Write;
  warn: Write;
  error: Write;
}

/** One line for each change of state: of the circuit, the token, the tenant's rate, the ledger, a webhook's fate and traces. */
export function logStates(events: Events, log: Lines, clock: Pick<Clock, 'monotonic'>): void {
  const fold = createFold(clock);
  logCircuits(events, log);
  logToken(events, log);
  logRate(events, log);
  logLedger(events, log, clock);
  events.on('calendar.read', ({ name, accepted, detail }) => {
    const fields = { event: 'calendar', calendar: name, accepted, detail };
    if (accepted) log.info(fields, 'calendar read');
    else log.warn(fields, 'calendar refused: its last good version, if any, stays in use');
  });
  events.on('webhook.delivery', ({ outcome, id, requestId, attempts, detail }) => {
    if (outcome === 'delivered') return;
    const fields = { event: `webhook_${outcome}`, webhook_id: id, record_id: requestId, attempts, detail };
    if (outcome === 'dead') log.warn(fields, 'webhook given up: it is a dead letter now');
    else if (outcome === 'refused')
      fold(`refused ${detail}`, log.warn, fields, 'webhook not sent: its address is not allowed');
    else fold(`retry ${detail}`, log.warn, fields, 'a webhook was not delivered; it is tried again');
  });
  events.on('traces.lost', ({ spans, detail }) => {
    const fields = { event: 'traces', spans, detail };
    fold(
      `traces ${detail}`,
      log.warn,
      fields,
      'spans were lost: they could not be sent to the OTLP endpoint',
    );
  });
}

function logCircuits(events: Events, log: Lines): void {
  const states = { tenant: 'closed', token: 'closed' };
  events.on('cxone.circuit', ({ state, circuit = 'tenant' }) => {
    const before = states[circuit];
    states[circuit] = state;
    const fields = { event: 'circuit', circuit, state };
    if (state === 'closed') log.info(fields, 'circuit closed: CXone answers again');
    // It opens again after each failed probe while the tenant is away; only the first opening is logged.
    else if (state === 'open' && before === 'closed') {
      log.warn(fields, 'circuit open: CXone keeps failing and is left alone for a moment');
    }
  });
}

function logToken(events: Events, log: Lines): void {
  let failures = 0;
  events.on('cxone.token_refresh', ({ outcome, detail }) => {
    if (outcome === 'failed') {
      failures += 1;
      if (failures === 1) log.warn({ event: 'token', outcome, detail }, 'CXone gave no token');
      return;
    }
    if (failures > 0) log.info({ event: 'token', outcome, failures }, 'CXone gives tokens again');
    failures = 0;
  });
}

function logRate(events: Events, log: Lines): void {
  let slowed = false;
  const fields = (perSecond: number) => ({ event: 'rate', per_second: Math.round(perSecond * 10) / 10 });
  events.on('cxone.rate_reduced', ({ perSecond }) => {
    if (!slowed) log.warn(fields(perSecond), 'slowed down: CXone answers 429');
    slowed = true;
  });
  events.on('cxone.rate_restored', ({ perSecond }) => {
    if (slowed) log.info(fields(perSecond), 'back at the configured rate towards CXone');
    slowed = false;
  });
}

function logLedger(events: Events, log: Lines, clock: Pick<Clock, 'monotonic'>): void {
  let lostAt: number | undefined;
  events.on('ledger.state', ({ available, detail }) => {
    if (available === (lostAt === undefined)) return;
    if (available) {
      const seconds = Math.round((clock.monotonic() - (lostAt ?? 0)) / 1000);
      lostAt = undefined;
      log.info({ event: 'ledger', available, away_seconds: seconds }, 'the ledger is back');
    } else {
      lostAt = clock.monotonic();
      log.error({ event: 'ledger', available, detail }, 'the ledger cannot be used');
    }
  });
}
