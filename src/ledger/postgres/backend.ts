import type { Clock } from '../../services/ports.ts';
import type { Backend, BegunRow, Completed, UnfinishedRow } from '../store.ts';
import type { Head } from '../journal/entry.ts';
import { HEADS, RECORD, type RecordRow } from '../journal/records.ts';
import { createCoordinator } from './coordinator.ts';
import { createDeliveryStore } from './deliveries.ts';
import { startJobs } from './jobs.ts';
import { createConnections } from './pool.ts';
import { migrate } from './schema.ts';
import type { Free } from './operations.ts';
import { createWriter } from './writer.ts';

/** How often a process says that it lives. */
const BEAT_MS = 2_000;
/** Two beats that were missed are a silence. */
const LONGEST_PAUSE_MS = 3 * BEAT_MS;
/** In which every process that lives is heard of again when PostgreSQL, or the whole machine, has stood still. */
const OTHERS_MS = 5 * BEAT_MS;

/**
 * After how much silence the intents of a process are settled by others: longer than a manipulation may take at the tenant,
 * so that one that lost its connection has ended by then. All instances have to be configured alike.
 */
const leaseSecondsOf = (deadlineMs: number) => Math.max(20, Math.ceil(deadlineMs / 1000) + 5);

const CONNECTIONS = 8;

/** PostgreSQL, shared by several instances. One connection writes; a pool does everything else. */
export async function openPostgres(
  url: string,
  {
    deadlineMs,
    clock,
    warn,
  }: { deadlineMs: number; clock: Clock; warn: (message: string, cause: unknown) => void },
): Promise<Backend> {
  const role = await migrate(url).catch((error: unknown) => {
    // Of several addresses that do not answer, only the code is told.
    const { message, code = '' } = error as Error & { code?: string };
    throw new Error(`PostgreSQL cannot be used: ${message || code}`, { cause: error });
  });
  const pool = createConnections(url, { max: CONNECTIONS, role, warn });
  const writing = createConnections(url, { max: 1, role, warn });
  const jobs = await startJobs(pool, warn).catch(async (error: unknown) => {
    await Promise.all([pool.end(), writing.end()]);
    throw error;
  });
  const writer = createWriter(writing, jobs);
  const { coordinator, giveBack, idle } = createCoordinator(pool, writer.writer, clock, warn);
  await writer.submit({ name: 'beat' });

  const leaseSeconds = leaseSecondsOf(deadlineMs);
  let beatAt = clock.monotonic();
  /** Since when we have been heard of without a break. */
  let heardSince = beatAt;
  /** The time; a silence until then, be it that PostgreSQL or the whole machine stood still, begins the count anew. */
  function now(): number {
    const at = clock.monotonic();
    if (at - beatAt > LONGEST_PAUSE_MS) heardSince = at;
    return at;
  }
  /** Whoever could not beat lets the others do so first. */
  const free = (held: string[]): Free => ({
    held,
    leaseSeconds: now() - heardSince > OTHERS_MS ? leaseSeconds : null,
  });
  const heard = (): void => {
    beatAt = now();
  };

  const stopped = new AbortController();
  async function live(): Promise<void> {
    for (;;) {
      await clock.sleep(BEAT_MS, stopped.signal);
      // The one that writes says that it lives: who cannot write is not alive for the others.
      await writer.submit({ name: 'beat' }).then(heard, () => undefined);
      giveBack().catch(() => undefined);
    }
  }
  const living = live().catch(() => undefined);

  return {
    begin: (argument) => writer.submit({ name: 'begin', argument }) as Promise<BegunRow>,
    dispatch: (argument) => writer.submit({ name: 'dispatch', argument }) as Promise<boolean>,
    complete: (argument) => writer.submit({ name: 'complete', argument }) as Promise<Completed | null>,
    take: ({ held, limit }) =>
      writer.submit({ name: 'take', argument: { ...free(held), limit } }) as Promise<UnfinishedRow[]>,
    countFree: (held) => writer.submit({ name: 'countFree', argument: free(held) }) as Promise<number>,
    async record(requestId) {
      const [row] = (await pool.rows(RECORD, [requestId])) as RecordRow[];
      return row ?? null;
    },
    records: async ({ sql, values }) => (await pool.rows(sql, values)) as RecordRow[],
    async tidy(now) {
      await pool.rows(`DELETE FROM writers WHERE beat_at < now() - interval '1 day'`);
      await pool.rows('DELETE FROM turns WHERE NOT EXISTS (SELECT FROM writers WHERE id = holder)');
      const rows = await pool.rows(
        `DELETE FROM keys WHERE (caller, key) IN
         (SELECT caller, key FROM keys WHERE settled = 1 AND expires_at <= $1 ORDER BY expires_at LIMIT 1000)
         RETURNING 1`,
        [now],
      );
      return rows.length;
    },
    async check(now) {
      await pool.rows('INSERT INTO checks (id, at) VALUES (1, $1) ON CONFLICT (id) DO UPDATE SET at = $1', [
        now,
      ]);
    },
    async heads(closing) {
      // Of other instances' chains only they know whether something will follow; of ours, what has ended before we look.
      const current = closing ? writer.current() : undefined;
      const ended = writer.ended();
      const heads = (await pool.rows(HEADS)) as Head[];
      return heads.map((head) => ({ ...head, ended: head.chain === current || ended.has(head.chain) }));
    },
    deliveries: createDeliveryStore(pool, jobs, clock),
    coordinator,
    startDeliveries: (deliveries) => jobs.work(deliveries),
    stopDeliveries: () => jobs.stop(),
    idle: () => writer.idle(),
    async close() {
      await writer.idle();
      stopped.abort();
      await living;
      await idle();
      // What is left unfinished may be taken at once.
      await pool.rows('DELETE FROM writers WHERE id = $1', [writer.writer]).catch(() => undefined);
      await Promise.all([pool.end(), writing.end()]);
    },
  };
}
