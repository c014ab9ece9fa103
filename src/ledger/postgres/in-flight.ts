import { type ClaimedRow, FIRST_BACKOFF_MS, LONGEST_BACKOFF_MS, reconcilerOf } from '../store.ts';
import type { Db } from './pool.ts';

/**
 * Claims intents whose leases have expired by PostgreSQL's clock, each for one instance. Right after a start of PostgreSQL
 * its instances get time to record what they have in flight before others may claim it. A lease that is further ahead than
 * any lease can be was made before that clock was set back.
 */
export async function claimExpired(
  db: Db,
  owner: string,
  { limit, leaseMs, settlingSeconds }: { limit: number; leaseMs: number; settlingSeconds: number },
): Promise<ClaimedRow[]> {
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
    [reconcilerOf(owner), limit, leaseMs, settlingSeconds],
  );
  return rows as ClaimedRow[];
}

export async function release(db: Db, owner: string, requestId: string): Promise<void> {
  await db.rows(
    'UPDATE in_flight SET lease_until = clock_timestamp() WHERE request_id = $1 AND owner IN ($2, $3)',
    [requestId, owner, reconcilerOf(owner)],
  );
}

export async function postpone(db: Db, owner: string, requestId: string): Promise<void> {
  await db.rows(
    `UPDATE in_flight SET postponed = postponed + 1, lease_until = clock_timestamp()
       + least(${FIRST_BACKOFF_MS} * 2 ^ least(postponed, 10), ${LONGEST_BACKOFF_MS}) * interval '1 ms'
     WHERE request_id = $1 AND owner IN ($2, $3)`,
    [requestId, owner, reconcilerOf(owner)],
  );
}

export async function countUnreconciled(db: Db): Promise<number> {
  const rows = await db.rows(
    'SELECT count(*) AS count FROM in_flight WHERE lease_until <= clock_timestamp() OR postponed > 0',
  );
  return (rows as { count: number }[])[0]?.count ?? 0;
}

/** For an instance that ends: its intents in flight may be claimed at once. */
export async function releaseAll(db: Db, owner: string): Promise<void> {
  await db.rows('UPDATE in_flight SET lease_until = clock_timestamp() WHERE owner IN ($1, $2)', [
    owner,
    reconcilerOf(owner),
  ]);
}
