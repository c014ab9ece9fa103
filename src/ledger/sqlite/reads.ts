import type { DeliveryState } from '../../services/ports.ts';
import { DEAD_LETTERS, DELIVERY_STATE, type DeadRow } from '../outbox/delivery-sql.ts';
import { RECORD, type RecordRow, type Statement } from '../journal/records.ts';
import type { Connection } from './connection.ts';

/** What is asked on the connection that only reads, beside the writes. */
export function createReads(db: Connection) {
  return {
    record: (requestId: string): RecordRow | null =>
      (db.get(RECORD, [requestId]) as RecordRow | undefined) ?? null,
    records: (statement: Statement): RecordRow[] => db.all(statement.sql, statement.values) as RecordRow[],
    deliveryState: (id: string): DeliveryState | null =>
      (db.get(DELIVERY_STATE, [id]) as DeliveryState | undefined) ?? null,
    deadLetters: (limit: number): DeadRow[] => db.all(DEAD_LETTERS, [limit]) as DeadRow[],
    nextDue: (): number | null =>
      (
        db.get(`SELECT min(due_at) AS due FROM deliveries WHERE status = 'pending'`) as
          { due: number | null } | undefined
      )?.due ?? null,
    oldestDelivery: (): number | null =>
      (
        db.get(`SELECT min(created_at) AS at FROM deliveries WHERE status = 'pending'`) as
          { at: number | null } | undefined
      )?.at ?? null,
  };
}

export type Reads = ReturnType<typeof createReads>;
