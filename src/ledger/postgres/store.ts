import { randomUUID } from 'node:crypto';
import type { Clock } from '../../services/ports.ts';
import { HISTORY, type HistoryRow } from '../journal/history.ts';
import { HEADS, type HeadRow, RECORD, type RecordRow } from '../journal/records.ts';
import type { BegunRow, Completed, Store } from '../store.ts';
import { createCoordinator } from './coordinator.ts';
import { createDeliveryStore } from './deliveries.ts';
import { claimExpired, countUnreconciled, postpone, release, releaseAll } from './in-flight.ts';
import { takenBy } from './keys.ts';
import { createLocks } from './locks.ts';
import { createConnections } from './pool.ts';
import { migrate } from './schema.ts';
import { createWriter } from './writer.ts';

const CONNECTIONS = 8;

/**
 * PostgreSQL, shared by several instances. One connection writes the chain, another one holds the locks, and a pool does
 * everything else.
 */
export async function openPostgres(
  url: string,
  {
    deadlineMs,
    clock,
    warn,
    settlingSeconds = 10,
  }: {
    deadlineMs: number;
    clock: Clock;
    warn: (message: string, cause: unknown) => void;
    settlingSeconds?: number | undefined;
  },
): Promise<Store> {
  const role = await migrate(url).catch((error: unknown) => {
    // Of several addresses that do not answer, only the code is told.
    const { message, code = '' } = error as Error & { code?: string };
    throw new Error(`PostgreSQL cannot be used: ${message || code}`, { cause: error });
  });
  const owner = randomUUID();
  const pool = createConnections(url, { max: CONNECTIONS, role });
  const writing = createConnections(url, { max: 1, role });
  const writer = createWriter(writing, owner);
  const locks = createLocks(url, clock, warn);

  return {
    begin: (argument) => writer.submit({ name: 'begin', argument }) as Promise<BegunRow>,
    async lookUp(claim) {
      const [taken = null] = await takenBy(pool, [claim]);
      return taken;
    },
    dispatch: (argument) => writer.submit({ name: 'dispatch', argument }) as Promise<boolean>,
    complete: (argument) => writer.submit({ name: 'complete', argument }) as Promise<Completed>,
    claimExpired: (limit, leaseMs) => claimExpired(pool, owner, { limit, leaseMs, settlingSeconds }),
    release: (requestId) => release(pool, owner, requestId),
    postpone: (requestId) => postpone(pool, owner, requestId),
    countUnreconciled: () => countUnreconciled(pool),
    async record(requestId) {
      const [row] = (await pool.rows(RECORD, [requestId])) as RecordRow[];
      return row ?? null;
    },
    async history(requestId) {
      const [row] = (await pool.rows(HISTORY, [requestId])) as HistoryRow[];
      return row ?? null;
    },
    records: async ({ sql, values }) => (await pool.rows(sql, values)) as RecordRow[],
    async expireKeys() {
      const rows = await pool.rows(
        `DELETE FROM keys WHERE (caller, key) IN
         (SELECT caller, key FROM keys WHERE settled = 1 AND expires_at <= now_ms() ORDER BY expires_at LIMIT 1000)
         RETURNING 1`,
      );
      return rows.length;
    },
    async check() {
      await pool.rows(
        'INSERT INTO checks (id, at) VALUES (1, now_ms()) ON CONFLICT (id) DO UPDATE SET at = excluded.at',
      );
    },
    async heads(closing) {
      // Of other instances' chains only they know whether something will follow; of ours, what has ended before we look.
      const current = closing ? writer.current() : undefined;
      const ended = writer.ended();
      const heads = (await pool.rows(HEADS)) as HeadRow[];
      return heads.map((head) => ({ ...head, ended: head.chain === current || ended.has(head.chain) }));
    },
    deliveries: createDeliveryStore(pool),
    coordinator: createCoordinator(pool, locks, deadlineMs),
    idle: () => writer.idle(),
    async close() {
      await writer.idle();
      await releaseAll(pool, owner).catch(() => undefined);
      await locks.close();
      await Promise.all([pool.end(), writing.end()]);
    },
  };
}
