import pg from 'pg';
import { connectionOf, SCHEMA, WRITER_ROLE } from './pool.ts';
import { migrationsFor } from '../migrations.ts';

const MIGRATIONS = migrationsFor('postgres');

/** Two instances that start together, or start while another one migrates, wait for each other here. */
const MIGRATION_LOCK = 7_208_551;

const LONGEST_MIGRATION_MS = 3_600_000;

/**
 * Brings the schema up to date. Needs a role that may create things only when something is missing: afterwards
 * a member of the writer's role is enough. Returns the role to work as, or null when there is none.
 */
export async function migrate(connectionString: string): Promise<string | null> {
  const client = new pg.Client({
    ...connectionOf(connectionString),
    lock_timeout: 60_000,
    // An index over a large ledger takes minutes.
    statement_timeout: LONGEST_MIGRATION_MS,
    query_timeout: LONGEST_MIGRATION_MS + 10_000,
  });
  client.on('error', () => undefined);
  await client.connect();
  try {
    await client.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
    await assertDurable(client);
    const pending = MIGRATIONS.after(await versionOf(client));
    if (pending.length > 0) {
      await apply(client, pending);
      await client.query(GRANT);
    }
    return await roleFor(client);
  } finally {
    await client.end();
  }
}

async function versionOf(client: pg.Client): Promise<number> {
  const known = await client.query(`SELECT FROM pg_class WHERE oid = to_regclass('${SCHEMA}.version')`);
  if (known.rowCount === 0) return 0;
  const { rows } = await client.query<{ version: number }>(`SELECT version FROM ${SCHEMA}.version`);
  return rows[0]?.version ?? 0;
}

/** So that an acknowledged commit is durable: PostgreSQL must wait for its disk, and must not be a read-only replica. */
async function assertDurable(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ fsync: string; replica: boolean }>(
    `SELECT current_setting('fsync') AS fsync, pg_is_in_recovery() AS replica`,
  );
  if (rows[0]?.fsync !== 'on')
    throw new Error('fsync is off there: a crash would lose what was acknowledged. Set fsync = on.');
  if (rows[0].replica) throw new Error('it is a replica, which cannot be written. Name the primary.');
}

async function apply(client: pg.Client, pending: string[]): Promise<void> {
  await client.query('BEGIN');
  await client.query(`CREATE SCHEMA IF NOT EXISTS ${SCHEMA}; SET LOCAL search_path TO ${SCHEMA}`);
  for (const sql of pending) await client.query(sql);
  await client.query('CREATE TABLE IF NOT EXISTS version (version integer NOT NULL)');
  await client.query('DELETE FROM version');
  await client.query('INSERT INTO version VALUES ($1)', [MIGRATIONS.latest]);
  await client.query('COMMIT');
}

const OWN_TABLES = ['in_flight', 'keys', 'deliveries', 'outbox', 'buckets', 'checks'];

/** Makes the writer's role where we may (roles belong to the whole server, so that it may exist), and its rights. */
const GRANT = `
  DO $$ BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '${WRITER_ROLE}') THEN
      CREATE ROLE ${WRITER_ROLE} NOLOGIN;
    END IF;
  EXCEPTION WHEN insufficient_privilege OR duplicate_object OR unique_violation THEN NULL;
  END $$;
  DO $$ BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = '${WRITER_ROLE}') THEN
      GRANT USAGE ON SCHEMA ${SCHEMA} TO ${WRITER_ROLE};
      GRANT SELECT, INSERT ON ${SCHEMA}.entries TO ${WRITER_ROLE};
      GRANT SELECT ON ${SCHEMA}.version TO ${WRITER_ROLE};
      GRANT SELECT, INSERT, UPDATE, DELETE ON ${OWN_TABLES.map((table) => `${SCHEMA}.${table}`).join()} TO ${WRITER_ROLE};
    END IF;
  END $$;
  DO $$ BEGIN
    IF NOT pg_has_role(current_user, '${WRITER_ROLE}', 'MEMBER') THEN
      EXECUTE 'GRANT ${WRITER_ROLE} TO ' || quote_ident(current_user);
    END IF;
  EXCEPTION WHEN insufficient_privilege OR undefined_object THEN NULL;
  END $$`;

/** The writer's role if we may take it on in this database. */
async function roleFor(client: pg.Client): Promise<string | null> {
  const { rowCount } = await client.query(
    `SELECT FROM pg_roles WHERE rolname = $1 AND pg_has_role(current_user, oid, 'MEMBER')
     AND has_table_privilege(oid, '${SCHEMA}.entries', 'INSERT')`,
    [WRITER_ROLE],
  );
  return rowCount === 1 ? WRITER_ROLE : null;
}
