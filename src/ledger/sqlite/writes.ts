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
import { HEADS, type HeadRow, LAST_OF_CHAIN, RECORD, type RecordRow } from '../journal/records.ts';
import { DELIVERY_LEASE_MS, type Leased, type Settlement } from '../outbox/deliveries.ts';
import { DELETE_MESSAGE, resend, settledBy, settledRow } from '../outbox/statements.ts';
import {
  type BeginArguments,
  type BegunRow,
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
import { takenBy } from './keys.ts';

/** With the time of the store's clock, in epoch milliseconds. */
type Now<T> = T & { now: number };

const INSERT_DELIVERY = `INSERT INTO deliveries (id, request_id, status, attempts, answered, created_at, due_at)
  VALUES ($1, $2, 'pending', 0, 0, $3, $4)`;

const INSERT_ENTRY = `INSERT INTO entries (${ENTRY_COLUMNS.join()})
  VALUES (${ENTRY_COLUMNS.map((_, i) => `$${i + 1}`).join()})`;

const SETTLED = { id: '$1', line: '$2', status: '$3', answered: '$4', pause_ms: '$5', error: '$6' };

const SETTLE = `UPDATE deliveries ${settledBy((name) => SETTLED[name], '$7')} WHERE id = $1 AND status <> 'delivered'`;

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

  function claimKey(
    claim: IdempotencyClaim,
    requestId: string,
    now: number,
    ttlMs: number,
  ): TakenRow | undefined {
    const taken = takenBy(db, claim, now);
    if (taken !== undefined) return taken;
    db.run(
      `INSERT INTO keys (caller, key, fingerprint, request_id, settled, expires_at) VALUES ($1, $2, $3, $4, 0, $5)
       ON CONFLICT (caller, key) DO UPDATE
       SET fingerprint = $3, request_id = $4, settled = 0, expires_at = $5`,
      [claim.caller, claim.key, claim.fingerprint, requestId, now + ttlMs],
    );
    return undefined;
  }

  const record = (requestId: string): RecordRow | undefined =>
    db.get(RECORD, [requestId]) as RecordRow | undefined;

  return {
    head: () => head,
    restore(to: Head | undefined): void {
      head = to;
    },

    begin({ intent, claim, webhookUrl, at, leaseMs, ttlMs, now }: Now<BeginArguments>): BegunRow {
      const refused = claim === null ? undefined : claimKey(claim, intent.request_id, now, ttlMs);
      if (refused !== undefined) return refused;
      const sortKey = append(intentContent(intent, claim), at);
      db.run(
        `INSERT INTO in_flight (request_id, place, owner, lease_until, dispatched, caller, key, webhook_url)
         VALUES ($1, $2, $3, $4, 0, $5, $6, $7)`,
        [
          intent.request_id,
          sortKey,
          owner,
          now + leaseMs,
          claim?.caller ?? null,
          claim?.key ?? null,
          webhookUrl,
        ],
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

    complete({ requestId, outcome, notification, at, now }: Now<CompleteArguments>): Completed {
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
        db.run(INSERT_DELIVERY, [id, requestId, now, now + DELIVERY_LEASE_MS]);
        db.run('INSERT INTO outbox (id, url, body) VALUES ($1, $2, $3)', [id, url, body]);
      }
      return { first: true };
    },

    claimExpired({ limit, leaseMs, now }: Now<{ limit: number; leaseMs: number }>): ClaimedRow[] {
      const rows = db.all(
        `SELECT f.request_id, i.entry AS intent, f.dispatched, f.postponed, f.webhook_url
         FROM in_flight f CROSS JOIN entries i ON i.request_id = f.request_id AND i.kind = 'intent'
         WHERE f.lease_until <= $1 ORDER BY f.place LIMIT $2`,
        [now, limit],
      ) as ClaimedRow[];
      for (const { request_id } of rows) {
        db.run('UPDATE in_flight SET owner = $2, lease_until = $3 WHERE request_id = $1', [
          request_id,
          reconciler,
          now + leaseMs,
        ]);
      }
      return rows;
    },

    release({ requestId, now }: Now<{ requestId: string }>): void {
      db.run('UPDATE in_flight SET lease_until = $4 WHERE request_id = $1 AND owner IN ($2, $3)', [
        requestId,
        owner,
        reconciler,
        now,
      ]);
    },

    postpone({ requestId, now }: Now<{ requestId: string }>): void {
      db.run(
        `UPDATE in_flight SET postponed = postponed + 1,
           lease_until = $4 + min(${FIRST_BACKOFF_MS} << min(postponed, 10), ${LONGEST_BACKOFF_MS})
         WHERE request_id = $1 AND owner IN ($2, $3)`,
        [requestId, owner, reconciler, now],
      );
    },

    /**
     * Only for the start of a process, as there is never more than one: the leases are those of a process that has ended,
     * and so are those of first tries of webhooks.
     */
    endLeases({ now }: Now<object>): void {
      db.run('UPDATE in_flight SET lease_until = $1 WHERE lease_until > $1', [now]);
      db.run(`UPDATE deliveries SET due_at = $1 WHERE status = 'pending' AND attempts = 0 AND due_at > $1`, [
        now,
      ]);
    },

    leaseDue({ now, limit }: Now<{ limit: number }>): Leased[] {
      const due = db.all(
        `SELECT d.id, d.request_id, o.url, o.body, d.attempts FROM deliveries d JOIN outbox o ON o.id = d.id
         WHERE d.status = 'pending' AND d.due_at <= $1 ORDER BY d.due_at LIMIT $2`,
        [now, limit],
      ) as (Notification & { attempts: number })[];
      for (const { id } of due)
        db.run('UPDATE deliveries SET due_at = $2 WHERE id = $1', [id, now + DELIVERY_LEASE_MS]);
      return due.map(({ attempts, ...notification }) => ({ notification, attempts }));
    },

    settle({ id, settlement, now }: Now<{ id: string; settlement: Settlement }>): void {
      const { line, status, answered, pause_ms, error } = settledRow(id, settlement);
      db.run(SETTLE, [id, line, status, answered, pause_ms, error, now]);
      if (settlement.status === 'delivered') db.run(DELETE_MESSAGE, [id]);
    },

    resend({ ids, now }: Now<{ ids: string[] }>): number {
      return ids.reduce((sum, id) => sum + db.run(resend('$2'), [id, now]), 0);
    },

    /** A bounded number of them. Returns how many. */
    expireKeys({ now }: Now<object>): number {
      return db.run(
        `DELETE FROM keys WHERE (caller, key) IN
         (SELECT caller, key FROM keys WHERE settled = 1 AND expires_at <= $1 ORDER BY expires_at LIMIT 1000)`,
        [now],
      );
    },

    /** The last entry of each chain, and the chain that is being written, if one was begun. */
    heads: (_: undefined): { heads: HeadRow[]; current: string | null } => ({
      heads: db.all(HEADS) as HeadRow[],
      current: head?.chain ?? null,
    }),

    /** Writes, so that a ledger that cannot be written is noticed. */
    check({ now }: Now<object>): void {
      db.run('INSERT INTO checks (id, at) VALUES (1, $1) ON CONFLICT (id) DO UPDATE SET at = $1', [now]);
    },
  };
}

export type Writes = Omit<ReturnType<typeof createWrites>, 'head' | 'restore'>;

/** The last entry of a chain that this process began before its connection had to be opened again. */
export const headOf = (db: Connection, chain: string): Head =>
  (db.get(LAST_OF_CHAIN, [chain]) as Head | undefined) ?? { chain, sequence: 0, hash: GENESIS };
