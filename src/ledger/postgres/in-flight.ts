import { type ClaimedRow, FIRST_BACKOFF_MS, LONGEST_BACKOFF_MS, reconcilerOf, type Store } from '../store.ts';
import type { Db } from './pool.ts';

/** What is in flight, by PostgreSQL's clock. For `settlingSeconds` after a start of PostgreSQL nothing is claimed. */
export function createInFlight(db: Db, owner: string, settlingSeconds: number) {
  const reconciler = reconcilerOf(owner);
  const owners = [owner, reconciler];

  const store: Pick<Store, 'claimExpired' | 'release' | 'postpone' | 'countUnreconciled'> = {
    /**
     * Each for one instance. Right after a start of PostgreSQL its instances get time to record what they have in flight
     * before others may claim it. A lease that is further ahead than any lease can be was made before that clock was set
     * back.
     */
    async claimExpired(limit, leaseMs) {
      const rows = await db.rows(
        `WITH expired AS (
           SELECT request_id FROM in_flight
           WHERE (lease_until <= clock_timestamp()
               OR lease_until > clock_timestamp() + 2 * greatest($3::float8, ${LONGEST_BACKOFF_MS}) * interval '1 ms')
             AND pg_postmaster_start_time() < clock_timestamp() - make_interval(secs => $4)
           ORDER BY place LIMIT $2 FOR UPDATE SKIP LOCKED
         ), claimed AS (
           UPDATE in_flight f SET owner = $1, lease_until = clock_timestamp() + $3::float8 * interval '1 ms'
           FROM expired WHERE f.request_id = expired.request_id
           RETURNING f.request_id, f.place, f.dispatched, f.postponed, f.webhook_url
         )
         SELECT c.request_id, i.entry AS intent, c.dispatched, c.postponed, c.webhook_url
         FROM claimed c JOIN entries i ON i.request_id = c.request_id AND i.kind = 'intent' ORDER BY c.place`,
        [reconciler, limit, leaseMs, settlingSeconds],
      );
      return rows as ClaimedRow[];
    },

    async release(requestId) {
      await db.rows(
        'UPDATE in_flight SET lease_until = clock_timestamp() WHERE request_id = $1 AND owner = ANY($2)',
        [requestId, owners],
      );
    },

    async postpone(requestId) {
      await db.rows(
        `UPDATE in_flight SET postponed = postponed + 1, lease_until = clock_timestamp()
           + least(${FIRST_BACKOFF_MS} * 2 ^ least(postponed, 10), ${LONGEST_BACKOFF_MS}) * interval '1 ms'
         WHERE request_id = $1 AND owner = ANY($2)`,
        [requestId, owners],
      );
    },

    async countUnreconciled() {
      const rows = await db.rows(
        'SELECT count(*) AS count FROM in_flight WHERE lease_until <= clock_timestamp() OR postponed > 0',
      );
      return (rows as { count: number }[])[0]?.count ?? 0;
    },
  };

  return {
    ...store,
    /** For an instance that ends: its intents in flight may be claimed at once. */
    async releaseAll(): Promise<void> {
      await db.rows('UPDATE in_flight SET lease_until = clock_timestamp() WHERE owner = ANY($1)', [owners]);
    },
  };
}
