import type { IdempotencyClaim, Notification } from '../../services/ports.ts';
import type { BeginArguments, BegunRow, CompleteArguments, Completed, UnfinishedRow } from '../store.ts';
import { LEASE_MS, type Leased, type Settlement } from '../outbox/deliveries.ts';
import { INSERT_DELIVERY, RESEND, settleStatement } from '../outbox/delivery-sql.ts';
import { type Content, ENTRY_COLUMNS, entryAfter, GENESIS, type Head, headFor } from '../journal/entry.ts';
import { judgeKey, type KeyRow, storedKeyOf } from '../idempotency.ts';
import { HEADS, RECORD, type RecordRow } from '../journal/records.ts';
import type { Connection } from './connection.ts';

const INSERT_ENTRY = `INSERT INTO entries (${ENTRY_COLUMNS.join()})
  VALUES (${ENTRY_COLUMNS.map((_, i) => `$${i + 1}`).join()})`;

const LAST_OF_CHAIN = `SELECT chain, sequence, hash FROM entries WHERE chain = $1 ORDER BY sequence DESC LIMIT 1`;

/**
 * What a batch is made of: each method is one operation inside the batch's transaction. `writer` names this process in
 * the table of unfinished intents; times are epoch milliseconds.
 */
export function createWrites(db: Connection, writer: string, lastHead: Head | undefined) {
  let head = lastHead;

  function append(content: Content, now: number): string | null {
    const one = entryAfter(headFor(head, now), content, new Date(now).toISOString());
    db.run(
      INSERT_ENTRY,
      ENTRY_COLUMNS.map((column) => one[column]),
    );
    head = { chain: one.chain, sequence: one.sequence, hash: one.hash };
    return one.place;
  }

  function takeKey(
    { caller, key, fingerprint }: IdempotencyClaim,
    requestId: string,
    now: number,
    expiresAt: number,
  ) {
    const row = db.get(
      'SELECT fingerprint, request_id, settled, expires_at FROM keys WHERE caller = $1 AND key = $2',
      [caller, key],
    ) as KeyRow | undefined;
    const stored = row && storedKeyOf(row);
    const verdict = judgeKey(stored, fingerprint, now);
    if (verdict === 'free') {
      db.run(
        `INSERT INTO keys (caller, key, fingerprint, request_id, settled, expires_at) VALUES ($1, $2, $3, $4, 0, $5)
         ON CONFLICT (caller, key) DO UPDATE
         SET fingerprint = $3, request_id = $4, settled = 0, expires_at = $5`,
        [caller, key, fingerprint, requestId, expiresAt],
      );
    }
    return { verdict, first: stored?.requestId };
  }

  const record = (requestId: string): RecordRow | undefined =>
    db.get(RECORD, [requestId]) as RecordRow | undefined;

  return {
    head: () => head,
    restore(to: Head | undefined): void {
      head = to;
    },

    begin(of: BeginArguments): BegunRow {
      const { intent, claim, webhookUrl, now, expiresAt } = of;
      if (claim !== null) {
        const { verdict, first } = takeKey(claim, intent.request_id, now, expiresAt);
        if (verdict === 'key_reused' || verdict === 'in_progress') return { kind: verdict };
        if (verdict === 'replay') {
          const row = first === undefined ? undefined : record(first);
          if (row === undefined) throw new Error(`the record ${first} of a known key is missing`);
          return { kind: 'replay', row };
        }
      }
      const place = append({ kind: 'intent', request_id: intent.request_id, intent }, now);
      db.run(
        `INSERT INTO unfinished (request_id, place, writer, dispatched, caller, key, webhook_url)
         VALUES ($1, $2, $3, 0, $4, $5, $6)`,
        [intent.request_id, place, writer, claim?.caller ?? null, claim?.key ?? null, webhookUrl],
      );
      return { kind: 'begun' };
    },

    /** False when the intent is not this process's to dispatch. */
    dispatch({ requestId, now }: { requestId: string; now: number }): boolean {
      const marked = db.run(
        'UPDATE unfinished SET dispatched = 1 WHERE request_id = $1 AND writer = $2 AND dispatched = 0',
        [requestId, writer],
      );
      if (marked === 0) {
        const before = 'SELECT 1 FROM unfinished WHERE request_id = $1 AND writer = $2';
        return db.get(before, [requestId, writer]) !== undefined;
      }
      append({ kind: 'dispatch', request_id: requestId }, now);
      return true;
    },

    complete(of: CompleteArguments): Completed | null {
      const { requestId, outcome, notification, now } = of;
      const open = db.get('DELETE FROM unfinished WHERE request_id = $1 RETURNING place, caller, key', [
        requestId,
      ]) as { place: string; caller: string | null; key: string | null } | undefined;
      if (open !== undefined) {
        append({ kind: 'outcome', request_id: requestId, place: open.place, outcome }, now);
        if (open.key !== null) {
          const settle = outcome.retryable ? 'DELETE FROM keys' : 'UPDATE keys SET settled = 1';
          db.run(`${settle} WHERE caller = $1 AND key = $2`, [open.caller, open.key]);
        }
        if (notification !== null) {
          const { id, url, body } = notification;
          db.run(INSERT_DELIVERY, [id, requestId, url, body, now, now + LEASE_MS]);
        }
      }
      const row = record(requestId);
      return row === undefined ? null : { row, first: open !== undefined };
    },

    /** Unfinished intents of other runs, and those of this one that are not held. */
    take({ held, limit }: { held: string[]; limit: number }): UnfinishedRow[] {
      const rows = db.all(
        `SELECT u.request_id, i.entry AS intent, u.dispatched, u.webhook_url
         FROM unfinished u JOIN entries i ON i.request_id = u.request_id AND i.kind = 'intent'
         WHERE u.writer <> $1 OR u.request_id NOT IN (SELECT value FROM json_each($2))
         ORDER BY u.place LIMIT $3`,
        [writer, JSON.stringify(held), limit],
      ) as UnfinishedRow[];
      for (const { request_id } of rows) {
        db.run('UPDATE unfinished SET writer = $2 WHERE request_id = $1', [request_id, writer]);
      }
      return rows;
    },

    countFree({ held }: { held: string[] }): number {
      const { count } = db.get(
        `SELECT count(*) AS count FROM unfinished
         WHERE writer <> $1 OR request_id NOT IN (SELECT value FROM json_each($2))`,
        [writer, JSON.stringify(held)],
      ) as { count: number };
      return count;
    },

    /**
     * Makes the first tries that are still to be made due now. Only for the start of a process: the leases are those of
     * one that has ended, as there is never more than one.
     */
    freeFirstTries({ now }: { now: number }): number {
      return db.run(
        `UPDATE deliveries SET due_at = $1 WHERE status = 'pending' AND attempts = 0 AND due_at > $1`,
        [now],
      );
    },

    leaseDue({ now, limit }: { now: number; limit: number }): Leased[] {
      const due = db.all(
        `SELECT id, request_id, url, body, attempts FROM deliveries
         WHERE status = 'pending' AND due_at <= $1 ORDER BY due_at LIMIT $2`,
        [now, limit],
      ) as (Notification & { attempts: number })[];
      for (const { id } of due)
        db.run('UPDATE deliveries SET due_at = $2 WHERE id = $1', [id, now + LEASE_MS]);
      return due.map(({ attempts, ...notification }) => ({ notification, attempts }));
    },

    settle({ id, settlement }: { id: string; settlement: Settlement }): void {
      const { sql, values } = settleStatement(id, settlement);
      db.run(sql, values);
    },

    resend({ ids, now }: { ids: string[]; now: number }): number {
      return ids.reduce((sum, id) => sum + db.run(RESEND, [id, now]), 0);
    },

    /** Forgets keys whose time is over, a bounded number of them. Returns how many. */
    expireKeys({ now }: { now: number }): number {
      return db.run(
        `DELETE FROM keys WHERE (caller, key) IN
         (SELECT caller, key FROM keys WHERE settled = 1 AND expires_at <= $1 ORDER BY expires_at LIMIT 1000)`,
        [now],
      );
    },

    /** The last entry of each chain, and the chain that is being written, if one was begun. */
    heads: (_: undefined): { heads: Head[]; current: string | null } => ({
      heads: db.all(HEADS) as Head[],
      current: head?.chain ?? null,
    }),

    /** Writes, so that what cannot be written is noticed. */
    check({ now }: { now: number }): void {
      db.run('INSERT INTO checks (id, at) VALUES (1, $1) ON CONFLICT (id) DO UPDATE SET at = $1', [now]);
    },
  };
}

export type Writes = Omit<ReturnType<typeof createWrites>, 'head' | 'restore'>;

/** The last entry of a chain that this process began before its connection had to be opened again. */
export const headOf = (db: Connection, chain: string): Head =>
  (db.get(LAST_OF_CHAIN, [chain]) as Head | undefined) ?? { chain, sequence: 0, hash: GENESIS };
