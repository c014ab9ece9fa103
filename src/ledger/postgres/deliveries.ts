import type { Notification } from '../../services/ports.ts';
import { createGroupCommit, type Settled } from '../../shared/group-commit.ts';
import { DELIVERY_LEASE_MS, type DeliveryStore } from '../outbox/deliveries.ts';
import { RESEND, SETTLED, settledBy, settledRow } from '../outbox/statements.ts';
import { columns, rounds } from './operations.ts';
import type { Db } from './pool.ts';

/** What several tries changed, in one statement. */
const SETTLE = `WITH tried AS (
    SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::int[], $5::float8[], $6::text[])
      AS tried (${SETTLED.map((name) => `new_${name}`).join()})
  ), settled AS (
    UPDATE deliveries ${settledBy((name) => `new_${name}`)}
    FROM tried WHERE id = new_id AND status <> 'delivered'
  )
  DELETE FROM outbox USING tried WHERE id = new_id AND new_status = 'delivered'`;

/** The outbox's rows, of which `SKIP LOCKED` gives each to one instance. */
export function createDeliveryWrites(db: Db): Pick<DeliveryStore, 'leaseDue' | 'settle' | 'resend'> {
  /** No caller waits for them, so that those of a moment share a transaction. */
  const group = createGroupCommit<ReturnType<typeof settledRow>>(async (tried) => {
    for (const round of rounds(tried, ({ id }) => id)) await db.rows(SETTLE, columns(round, ...SETTLED));
    return tried.map((): Settled => ({ ok: true, value: undefined }));
  });

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
      await group.submit(settledRow(id, settlement), { linger: true });
    },
    async resend(ids) {
      return (await db.rows(RESEND.replace('id = $1', 'id = ANY($1)'), [ids])).length;
    },
  };
}
