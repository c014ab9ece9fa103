import type { Notification } from '../../services/ports.ts';
import { DELIVERY_LEASE_MS, type DeliveryStore } from '../outbox/deliveries.ts';
import { DELETE_MESSAGE, resend, settleStatement } from '../outbox/statements.ts';
import type { Db } from './pool.ts';

/** The outbox's rows, of which `SKIP LOCKED` gives each to one instance. */
export function createDeliveryWrites(db: Db): Pick<DeliveryStore, 'leaseDue' | 'settle' | 'resend'> {
  return {
    async leaseDue(limit) {
      const rows = (await db.rows(
        `WITH due AS (
           SELECT id FROM deliveries WHERE status = 'pending' AND due_at <= now_ms()
           ORDER BY due_at LIMIT $1 FOR UPDATE SKIP LOCKED
         ), leased AS (
           UPDATE deliveries d SET due_at = now_ms() + ${DELIVERY_LEASE_MS} FROM due WHERE d.id = due.id
           RETURNING d.id, d.request_id, d.attempts
         )
         SELECT l.id, l.request_id, o.url, o.body, l.attempts FROM leased l JOIN outbox o ON o.id = l.id`,
        [limit],
      )) as (Notification & { attempts: number })[];
      return rows.map(({ attempts, ...notification }) => ({ notification, attempts }));
    },
    async settle(id, settlement) {
      const { sql, values } = settleStatement(id, settlement, 'now_ms()');
      if (settlement.status !== 'delivered') {
        await db.rows(sql, values);
        return;
      }
      await db.rows(`WITH settled AS (${sql}) ${DELETE_MESSAGE}`, values);
    },
    async resend(ids) {
      const sql = `${resend('now_ms()').replace('id = $1', 'id = ANY($1)')} RETURNING id`;
      return (await db.rows(sql, [ids])).length;
    },
  };
}
