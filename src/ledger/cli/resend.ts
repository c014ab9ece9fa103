import type { Clock } from '../../services/ports.ts';
import { openSql } from '../evidence/statements.ts';
import { RESEND } from '../outbox/delivery-sql.ts';
import { createDeliveryStore } from '../postgres/deliveries.ts';
import { startJobs } from '../postgres/jobs.ts';
import { createConnections } from '../postgres/pool.ts';

/** Makes dead letters due, beside a service that may be running. Returns how many were dead letters. */
export const resend = (databaseUrl: string, ids: string[], clock: Pick<Clock, 'now'>): Promise<number> =>
  databaseUrl.startsWith('sqlite:')
    ? resendInSqlite(databaseUrl, ids, clock.now())
    : resendInPostgres(databaseUrl, ids, clock);

/** The service looks for what is due from time to time. */
async function resendInSqlite(databaseUrl: string, ids: string[], now: number): Promise<number> {
  const sql = await openSql(databaseUrl, { write: true });
  try {
    return await sql.transaction(async (all) => {
      let count = 0;
      for (const id of ids) count += (await all(`${RESEND} RETURNING id`, [id, now])).length;
      return count;
    });
  } finally {
    await sql.close();
  }
}

/** A job is sent for each. */
async function resendInPostgres(
  databaseUrl: string,
  ids: string[],
  clock: Pick<Clock, 'now'>,
): Promise<number> {
  const warn = () => undefined;
  const pool = createConnections(databaseUrl, { max: 2, role: null, warn });
  try {
    const jobs = await startJobs(pool, warn);
    try {
      return await createDeliveryStore(pool, jobs, clock).resend(ids);
    } finally {
      await jobs.stop();
    }
  } finally {
    await pool.end();
  }
}
