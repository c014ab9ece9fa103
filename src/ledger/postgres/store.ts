import { randomUUID } from 'node:crypto';
import type { Clock } from '../../services/ports.ts';
import { EXPIRE_KEYS } from '../idempotency.ts';
import { HEADS, type HeadRow } from '../journal/records.ts';
import { createReads } from '../reads.ts';
import { type BegunRow, CHECK, type Completed, type Store } from '../store.ts';
import { createCoordinator } from './coordinator.ts';
import { createDeliveryWrites } from './deliveries.ts';
import { createInFlight } from './in-flight.ts';
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

  const inFlight = createInFlight(pool, owner, settlingSeconds);
  const reads = createReads((sql, values) => pool.rows(sql, values));

  return {
    ...reads.records,
    ...inFlight,
    deliveries: { ...reads.deliveries, ...createDeliveryWrites(pool) },
    coordinator: createCoordinator(pool, locks, deadlineMs),
    begin: (argument) => writer.submit({ name: 'begin', argument }) as Promise<BegunRow>,
    dispatch: (argument) => writer.submit({ name: 'dispatch', argument }) as Promise<boolean>,
    complete: (argument) => writer.submit({ name: 'complete', argument }) as Promise<Completed>,
    expireKeys: async () => (await pool.rows(EXPIRE_KEYS)).length,
    async check() {
      await pool.rows(CHECK);
    },
    async heads(closing) {
      // Of other instances' chains only they know whether something will follow; of ours, what has ended before we look.
      const current = closing ? writer.current() : undefined;
      const ended = writer.ended();
      const heads = (await pool.rows(HEADS)) as HeadRow[];
      return heads.map((head) => ({ ...head, ended: head.chain === current || ended.has(head.chain) }));
    },
    idle: () => writer.idle(),
    async close() {
      await writer.idle();
      await inFlight.releaseAll().catch(() => undefined);
      await locks.close();
      await Promise.all([pool.end(), writing.end()]);
    },
  };
}
