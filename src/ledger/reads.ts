import type { DeliveryState } from '../services/ports.ts';
import { KEY, type KeyRow, takenAs } from './idempotency.ts';
import { HISTORY, type HistoryRow } from './journal/history.ts';
import { RECORD, type RecordRow } from './journal/records.ts';
import type { DeliveryStore } from './outbox/deliveries.ts';
import { DEAD_LETTERS, deadLetterOf, type DeadRow } from './outbox/statements.ts';
import type { Store } from './store.ts';

/** What both databases read in the same way. `rows` runs one statement, in which `now_ms()` is the store's clock. */
export function createReads(rows: (sql: string, values?: (string | number)[]) => Promise<unknown[]>) {
  async function first<Row>(sql: string, values: (string | number)[] = []): Promise<Row | null> {
    const [row = null] = (await rows(sql, values)) as Row[];
    return row;
  }

  const records: Pick<Store, 'lookUp' | 'record' | 'history' | 'records'> = {
    async lookUp({ caller, key, fingerprint }) {
      const stored = (await first<KeyRow>(KEY, [caller, key])) ?? undefined;
      const row = stored?.settled === 1 ? await first<RecordRow>(RECORD, [stored.request_id]) : null;
      return takenAs(stored, fingerprint, () => row ?? undefined);
    },
    record: (requestId) => first<RecordRow>(RECORD, [requestId]),
    history: (requestId) => first<HistoryRow>(HISTORY, [requestId]),
    records: async ({ sql, values }) => (await rows(sql, values)) as RecordRow[],
  };
  const deliveries: Pick<DeliveryStore, 'nextDueMs' | 'state' | 'stock' | 'deadLetters'> = {
    async nextDueMs() {
      const next = `SELECT min(due_at) - now_ms() AS value FROM deliveries WHERE status = 'pending'`;
      const value = (await first<{ value: number | null }>(next))?.value ?? null;
      return value === null ? null : Math.max(0, value);
    },
    state: (id) => first<DeliveryState>('SELECT id, status, attempts FROM deliveries WHERE id = $1', [id]),
    async stock() {
      const row = await first<{ oldest: number | null; size: number; dead: number }>(
        `SELECT (SELECT now_ms() - min(created_at) FROM deliveries WHERE status = 'pending') AS oldest,
           (SELECT count(*) FROM deliveries WHERE status = 'pending') AS size,
           (SELECT count(*) FROM deliveries WHERE status = 'failed') AS dead`,
      );
      const { oldest = null, size = 0, dead = 0 } = row ?? {};
      return { oldestSeconds: Math.max(0, oldest ?? 0) / 1000, size, dead };
    },
    deadLetters: async (limit) => ((await rows(DEAD_LETTERS, [limit])) as DeadRow[]).map(deadLetterOf),
  };
  return { records, deliveries };
}
