import type { IdempotencyClaim, Notification } from '../../services/ports.ts';
import {
  type Content,
  ENTRY_COLUMNS,
  entryAfter,
  GENESIS,
  type Head,
  headFor,
  intentContent,
} from '../journal/entry.ts';
import { EXPIRE_KEYS, KEY, type KeyRow, takenAs } from '../idempotency.ts';
import { HEADS, type HeadRow, LAST_OF_CHAIN, RECORD, type RecordRow } from '../journal/records.ts';
import { DELIVERY_LEASE_MS, type Leased, type Settlement } from '../outbox/deliveries.ts';
import { RESEND, SETTLED, settledBy, settledRow } from '../outbox/statements.ts';
import {
  type BeginArguments,
  type BegunRow,
  CHECK,
  type ClaimedRow,
  type CompleteArguments,
  type Completed,
  type DispatchArguments,
  FIRST_BACKOFF_MS,
  LONGEST_BACKOFF_MS,
  reconcilerOf,
  type TakenRow,
} from '../store.ts';
import type { Connection } from './connection.ts';

const INSERT_DELIVERY = `INSERT INTO deliveries (id, request_id, status, attempts, answered, created_at, due_at)
  VALUES ($1, $2, 'pending', 0, 0, now_ms(), now_ms() + ${DELIVERY_LEASE_MS})`;

const INSERT_ENTRY = `INSERT INTO entries (${ENTRY_COLUMNS.join()})
  VALUES (${ENTRY_COLUMNS.map((_, i) => `$${i + 1}`).join()})`;

const SETTLE = `UPDATE deliveries ${settledBy((name) => `$${SETTLED.indexOf(name) + 1}`)}
  WHERE id = $1 AND status <> 'delivered'`;

/**
 * What a batch is made of: each method is one operation inside the batch's transaction. `owner` names this process in
 * the table of intents in flight; times are epoch milliseconds.
 */
export function createWrites(db: Connection, owner: string, lastHead: Head | undefined) {
  let head = lastHead;
  const reconciler = reconcilerOf(owner);

  function append(content: Content, now: number): string | null {
    const one = entryAfter(headFor(head, now), content, new Date(now).toISOString());
    db.run(
      INSERT_ENTRY,
      ENTRY_COLUMNS.map((column) => one[column]),
    );
    head = { chain: one.chain, sequence: one.sequence, hash: one.hash };
    return one.place;
  }

  const record = (requestId: string): RecordRow | undefined =>
    db.get(RECORD, [requestId]) as RecordRow | undefined;

  /** Null when the key was available and is now claimed. */
  function claimKey(
    { caller, key, fingerprint }: IdempotencyClaim,
    requestId: string,
    ttlMs: number,
  ): TakenRow | null {
    const taken = takenAs(db.get(KEY, [caller, key]) as KeyRow | undefined, fingerprint, record);
    if (taken !== null) return taken;
    db.run(
      `INSERT INTO keys (caller, key, fingerprint, request_id, expires_at, settled)
       VALUES ($1, $2, $3, $4, now_ms() + $5, 0) ON CONFLICT (caller, key) DO UPDATE SET fingerprint = excluded.fingerprint,
         request_id = excluded.request_id, expires_at = excluded.expires_at, settled = 0`,
      [caller, key, fingerprint, requestId, ttlMs],
    );
    return null;
  }

  return {
    head: () => head,
    restore(to: Head | undefined): void {
      head = to;
    },

    begin({ intent, claim, webhookUrl, at, leaseMs, ttlMs }: BeginArguments): BegunRow {
      const taken = claim === null ? null : claimKey(claim, intent.request_id, ttlMs);
      if (taken !== null) return taken;
      const sortKey = append(intentContent(intent, claim), at);
      db.run(
        `INSERT INTO in_flight (request_id, place, owner, lease_until, dispatched, caller, key, webhook_url)
         VALUES ($1, $2, $3, now_ms() + $4, 0, $5, $6, $7)`,
        [intent.request_id, sortKey, owner, leaseMs, claim?.caller ?? null, claim?.key ?? null, webhookUrl],
      );
      return { kind: 'begun' };
    },

    dispatch({ requestId, at }: DispatchArguments): boolean {
      const marked = db.run(
        'UPDATE in_flight SET dispatched = 1 WHERE request_id = $1 AND owner = $2 AND dispatched = 0',
        [requestId, owner],
      );
      if (marked === 0) {
        const before = 'SELECT 1 FROM in_flight WHERE request_id = $1 AND owner = $2';
        return db.get(before, [requestId, owner]) !== undefined;
      }
      append({ kind: 'dispatch', request_id: requestId }, at);
      return true;
    },

    complete({ requestId, outcome, notification, at }: CompleteArguments): Completed {
      const open = db.get('DELETE FROM in_flight WHERE request_id = $1 RETURNING place, caller, key', [
        requestId,
      ]) as { place: string; caller: string | null; key: string | null } | undefined;
      if (open === undefined) {
        const row = record(requestId);
        return row === undefined ? null : { first: false, row };
      }
      append({ kind: 'outcome', request_id: requestId, place: open.place, outcome }, at);
      if (open.key !== null) {
        const settle = outcome.retryable ? 'DELETE FROM keys' : 'UPDATE keys SET settled = 1';
        db.run(`${settle} WHERE caller = $1 AND key = $2`, [open.caller, open.key]);
      }
      if (notification !== null) {
        const { id, url, body } = notification;
        db.run(INSERT_DELIVERY, [id, requestId]);
        db.run('INSERT INTO outbox (id, url, body) VALUES ($1, $2, $3)', [id, url, body]);
      }
      return { first: true };
    },

    claimExpired({ limit, leaseMs }: { limit: number; leaseMs: number }): ClaimedRow[] {
      const rows = db.all(
        `SELECT f.request_id, i.entry AS intent, f.dispatched, f.postponed, f.webhook_url
         FROM in_flight f CROSS JOIN entries i ON i.request_id = f.request_id AND i.kind = 'intent'
         WHERE f.lease_until <= now_ms() ORDER BY f.place LIMIT $1`,
        [limit],
      ) as ClaimedRow[];
      const claim = 'UPDATE in_flight SET owner = $1, lease_until = now_ms() + $2 WHERE request_id = $3';
      for (const { request_id } of rows) db.run(claim, [reconciler, leaseMs, request_id]);
      return rows;
    },

    release(requestId: string): void {
      const release =
        'UPDATE in_flight SET lease_until = now_ms() WHERE request_id = $1 AND owner IN ($2, $3)';
      db.run(release, [requestId, owner, reconciler]);
    },

    postpone(requestId: string): void {
      db.run(
        `UPDATE in_flight SET postponed = postponed + 1,
           lease_until = now_ms() + min(${FIRST_BACKOFF_MS} << min(postponed, 10), ${LONGEST_BACKOFF_MS})
         WHERE request_id = $1 AND owner IN ($2, $3)`,
        [requestId, owner, reconciler],
      );
    },

    /**
     * Only for the start of a process, as there is never more than one: the leases are those of a process that has ended,
     * and so are those of first tries of webhooks.
     */
    endLeases(): void {
      db.run('UPDATE in_flight SET lease_until = now_ms() WHERE lease_until > now_ms()');
      db.run(`UPDATE deliveries SET due_at = now_ms()
        WHERE status = 'pending' AND attempts = 0 AND due_at > now_ms()`);
    },

    leaseDue(limit: number): Leased[] {
      const due = db.all(
        `SELECT d.id, d.request_id, o.url, o.body, d.attempts FROM deliveries d JOIN outbox o ON o.id = d.id
         WHERE d.status = 'pending' AND d.due_at <= now_ms() ORDER BY d.due_at LIMIT $1`,
        [limit],
      ) as (Notification & { attempts: number })[];
      const lease = `UPDATE deliveries SET due_at = now_ms() + ${DELIVERY_LEASE_MS} WHERE id = $1`;
      for (const { id } of due) db.run(lease, [id]);
      return due.map(({ attempts, ...notification }) => ({ notification, attempts }));
    },

    settle({ id, settlement }: { id: string; settlement: Settlement }): void {
      const row = settledRow(id, settlement);
      db.run(
        SETTLE,
        SETTLED.map((name) => row[name]),
      );
      if (row.status === 'delivered') db.run('DELETE FROM outbox WHERE id = $1', [id]);
    },

    resend: (ids: string[]): number => ids.reduce((sum, id) => sum + db.all(RESEND, [id]).length, 0),

    expireKeys: (): number => db.all(EXPIRE_KEYS).length,

    check: (): void => void db.run(CHECK),

    /** The last entry of each chain, and the chain that is being written, if one was begun. */
    heads: (): { heads: HeadRow[]; current: string | null } => ({
      heads: db.all(HEADS) as HeadRow[],
      current: head?.chain ?? null,
    }),
  };
}

export type Writes = Omit<ReturnType<typeof createWrites>, 'head' | 'restore'>;

/** The last entry of a chain that this process began before its connection had to be opened again. */
export const headOf = (db: Connection, chain: string): Head =>
  (db.get(LAST_OF_CHAIN, [chain]) as Head | undefined) ?? { chain, sequence: 0, hash: GENESIS };
