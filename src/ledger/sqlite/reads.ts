import type { DeliveryState, IdempotencyClaim } from '../../services/ports.ts';
import { HISTORY, type HistoryRow } from '../journal/history.ts';
import { RECORD, type RecordRow, type Statement } from '../journal/records.ts';
import { DEAD_LETTERS, DELIVERY_STATE, type DeadRow } from '../outbox/statements.ts';
import type { TakenRow } from '../store.ts';
import type { Connection } from './connection.ts';
import { takenBy } from './keys.ts';

/** The queries of the connection that only reads, beside the writes. */
export function createReads(db: Connection) {
  const number = (sql: string, values: number[] = []): number | null => {
    const row = db.get(sql, values) as { value: number | null } | undefined;
    return row?.value ?? null;
  };
  return {
    record: (requestId: string): RecordRow | null =>
      (db.get(RECORD, [requestId]) as RecordRow | undefined) ?? null,
    taken: ({ claim, now }: { claim: IdempotencyClaim; now: number }): TakenRow | null =>
      takenBy(db, claim, now) ?? null,
    history: (requestId: string): HistoryRow | null =>
      (db.get(HISTORY, [requestId]) as HistoryRow | undefined) ?? null,
    records: (statement: Statement): RecordRow[] => db.all(statement.sql, statement.values) as RecordRow[],
    deliveryState: (id: string): DeliveryState | null =>
      (db.get(DELIVERY_STATE, [id]) as DeliveryState | undefined) ?? null,
    deadLetters: (limit: number): DeadRow[] => db.all(DEAD_LETTERS, [limit]) as DeadRow[],
    nextDue: () => number(`SELECT min(due_at) AS value FROM deliveries WHERE status = 'pending'`),
    stock: () => ({
      oldest: number(`SELECT min(created_at) AS value FROM deliveries WHERE status = 'pending'`),
      size: number(`SELECT count(*) AS value FROM deliveries WHERE status = 'pending'`) ?? 0,
      dead: number(`SELECT count(*) AS value FROM deliveries WHERE status = 'failed'`) ?? 0,
    }),
    countUnreconciled: (now: number) =>
      number('SELECT count(*) AS value FROM in_flight WHERE lease_until <= $1 OR postponed > 0', [now]) ?? 0,
  };
}

export type Reads = ReturnType<typeof createReads>;
