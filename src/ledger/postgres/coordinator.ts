import { createKeyedQueue, takenOf } from '../../services/coordinator.ts';
import type { Coordinator } from '../../services/ports.ts';
import type { createLocks, Lock } from './locks.ts';
import type { Connections } from './pool.ts';

/**
 * Agreement of all instances. Work of one instance at a key queues in memory; only the first of it acquires the lock, and
 * hands it on to the next one unless another instance wants it.
 *
 * No bucket is reserved further ahead than `longestAheadMs`, the longest that a request can wait: so much, and no more, is
 * what a database clock that is set back can cost.
 */
export function createCoordinator(
  pool: Connections,
  locks: ReturnType<typeof createLocks>,
  longestAheadMs: number,
): Coordinator {
  const queue = createKeyedQueue();
  /** Locks on their way from one work of this instance to its next one. */
  const handedOn = new Map<string, Lock>();

  function acquired(key: string, signal: AbortSignal): Promise<Lock> {
    const lock = handedOn.get(key);
    handedOn.delete(key);
    return lock?.isHeld() === true ? Promise.resolve(lock) : locks.acquire(key, signal);
  }

  return {
    exclusive: (key, signal, work) =>
      queue.run(key, signal, async () => {
        const lock = await acquired(key, signal);
        try {
          return await work(() => lock.isHeld());
        } finally {
          if (queue.hasWaiters(key) && lock.isHeld() && !lock.isWanted()) handedOn.set(key, lock);
          else lock.release();
        }
      }),

    async reserve(bucket, slots, intervalMs, burst) {
      const rows = await pool.rows(
        `INSERT INTO buckets AS b (name, arrival)
         VALUES ($1, extract(epoch FROM clock_timestamp()) * 1000 + $2::float8 * $3::float8)
         ON CONFLICT (name) DO UPDATE
         SET arrival = least(
             greatest(b.arrival, extract(epoch FROM clock_timestamp()) * 1000),
             extract(epoch FROM clock_timestamp()) * 1000 + $5::float8 + $4::float8 * $3::float8
           ) + $2::float8 * $3::float8
         RETURNING greatest(0, arrival - ($2::float8 + $4::float8 - 1) * $3::float8
           - extract(epoch FROM clock_timestamp()) * 1000)::float8 AS wait`,
        [bucket, slots, intervalMs, burst, longestAheadMs],
      );
      return (rows as { wait: number }[])[0]?.wait ?? 0;
    },

    async take(bucket, intervalMs, burst) {
      // The database's clock decides. A bucket is never further from full than its size, so that a clock that is set
      // back costs one bucket at most. A refused token leaves it as it is.
      const rows = await pool.rows(
        `WITH moment AS (SELECT extract(epoch FROM clock_timestamp()) * 1000 AS now),
           taken AS (
             INSERT INTO buckets AS b (name, arrival) SELECT $1, now + $2::float8 FROM moment
             ON CONFLICT (name) DO UPDATE
             SET arrival = least(greatest(b.arrival, excluded.arrival - $2::float8), excluded.arrival + ($3::float8 - 2) * $2::float8) + $2::float8
             WHERE greatest(b.arrival, excluded.arrival - $2::float8) <= excluded.arrival - $2::float8 + ($3::float8 - 1) * $2::float8 + 0.001
               OR b.arrival > excluded.arrival + $3::float8 * $2::float8
             RETURNING arrival
           )
         SELECT (SELECT arrival FROM taken) - now AS taken,
           (SELECT arrival FROM buckets WHERE name = $1) - now AS before FROM moment`,
        [bucket, intervalMs, burst],
      );
      const { taken, before } = (rows as { taken: string | null; before: string | null }[])[0] ?? {};
      const fullMs = Math.min(Math.max(Number(taken ?? before ?? 0), 0), burst * intervalMs);
      return takenOf(taken !== null, fullMs, intervalMs, burst);
    },
  };
}
