import type { Clock, DeliveryState } from '../../services/ports.ts';
import type { DeliveryStore } from '../outbox/deliveries.ts';
import {
  DEAD_LETTERS,
  deadLetterOf,
  type DeadRow,
  DELIVERY_STATE,
  RESEND,
  settleStatement,
  stateOf,
} from '../outbox/delivery-sql.ts';
import type { Jobs } from './jobs.ts';
import type { Connections } from './pool.ts';

/** The outbox's rows; whatever makes a delivery due again sends its job in the same transaction. */
export function createDeliveryStore(pool: Connections, jobs: Jobs, clock: Pick<Clock, 'now'>): DeliveryStore {
  return {
    settle(id, settlement) {
      // Jobs count from the start of their transaction: a pause measured inside of it would end too early.
      const now = clock.now();
      return pool.transaction(async (db) => {
        const { sql, values } = settleStatement(id, settlement);
        const updated = await db.rows(`${sql} RETURNING id`, values);
        if (settlement.status !== 'pending' || updated.length === 0) return;
        const { dueAt } = settlement;
        await jobs.send(db, [{ id, dueAt, inSeconds: Math.max(0, dueAt - now) / 1000 }]);
      });
    },
    async state(id) {
      const [row] = (await pool.rows(DELIVERY_STATE, [id])) as DeliveryState[];
      return row === undefined ? null : stateOf(row);
    },
    async oldest() {
      const rows = await pool.rows(`SELECT min(created_at) AS at FROM deliveries WHERE status = 'pending'`);
      return (rows as { at: number | null }[])[0]?.at ?? null;
    },
    async deadLetters(limit) {
      return ((await pool.rows(DEAD_LETTERS, [limit])) as DeadRow[]).map(deadLetterOf);
    },
    resend: (ids) =>
      pool.transaction(async (db) => {
        const dueAt = clock.now();
        const resent: { id: string }[] = [];
        for (const id of ids) {
          resent.push(...((await db.rows(`${RESEND} RETURNING id`, [id, dueAt])) as { id: string }[]));
        }
        await jobs.send(
          db,
          resent.map(({ id }) => ({ id, dueAt, inSeconds: 0 })),
        );
        return resent.length;
      }),
  };
}
