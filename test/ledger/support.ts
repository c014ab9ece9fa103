import { createHash, randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { systemClock } from '../../src/services/clock.ts';
import { dateProcessing } from '../support/date-processing.ts';
import type {
  Clock,
  IdempotencyClaim,
  Intent,
  Ledger,
  Notification,
  Outcome,
} from '../../src/services/ports.ts';

export { until } from '../support/until.ts';

/** The real time, which a test may set forward. */
export interface TestClock extends Clock {
  advance(milliseconds: number): void;
}

export function testClock(): TestClock {
  let ahead = 0;
  return {
    now: () => Date.now() + ahead,
    monotonic: () => performance.now() + ahead,
    sleep: async (milliseconds, signal) => {
      await sleep(milliseconds, undefined, { signal });
    },
    random: Math.random,
    after: systemClock.after,
    advance: (milliseconds) => {
      ahead += milliseconds;
    },
  };
}

/** What a manipulation may spend at the tenant, and how long the lease of an intent lasts then. */
export const DEADLINE_MS = 15_000;
export const LEASE_MS = DEADLINE_MS + 10_000;

export const intent = (overrides: Partial<Intent> = {}): Intent => ({
  request_id: randomUUID(),
  timestamp: new Date().toISOString(),
  caller: 'scheduler',
  trace_id: '0af7651916cd43dd8448eb211c80319c',
  action_name: 'Production_Date_Processor',
  operation: 'ADD_OFFSET',
  target_timezone: 'America/New_York',
  input_timestamp: '2024-02-29T15:30:00.000Z',
  output_timestamp: '2024-02-29T12:30:00.000-05:00',
  output_instant: '2024-02-29T17:30:00.000Z',
  resolution: 'exact',
  leap_day: true,
  discarded_nanoseconds: 0,
  tzdb_version: '2026a',
  accuracy_valid: true,
  date_processing: dateProcessing(),
  ...overrides,
});

export const outcome = (overrides: Partial<Outcome> = {}): Outcome => ({
  status: 'SUCCESS',
  action_id: 'action-1',
  latency_ms: 12.5,
  upstream_ms: 9.25,
  attempts: 1,
  error: null,
  retry_after_seconds: null,
  retryable: false,
  reconciled: false,
  ...overrides,
});

export const failure = (overrides: Partial<Outcome> = {}): Outcome =>
  outcome({
    status: 'FAILED',
    action_id: null,
    attempts: 0,
    error: { code: 'UPSTREAM_UNAVAILABLE', detail: 'CXone does not answer.' },
    retry_after_seconds: 7,
    retryable: true,
    ...overrides,
  });

export const claim = (key: string, body: unknown = {}, caller = 'scheduler'): IdempotencyClaim => ({
  caller,
  key,
  fingerprint: createHash('sha256').update(JSON.stringify(body)).digest('hex'),
});

export const notification = (requestId: string): Notification => ({
  id: `msg_${randomUUID()}`,
  request_id: requestId,
  url: 'https://receiver.example/hook',
  body: JSON.stringify({ type: 'manipulation.completed', data: { request_id: requestId } }),
});

/** A whole manipulation, as the use case makes one. Returns its id. */
export async function manipulate(
  ledger: Ledger,
  of: Partial<Intent> = {},
  ended = outcome(),
): Promise<string> {
  const begun = intent(of);
  await ledger.begin(begun, { webhookUrl: null });
  await ledger.dispatch(begun.request_id);
  await ledger.complete(begun, ended, null);
  return begun.request_id;
}

export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const collected: T[] = [];
  for await (const item of items) collected.push(item);
  return collected;
}
