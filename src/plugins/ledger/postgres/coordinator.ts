import { createLocalCoordinator } from '../../../services/coordinator.ts';
import type { Clock, Coordinator } from '../../../services/ports.ts';
import { createBatcher, type Settled } from '../batcher.ts';
import type { Connections } from './pool.ts';

/** How often those who wait for another instance look whether it is their turn. */
const LOOK_MS = 15;
/** A holder that has not been heard of for so long has lost its turn. */
export const TURN_LEASE_SECONDS = 8;
const LARGEST_DRAW = 256;

/**
 * Agreement of all instances. Within an instance, those who want the same key queue in memory; only the first of them
 * draws a ticket, so that a key costs the database one row per instance, and waiting for it holds no connection.
 */
export function createCoordinator(pool: Connections, writer: string, clock: Clock) {
  const local = createLocalCoordinator(clock);
  const waiting = new Map<number, { key: string; start: () => void }>();
  /** Tickets that are to be given back. */
  const returned = new Set<number>();
  let looking: Promise<void> | undefined;

  async function look(): Promise<void> {
    while (waiting.size > 0) {
      await clock.sleep(LOOK_MS);
      const tickets = [...waiting.keys()];
      const keys = [...waiting.values()].map(({ key }) => key);
      const rows = (await pool
        .rows(
          `SELECT ticket FROM unnest($1::bigint[], $2::text[]) AS waiting (ticket, key)
           WHERE is_first(ticket, key, $3)`,
          [tickets, keys, TURN_LEASE_SECONDS],
        )
        // While PostgreSQL is away nobody's turn comes; who waits has a deadline.
        .catch(() => [])) as { ticket: number }[];
      for (const { ticket } of rows) waiting.get(ticket)?.start();
    }
    looking = undefined;
  }

  async function turnOf(ticket: number, key: string, signal: AbortSignal): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      const leave = () => {
        waiting.delete(ticket);
        reject(signal.reason as Error);
      };
      if (signal.aborted) {
        leave();
        return;
      }
      signal.addEventListener('abort', leave, { once: true });
      waiting.set(ticket, {
        key,
        start: () => {
          signal.removeEventListener('abort', leave);
          waiting.delete(ticket);
          resolve();
        },
      });
      looking ??= look();
    });
  }

  // Sorted: two instances that draw for several keys at once do so in the same order, and cannot block each other.
  const draw = createBatcher<string>(async (batch) => {
    const keys = batch.toSorted();
    const rows = (await pool.rows(
      `SELECT wanted.key, turn.mine, turn.first FROM unnest($1::text[]) WITH ORDINALITY AS wanted (key, n),
         LATERAL take_turn(wanted.key, $2, $3) AS turn ORDER BY n`,
      [keys, writer, TURN_LEASE_SECONDS],
    )) as { key: string; mine: number; first: boolean }[];
    // Within this process a key is asked for once at a time.
    const byKey = new Map(rows.map((row) => [row.key, row]));
    return batch.map((key): Settled => ({ ok: true, value: byKey.get(key) }));
  }, LARGEST_DRAW);

  const giving = createBatcher<undefined>(async (batch) => {
    const tickets = [...returned];
    await pool.rows('DELETE FROM turns WHERE ticket = ANY($1) AND holder = $2', [tickets, writer]);
    for (const ticket of tickets) returned.delete(ticket);
    return batch.map(() => ({ ok: true, value: undefined }));
  }, LARGEST_DRAW);

  async function giveBack(): Promise<void> {
    if (returned.size > 0) await giving.submit(undefined);
  }

  const coordinator: Coordinator = {
    exclusive: (key, signal, work) =>
      local.exclusive(key, signal, async () => {
        const { mine, first } = (await draw.submit(key)) as { mine: number; first: boolean };
        try {
          if (!first) await turnOf(mine, key, signal);
          return await work();
        } finally {
          returned.add(mine);
          // What could not be given back now is given back with the next beat.
          await giveBack().catch(() => undefined);
        }
      }),

    async reserve(bucket, slots, intervalMs, burst) {
      const rows = await pool.rows(
        `INSERT INTO buckets AS b (name, arrival)
         VALUES ($1, extract(epoch FROM clock_timestamp()) * 1000 + $2::float8 * $3::float8)
         ON CONFLICT (name) DO UPDATE
         SET arrival = greatest(b.arrival, extract(epoch FROM clock_timestamp()) * 1000) + $2::float8 * $3::float8
         RETURNING greatest(0, arrival - ($2::float8 + $4::float8 - 1) * $3::float8
           - extract(epoch FROM clock_timestamp()) * 1000)::float8 AS wait`,
        [bucket, slots, intervalMs, burst],
      );
      return (rows as { wait: number }[])[0]?.wait ?? 0;
    },
  };
  return { coordinator, giveBack };
}
