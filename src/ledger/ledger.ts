import { Problem } from '../errors.ts';
import type { Events } from '../services/events.ts';
import type { Begun, Clock, Ledger, Unfinished } from '../services/ports.ts';
import type { Backend, BegunRow } from './store.ts';
import { createDeliveries } from './outbox/deliveries.ts';
import { createHands } from './hands.ts';
import { IN_PROGRESS_RETRY_SECONDS } from './idempotency.ts';
import { cursorOf, placeInCursor } from './journal/paging.ts';
import { intentIn, outcomeIn, recordOf, recordsStatement } from './journal/records.ts';
import { STANDARD_SCHEDULE } from './outbox/schedule.ts';
import { unavailable } from './unavailable.ts';

export interface DurableOptions {
  idempotencyTtlHours: number;
  /** What one manipulation may spend at the tenant. */
  deadlineMs: number;
  clock: Clock;
  events: Events;
  warn: (message: string, cause: unknown) => void;
  /** Seconds between webhook tries; Standard Webhooks' own unless a test needs it faster. */
  schedule?: readonly number[] | undefined;
  /** Runs when everything is written and the database is still open. */
  beforeClose?: () => Promise<void>;
}

/** A key that has run out is of no use, but does no harm either. */
const TIDY_EVERY_MS = 10 * 60_000;

/** Records that an export reads at a time. */
const EXPORT_PAGE = 500;

/** The ledger over a database: what is the same whatever the database. */
export function createLedger(backend: Backend, options: DurableOptions): Ledger {
  const { clock, events, idempotencyTtlHours, deadlineMs, warn, schedule = STANDARD_SCHEDULE } = options;
  const deliveries = createDeliveries(backend.deliveries, { clock, events, schedule, warn });
  const hands = createHands(clock, deadlineMs);
  /** One taking after the other: what one was given is in hand when the next one looks. */
  let taking: Promise<unknown> = Promise.resolve();
  let checking: Promise<void> | undefined;
  let closing: Promise<void> | undefined;
  /** Nothing is written any more: the last checkpoint says so. */
  let sealed = false;

  async function measured<T>(operation: string, work: () => Promise<T>): Promise<T> {
    if (sealed) throw unavailable('the service has stopped');
    const start = clock.monotonic();
    try {
      return await told(work);
    } finally {
      events.emit('ledger.write', { operation, seconds: (clock.monotonic() - start) / 1000 });
    }
  }

  let available = true;

  /** Tells when the ledger is lost, and when it is back. */
  async function told<T>(work: () => Promise<T>): Promise<T> {
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

  async function take(limit: number): Promise<Unfinished[]> {
    const rows = await backend.take({ held: hands.heldOrPutOff(), limit });
    for (const { request_id } of rows) hands.take(request_id);
    return rows.map((row) => ({
      intent: intentIn(row),
      dispatched: row.dispatched === 1,
      webhookUrl: row.webhook_url,
    }));
  }

  const stopped = new AbortController();
  const tidying = tidy().catch(() => undefined);

  /** Forgets idempotency keys whose time is over. */
  async function tidy(): Promise<void> {
    for (;;) {
      await clock.sleep(TIDY_EVERY_MS, stopped.signal);
      try {
        while ((await backend.tidy(clock.now())) > 0) stopped.signal.throwIfAborted();
      } catch (error) {
        if (!stopped.signal.aborted) warn('Old idempotency keys could not be forgotten.', error);
      }
    }
  }

  async function close(): Promise<void> {
    stopped.abort();
    await tidying;
    await backend.stopDeliveries();
    await deliveries.idle();
    sealed = true;
    await backend.idle();
    await options.beforeClose?.();
    await backend.close();
  }

  return {
    async begin(intent, { claim, webhookUrl }) {
      const now = clock.now();
      const expiresAt = now + idempotencyTtlHours * 3_600_000;
      hands.take(intent.request_id);
      let begun: Begun | undefined;
      try {
        begun = begunOf(
          await measured('begin', () =>
            backend.begin({ intent, claim: claim ?? null, webhookUrl, now, expiresAt }),
          ),
        );
        return begun;
      } finally {
        // When only the answer was lost, it is on disk all the same, for somebody else to settle.
        if (begun?.kind !== 'begun') hands.letGo(intent.request_id);
      }
    },

    async dispatch(requestId) {
      const ours = await measured('dispatch', () => backend.dispatch({ requestId, now: clock.now() }));
      if (!ours) throw unavailable(`the intent ${requestId} is not, or no longer, this process's to write`);
    },

    async complete(requestId, outcome, notification) {
      // Not let go before: while it is being written, nobody else is to find out how it ended.
      const completed = await measured('complete', () =>
        backend.complete({ requestId, outcome, notification, now: clock.now() }),
      ).catch((error: unknown) => {
        hands.letGo(requestId);
        throw error;
      });
      hands.settled(requestId);
      if (completed === null) throw unavailable(`it has no intent ${requestId}`);
      if (completed.first && notification !== null) deliveries.stored(notification);
      return recordOf(completed.row);
    },

    release(requestId) {
      hands.letGo(requestId);
    },

    putOff(requestId) {
      hands.putOff(requestId);
    },

    async get(requestId, caller) {
      const row = await backend.record(requestId);
      const record = row === null ? null : recordOf(row);
      return record === null || (caller !== undefined && record.caller !== caller) ? null : record;
    },

    async list(query, limit, cursor) {
      const from = cursor === undefined ? undefined : placeInCursor(cursor);
      const rows = await backend.records(
        recordsStatement(query, { order: 'newest', from, limit: limit + 1 }),
      );
      const page = rows.slice(0, limit);
      const last = page.at(-1);
      return {
        items: page.map(recordOf),
        next_cursor: rows.length > limit && last !== undefined ? cursorOf(last.place) : null,
      };
    },

    async *export(query) {
      // What arrives meanwhile is left for the next export, or this one might not end.
      const [newest] = await backend.records(
        recordsStatement({}, { order: 'newest', from: undefined, limit: 1 }),
      );
      let from: string | undefined;
      for (;;) {
        const page = await backend.records(
          recordsStatement(query, { order: 'oldest', from, limit: EXPORT_PAGE }),
        );
        for (const row of page) {
          if (newest === undefined || row.place > newest.place) return;
          yield recordOf(row);
        }
        if (page.length < EXPORT_PAGE) return;
        from = page.at(-1)?.place;
      }
    },

    takeUnfinished(limit) {
      const taken = taking.then(() => take(limit));
      taking = taken.catch(() => undefined);
      return taken;
    },

    outbox: {
      async start(deliver) {
        deliveries.start(deliver);
        await backend.startDeliveries(deliveries);
      },
      attempt: (id, waitMs) => deliveries.attempt(id, waitMs),
      deadLetters: (limit) => backend.deliveries.deadLetters(limit),
      resend: (ids) => backend.deliveries.resend(ids),
    },

    coordinator: backend.coordinator,

    check() {
      // However many ask, one write answers.
      checking ??= told(() => backend.check(clock.now())).finally(() => {
        checking = undefined;
      });
      return checking;
    },

    async gauges() {
      const [unreconciledIntents, oldest] = await Promise.all([
        backend.countFree(hands.held()),
        backend.deliveries.oldest(),
      ]);
      return {
        unreconciledIntents,
        outboxOldestSeconds: oldest === null ? 0 : Math.max(0, (clock.now() - oldest) / 1000),
      };
    },

    close() {
      closing ??= close();
      return closing;
    },
  };
}

function begunOf(row: BegunRow): Begun {
  switch (row.kind) {
    case 'replay':
      return {
        kind: 'replay',
        record: recordOf(row.row),
        retryAfterSeconds: outcomeIn(row.row)?.retry_after_seconds ?? null,
      };
    case 'in_progress':
      return { kind: 'in_progress', retryAfterSeconds: IN_PROGRESS_RETRY_SECONDS };
    default:
      return { kind: row.kind };
  }
}
