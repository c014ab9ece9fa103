import { Problem } from '../errors.ts';
import type { Events } from '../services/events.ts';
import { auditRecord } from '../services/manipulations/audit-record.ts';
import type { AuditLog, Begun, Clock, KeyTaken, Ledger } from '../services/ports.ts';
import { IN_PROGRESS_RETRY_SECONDS } from './idempotency.ts';
import { historyOf } from './journal/history.ts';
import { cursorOf, sortKeyInCursor } from './journal/paging.ts';
import {
  intentIn,
  outcomeIn,
  recordOf,
  type RecordRow,
  recordsStatement,
  type Statement,
} from './journal/records.ts';
import { createDeliveries, type Deliveries } from './outbox/deliveries.ts';
import { startDeliveryLoop } from './outbox/delivery-loop.ts';
import { STANDARD_SCHEDULE } from './outbox/schedule.ts';
import type { BegunRow, Store, TakenRow } from './store.ts';
import { unavailable } from './unavailable.ts';

interface LedgerSettings {
  idempotencyTtlHours: number;
  /** What one manipulation may spend at the tenant. */
  deadlineMs: number;
  clock: Clock;
  events: Events;
  warn: (message: string, cause: unknown) => void;
  /** Seconds between webhook tries; Standard Webhooks' own unless a test needs it faster. */
  schedule?: readonly number[] | undefined;
  /** Epoch milliseconds: no entry is dated before, as the checkpoints say what there was then. */
  notBefore?: number | undefined;
  /** Runs when everything is written and the database is still open. */
  beforeClose?: () => Promise<void>;
  /** For metrics, where checkpoints are written. */
  checkpointAgeSeconds?: () => number;
}

/** A lease lasts for the deadline and this much longer, which the ledger's own writes may take. */
const LEASE_MARGIN_MS = 10_000;

/** A key that has expired is of no use, but does no harm either. */
const EXPIRE_EVERY_MS = 10 * 60_000;

/** The ledger over a store: what is the same whatever the database. */
export function createLedger(store: Store, settings: LedgerSettings): Ledger {
  const { clock, events, idempotencyTtlHours, deadlineMs, warn, schedule = STANDARD_SCHEDULE } = settings;
  const leaseMs = deadlineMs + LEASE_MARGIN_MS;
  const ttlMs = idempotencyTtlHours * 3_600_000;
  const deliveries = createDeliveries(store.deliveries, {
    clock,
    events,
    schedule,
    onPending: (milliseconds) => loop?.dueIn(milliseconds),
    warn,
  });
  let loop: ReturnType<typeof startDeliveryLoop> | undefined;
  let lastWritten = settings.notBefore ?? 0;
  /** When an entry is written: never before another one, even when the clock is set back. */
  const writtenAt = (): number => (lastWritten = Math.max(lastWritten, clock.now()));
  let checking: Promise<void> | undefined;
  let closing: Promise<void> | undefined;
  /** Nothing is written any more: the last checkpoint says so. */
  let sealed = false;

  async function measured<T>(operation: string, work: () => Promise<T>): Promise<T> {
    if (sealed) throw unavailable('the service has stopped');
    const start = clock.monotonic();
    try {
      return await observed(work);
    } finally {
      events.emit('ledger.write', { operation, seconds: (clock.monotonic() - start) / 1000 });
    }
  }

  let available = true;

  /** Tells when the ledger is lost, and when it is back. */
  async function observed<T>(work: () => Promise<T>): Promise<T> {
    try {
      const result = await work();
      if (!available) events.emit('ledger.state', { available: (available = true) });
      return result;
    } catch (error) {
      if (available && error instanceof Problem && error.code === 'LEDGER_UNAVAILABLE') {
        events.emit('ledger.state', { available: (available = false), detail: error.message });
      }
      throw error;
    }
  }

  const stopped = new AbortController();
  const expiring = expireKeys().catch(() => undefined);

  async function expireKeys(): Promise<void> {
    for (;;) {
      await clock.sleep(EXPIRE_EVERY_MS, stopped.signal);
      try {
        while ((await store.expireKeys()) > 0) stopped.signal.throwIfAborted();
      } catch (error) {
        if (!stopped.signal.aborted) warn('Expired idempotency keys could not be deleted.', error);
      }
    }
  }

  async function close(): Promise<void> {
    stopped.abort();
    await expiring;
    await loop?.close();
    await deliveries.idle();
    sealed = true;
    await store.idle();
    await settings.beforeClose?.();
    await store.close();
  }

  return {
    async begin(intent, { claim, webhookUrl }) {
      const begin = { intent, claim: claim ?? null, webhookUrl, at: writtenAt(), leaseMs, ttlMs };
      return begunOf(await measured('begin', () => store.begin(begin)));
    },

    async lookUp(claim) {
      const row = await observed(() => store.lookUp(claim));
      return row === null ? null : takenOf(row);
    },

    async dispatch(requestId) {
      const owned = await measured('dispatch', () => store.dispatch({ requestId, at: writtenAt() }));
      if (!owned) throw unavailable(`another instance has claimed the intent ${requestId}`);
    },

    async complete(intent, outcome, notification) {
      const requestId = intent.request_id;
      const complete = { requestId, outcome, notification, at: writtenAt() };
      const completed = await measured('complete', () => store.complete(complete));
      if (completed === null) throw unavailable(`it has no intent ${requestId}`);
      if (!completed.first) return recordOf(completed.row);
      if (notification === null) return auditRecord(intent, outcome, null, false);
      deliveries.stored(notification);
      return auditRecord(intent, outcome, { id: notification.id, status: 'pending', attempts: 0 }, false);
    },

    async claimExpired(limit) {
      const rows = await store.claimExpired(limit, leaseMs);
      return rows.map((row) => ({
        intent: intentIn(row),
        dispatched: row.dispatched === 1,
        postponed: row.postponed,
        webhookUrl: row.webhook_url,
      }));
    },

    release: (requestId) => store.release(requestId),
    postpone: (requestId) => store.postpone(requestId),
    async gauges() {
      const [unreconciledIntents, { oldestSeconds, size, dead }] = await Promise.all([
        store.countUnreconciled(),
        store.deliveries.stock(),
      ]);
      return {
        unreconciledIntents,
        outboxOldestSeconds: oldestSeconds,
        outboxSize: size,
        deadLetters: dead,
        ...(settings.checkpointAgeSeconds && { checkpointAgeSeconds: settings.checkpointAgeSeconds() }),
      };
    },

    check() {
      // However many ask, one write answers.
      checking ??= observed(() => store.check()).finally(() => {
        checking = undefined;
      });
      return checking;
    },

    audit: createAuditLog(store, clock, deliveries),

    outbox: {
      async start(deliver) {
        deliveries.start(deliver);
        loop ??= startDeliveryLoop(store.deliveries, deliveries, clock, warn);
      },
      attempt: (id, waitMs) => deliveries.attempt(id, waitMs),
      deadLetters: (limit) => store.deliveries.deadLetters(limit),
      async resend(ids) {
        const count = await store.deliveries.resend(ids);
        loop?.wake();
        return count;
      },
    },

    coordinator: store.coordinator,

    close() {
      closing ??= close();
      return closing;
    },
  };
}

/** Records that an export reads at a time: a page is read in a few milliseconds, and writes go on between two of them. */
const EXPORT_PAGE = 200;

function createAuditLog(
  store: Store,
  clock: Pick<Clock, 'monotonic' | 'sleep'>,
  { noted }: Pick<Deliveries, 'noted'>,
): AuditLog {
  let exporting: Promise<unknown> = Promise.resolve();

  /**
   * A page of an export. All exports together read one page at a time and then rest for as long as it took, so that they
   * leave at least half of the event loop to manipulations.
   */
  function exportedPage(statement: Statement): Promise<RecordRow[]> {
    const { promise, resolve, reject } = Promise.withResolvers<RecordRow[]>();
    exporting = exporting.then(async () => {
      const started = clock.monotonic();
      await store.records(statement).then(resolve, reject);
      // What is read is made into records and sent before the next page, of whichever export, is read.
      await new Promise(setImmediate);
      await clock.sleep(Math.max(1, clock.monotonic() - started));
    });
    return promise;
  }

  return {
    async get(requestId, caller) {
      await noted();
      const row = await store.record(requestId);
      const record = row === null ? null : recordOf(row);
      return record === null || (caller !== undefined && record.caller !== caller) ? null : record;
    },

    async history(requestId, caller) {
      await noted();
      const row = await store.history(requestId);
      if (row === null || (caller !== undefined && intentIn(row).caller !== caller)) return null;
      return historyOf(row);
    },

    async list(query, limit, cursor) {
      await noted();
      const from = cursor === undefined ? undefined : sortKeyInCursor(cursor);
      const rows = await store.records(recordsStatement(query, { order: 'newest', from, limit: limit + 1 }));
      const page = rows.slice(0, limit);
      const last = page.at(-1);
      return {
        items: page.map(recordOf),
        next_cursor: rows.length > limit && last !== undefined ? cursorOf(last.sort_key) : null,
      };
    },

    async *export(query) {
      await noted();
      // What arrives meanwhile is left for the next export, or this one might not end.
      const [newest] = await store.records(
        recordsStatement({}, { order: 'newest', from: undefined, limit: 1 }),
      );
      let from: string | undefined;
      for (;;) {
        const page = await exportedPage(
          recordsStatement(query, { order: 'oldest', from, limit: EXPORT_PAGE }),
        );
        for (const row of page) {
          if (newest === undefined || row.sort_key > newest.sort_key) return;
          yield recordOf(row);
        }
        if (page.length < EXPORT_PAGE) return;
        from = page.at(-1)?.sort_key;
      }
    },
  };
}

const begunOf = (row: BegunRow): Begun => (row.kind === 'begun' ? { kind: 'begun' } : takenOf(row));

function takenOf(taken: TakenRow): KeyTaken {
  switch (taken.kind) {
    case 'replay': {
      const { row } = taken;
      if (row === undefined) throw unavailable('the record of a known key is missing');
      const retryAfterSeconds = outcomeIn(row)?.retry_after_seconds ?? null;
      return { kind: 'replay', record: recordOf(row), retryAfterSeconds };
    }
    case 'in_progress':
      return { kind: 'in_progress', retryAfterSeconds: IN_PROGRESS_RETRY_SECONDS };
    case 'key_reused':
      return { kind: 'key_reused' };
  }
}
