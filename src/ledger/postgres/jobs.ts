import type pg from 'pg';
import { type Db as JobDb, PgBoss } from 'pg-boss';
import type { Deliveries } from '../outbox/deliveries.ts';
import { type Connections, type Db, problemOf } from './pool.ts';

/** pg-boss's own tables. */
export const JOBS_SCHEMA = 'ledger_jobs';
const QUEUE = 'webhooks';

/** A job says: the webhook `id` is due, unless its due time has changed since. */
interface Due {
  id: string;
  dueAt: number;
}

const queueOptions = {
  // A try ends well within; a job whose worker died is given to another after that.
  expireInSeconds: 60,
  retryLimit: 1_000,
  retryDelay: 1,
  deleteAfterSeconds: 3_600,
};

const base = { schema: JOBS_SCHEMA, schedule: false, reindex: false, monitorVacuum: false };

const adapter = (db: Db): JobDb => ({
  executeSql: async (text, values = []) => ({ rows: await db.once(text, values) }),
});

/** Installs or migrates the job queue with a connection that may. Returns whether anything was done. */
export async function installJobs(client: pg.Client): Promise<boolean> {
  const db: JobDb = {
    executeSql: async (text, values = []) => {
      const result = await client.query<Record<string, unknown>>(text, values);
      // A text of several statements has several results.
      const last = Array.isArray(result) ? (result.at(-1) as typeof result | undefined) : result;
      return { rows: last?.rows ?? [] };
    },
  };
  const boss = new PgBoss({ ...base, db, supervise: false, registerInstance: false });
  boss.on('error', () => undefined);
  const before = (await boss.isInstalled()) ? await boss.schemaVersion() : null;
  await boss.start();
  try {
    if (before === null) await boss.createQueue(QUEUE, queueOptions);
    return before !== (await boss.schemaVersion());
  } finally {
    await boss.stop({ graceful: false, close: false });
  }
}

/** Webhooks that wait for their time, in pg-boss. */
export async function startJobs(pool: Connections, warn: (message: string, cause: unknown) => void) {
  const boss = new PgBoss({
    ...base,
    db: adapter(pool),
    migrate: false,
    createSchema: false,
    registerInstance: false,
  });
  boss.on('error', (error) => warn('The job queue failed; it goes on.', error));
  await boss.start();

  return {
    /** Sends jobs inside the transaction that `db` is of. Seconds count from its beginning. */
    async send(db: Db, due: (Due & { inSeconds: number })[]): Promise<void> {
      if (due.length === 0) return;
      const jobs = due.map(({ id, dueAt, inSeconds }) => ({ data: { id, dueAt }, startAfter: inSeconds }));
      await boss.insert(QUEUE, jobs, { db: adapter(db) });
    },
    /** Tries what becomes due, from now on. */
    async work(deliveries: Deliveries): Promise<void> {
      const options = {
        pollingIntervalSeconds: 0.5,
        localConcurrency: 4,
        burstWhenBatchFull: true,
        batchSize: 2,
      };
      await boss.work<Due>(QUEUE, options, async (jobs) => {
        await Promise.all(
          jobs.map(async ({ data }) => {
            const [row] = (await pool.rows(
              `SELECT id, request_id, url, body, attempts FROM deliveries
               WHERE id = $1 AND due_at = $2 AND status = 'pending'`,
              [data.id, data.dueAt],
            )) as { id: string; request_id: string; url: string; body: string; attempts: number }[];
            if (row === undefined) return;
            const { attempts, ...notification } = row;
            await deliveries.retry({ notification, attempts });
          }),
        );
      });
    },
    async stop(): Promise<void> {
      // A try that is under way ends within ten seconds.
      await boss.stop({ graceful: true, close: false, timeout: 12_000 }).catch((error: unknown) => {
        warn('The job queue did not stop cleanly.', problemOf(error));
      });
    },
  };
}

export type Jobs = Awaited<ReturnType<typeof startJobs>>;
