import type { DeliveryState, Notification } from '../../services/ports.ts';
import { DELIVERY_LEASE_MS, type DeliveryStore } from '../outbox/deliveries.ts';
import {
  DEAD_LETTERS,
  deadLetterOf,
  type DeadRow,
  DELETE_MESSAGE,
  DELIVERY_STATE,
  resend,
  settleStatement,
} from '../outbox/statements.ts';
import type { Connections } from './pool.ts';

const NOW = 'now_ms()';

/** The outbox's rows, of which `SKIP LOCKED` gives each to one instance. */
export function createDeliveryStore(pool: Connections): DeliveryStore {
  const number = async (sql: string) =>
    ((await pool.rows(sql)) as { value: number | null }[])[0]?.value ?? null;
  return {
    async leaseDue(limit) {
      const rows = (await pool.rows(
        `WITH due AS (
           SELECT id FROM deliveries WHERE status = 'pending' AND due_at <= ${NOW}
           ORDER BY due_at LIMIT $1 FOR UPDATE SKIP LOCKED
         ), leased AS (
           UPDATE deliveries d SET due_at = ${NOW} + ${DELIVERY_LEASE_MS} FROM due WHERE d.id = due.id
           RETURNING d.id, d.request_id, d.attempts
         )
         SELECT l.id, l.request_id, o.url, o.body, l.attempts FROM leased l JOIN outbox o ON o.id = l.id`,
        [limit],
      )) as (Notification & { attempts: number })[];
      return rows.map(({ attempts, ...notification }) => ({ notification, attempts }));
    },
    nextDueMs: () =>
      number(`SELECT greatest(0, min(due_at) - ${NOW}) AS value FROM deliveries WHERE status = 'pending'`),
    async settle(id, settlement) {
      const { sql, values } = settleStatement(id, settlement, NOW);
      if (settlement.status !== 'delivered') {
        await pool.rows(sql, values);
        return;
      }
      await pool.rows(`WITH settled AS (${sql}) ${DELETE_MESSAGE}`, values);
    },
    async state(id) {
      const [row] = (await pool.rows(DELIVERY_STATE, [id])) as DeliveryState[];
      return row ?? null;
    },
    async stock() {
      const [row] = (await pool.rows(
        `SELECT (SELECT greatest(0, (${NOW} - min(created_at)) / 1000.0)::float8 FROM deliveries
             WHERE status = 'pending') AS oldest,
           (SELECT count(*) FROM deliveries WHERE status = 'pending') AS size,
           (SELECT count(*) FROM deliveries WHERE status = 'failed') AS dead`,
      )) as { oldest: number | null; size: number; dead: number }[];
      return { oldestSeconds: row?.oldest ?? 0, size: row?.size ?? 0, dead: row?.dead ?? 0 };
    },
    async deadLetters(limit) {
      return ((await pool.rows(DEAD_LETTERS, [limit])) as DeadRow[]).map(deadLetterOf);
    },
    async resend(ids) {
      const sql = `${resend(NOW).replace('id = $1', 'id = ANY($1)')} RETURNING id`;
      return (await pool.rows(sql, [ids])).length;
    },
  };
}
