import type { AuditRecord } from '../schemas/audit-record.ts';
import { Problem } from '../errors.ts';
import { auditRecord } from '../services/manipulations/audit-record.ts';
import type { Events } from '../services/events.ts';
import type { AuditQuery, Clock, Intent, Ledger, Outcome } from '../services/ports.ts';
import { createDeliveries } from './outbox/deliveries.ts';
import { startDueLoop } from './outbox/due-loop.ts';
import { createHands } from './hands.ts';
import { IN_PROGRESS_RETRY_SECONDS, judgeKey, type StoredKey } from './idempotency.ts';
import { createLocalCoordinator } from '../services/coordinator.ts';
import { createMemoryDeliveries, type MemoryDelivery, stateOf } from './memory-deliveries.ts';
import { boundsOf, cursorOf, placeInCursor, placeOf } from './journal/paging.ts';
import { STANDARD_SCHEDULE } from './outbox/schedule.ts';

interface Row {
  place: string;
  intent: Intent;
  webhookUrl: string | null;
  key: string | null;
  dispatched: boolean;
  outcome: Outcome | null;
  delivery: MemoryDelivery | null;
}

export interface MemoryLedgerOptions {
  idempotencyTtlHours: number;
  deadlineMs: number;
  clock: Clock;
  events: Events;
  schedule?: readonly number[] | undefined;
  warn?: (message: string, cause: unknown) => void;
}

/** The ledger without its durability: the measure of what durability costs, and quick to have in a test. */
export function createMemoryLedger(options: MemoryLedgerOptions): Ledger {
  const {
    clock,
    events,
    idempotencyTtlHours,
    deadlineMs,
    schedule = STANDARD_SCHEDULE,
    warn = () => undefined,
  } = options;
  const rows: Row[] = [];
  const byId = new Map<string, Row>();
  const keys = new Map<string, StoredKey>();
  const unfinished = new Set<Row>();
  const hands = createHands(clock, deadlineMs);

  const recordOf = ({ intent, outcome, delivery }: Row): AuditRecord =>
    auditRecord(intent, outcome, delivery && stateOf(delivery), delivery?.answered ?? false);

  const store = createMemoryDeliveries(clock, () => loop?.wake());
  const deliveries = createDeliveries(store, { clock, events, schedule, warn });
  let loop: ReturnType<typeof startDueLoop> | undefined;

  function fits(
    { place, intent, outcome }: Row,
    query: AuditQuery,
    bounds: ReturnType<typeof boundsOf>,
  ): boolean {
    return (
      (query.caller === undefined || intent.caller === query.caller) &&
      (query.action_name === undefined || intent.action_name === query.action_name) &&
      (query.status === undefined || (outcome?.status ?? 'PROCESSING') === query.status) &&
      (bounds.from === undefined || place >= bounds.from) &&
      (bounds.to === undefined || place < bounds.to)
    );
  }

  function find(query: AuditQuery): Row[] {
    const bounds = boundsOf(query);
    return rows
      .filter((row) => fits(row, query, bounds))
      .sort((one, other) => (one.place < other.place ? -1 : 1));
  }

  function without(requestIds: string[]): Row[] {
    const left = new Set(requestIds);
    return [...unfinished].filter(({ intent }) => !left.has(intent.request_id));
  }

  const rowOf = (requestId: string): Row => {
    const row = byId.get(requestId);
    if (row === undefined) throw new Problem('LEDGER_UNAVAILABLE', `The ledger has no intent ${requestId}.`);
    return row;
  };

  return {
    async begin(intent, { claim, webhookUrl }) {
      if (byId.has(intent.request_id)) {
        throw new Problem('LEDGER_UNAVAILABLE', `The ledger has an intent ${intent.request_id} already.`);
      }
      const key = claim === undefined ? null : JSON.stringify([claim.caller, claim.key]);
      if (claim !== undefined && key !== null) {
        const stored = keys.get(key);
        const verdict = judgeKey(stored, claim.fingerprint, clock.now());
        if (verdict === 'key_reused') return { kind: 'key_reused' };
        if (verdict === 'in_progress') {
          return { kind: 'in_progress', retryAfterSeconds: IN_PROGRESS_RETRY_SECONDS };
        }
        if (verdict === 'replay' && stored !== undefined) {
          const row = rowOf(stored.requestId);
          return {
            kind: 'replay',
            record: recordOf(row),
            retryAfterSeconds: row.outcome?.retry_after_seconds ?? null,
          };
        }
        keys.set(key, {
          fingerprint: claim.fingerprint,
          requestId: intent.request_id,
          settled: false,
          expiresAt: clock.now() + idempotencyTtlHours * 3_600_000,
        });
      }
      const row: Row = {
        place: placeOf(intent.timestamp, 'memory', rows.length + 1),
        intent,
        webhookUrl,
        key,
        dispatched: false,
        outcome: null,
        delivery: null,
      };
      rows.push(row);
      byId.set(intent.request_id, row);
      unfinished.add(row);
      hands.take(intent.request_id);
      return { kind: 'begun' };
    },
    async dispatch(requestId) {
      rowOf(requestId).dispatched = true;
    },
    async complete(requestId, outcome, notification) {
      const row = rowOf(requestId);
      hands.settled(requestId);
      if (row.outcome !== null) return recordOf(row);
      row.outcome = outcome;
      unfinished.delete(row);
      const stored = row.key === null ? undefined : keys.get(row.key);
      if (stored !== undefined && row.key !== null) {
        if (outcome.retryable) keys.delete(row.key);
        else stored.settled = true;
      }
      if (notification !== null) {
        row.delivery = store.add(notification);
        deliveries.stored(notification);
      }
      return recordOf(row);
    },
    release(requestId) {
      hands.letGo(requestId);
    },
    putOff(requestId) {
      hands.putOff(requestId);
    },
    async get(requestId, caller) {
      const row = byId.get(requestId);
      return row === undefined || (caller !== undefined && row.intent.caller !== caller)
        ? null
        : recordOf(row);
    },
    async list(query, limit, cursor) {
      const before = cursor === undefined ? undefined : placeInCursor(cursor);
      const found = find(query).filter(({ place }) => before === undefined || place < before);
      const page = found.reverse().slice(0, limit);
      const last = page.at(-1);
      return {
        items: page.map(recordOf),
        next_cursor: last !== undefined && found.length > limit ? cursorOf(last.place) : null,
      };
    },
    async *export(query) {
      for (const row of find(query)) yield recordOf(row);
    },
    async takeUnfinished(limit) {
      const taken = without(hands.heldOrPutOff()).slice(0, limit);
      for (const { intent } of taken) hands.take(intent.request_id);
      return taken.map(({ intent, dispatched, webhookUrl }) => ({ intent, dispatched, webhookUrl }));
    },
    outbox: {
      async start(deliver) {
        deliveries.start(deliver);
        loop ??= startDueLoop(store, deliveries, clock, warn);
      },
      attempt: (id, waitMs) => deliveries.attempt(id, waitMs),
      deadLetters: (limit) => store.deadLetters(limit),
      resend: (ids) => store.resend(ids),
    },
    coordinator: createLocalCoordinator(clock),
    async check() {
      // Memory can always be written.
    },
    async gauges() {
      const oldest = await store.oldest();
      return {
        unreconciledIntents: without(hands.held()).length,
        outboxOldestSeconds: oldest === null ? 0 : (clock.now() - oldest) / 1000,
      };
    },
    async close() {
      await loop?.close();
      await deliveries.idle();
    },
  };
}
