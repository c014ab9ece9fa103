import pg from 'pg';
import { connectionOf, SCHEMA, WRITER_ROLE } from './pool.ts';
import { installJobs, JOBS_SCHEMA } from './jobs.ts';

/**
 * The same tables as in SQLite, and what several instances need: who is alive (`writers`), whose turn it is at an action
 * (`turns`), and how much of the tenant's rate is taken (`buckets`). Of the last two nothing has to survive a crash of
 * PostgreSQL, so they are not logged.
 */
const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE entries (
    chain text COLLATE "C" NOT NULL,
    sequence bigint NOT NULL,
    kind text COLLATE "C" NOT NULL,
    request_id text COLLATE "C" NOT NULL,
    place text COLLATE "C",
    caller text COLLATE "C",
    action_name text COLLATE "C",
    status text COLLATE "C",
    entry text COLLATE "C" NOT NULL,
    hash text COLLATE "C" NOT NULL,
    PRIMARY KEY (chain, sequence)
  );
  CREATE UNIQUE INDEX entries_by_request ON entries (request_id, kind);
  CREATE INDEX intents_by_place ON entries (place) WHERE kind = 'intent';
  CREATE INDEX intents_by_caller ON entries (caller, place) WHERE kind = 'intent';
  CREATE INDEX intents_by_action ON entries (action_name, place) WHERE kind = 'intent';
  CREATE INDEX failures_by_place ON entries (status, place) WHERE kind = 'outcome' AND status <> 'SUCCESS';

  CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION 'an entry of the ledger is never changed or deleted' USING ERRCODE = '42501'; END $$;
  CREATE TRIGGER entries_stay BEFORE UPDATE OR DELETE ON entries FOR EACH ROW EXECUTE FUNCTION refuse_change();
  CREATE TRIGGER entries_remain BEFORE TRUNCATE ON entries FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

  CREATE TABLE unfinished (
    request_id text COLLATE "C" PRIMARY KEY,
    place text COLLATE "C" NOT NULL,
    writer text COLLATE "C" NOT NULL,
    dispatched integer NOT NULL,
    caller text COLLATE "C",
    key text COLLATE "C",
    webhook_url text
  );

  CREATE TABLE keys (
    caller text COLLATE "C" NOT NULL,
    key text COLLATE "C" NOT NULL,
    fingerprint text COLLATE "C" NOT NULL,
    request_id text COLLATE "C" NOT NULL,
    settled integer NOT NULL,
    expires_at bigint NOT NULL,
    PRIMARY KEY (caller, key)
  );
  CREATE INDEX keys_by_expiry ON keys (expires_at) WHERE settled = 1;

  CREATE TABLE deliveries (
    id text COLLATE "C" PRIMARY KEY,
    request_id text COLLATE "C" NOT NULL UNIQUE,
    url text NOT NULL,
    body text NOT NULL,
    status text NOT NULL,
    attempts integer NOT NULL,
    answered integer NOT NULL,
    created_at bigint NOT NULL,
    due_at bigint NOT NULL,
    failed_at bigint,
    error text
  );
  CREATE INDEX deliveries_by_age ON deliveries (created_at) WHERE status = 'pending';
  CREATE INDEX deliveries_by_failure ON deliveries (failed_at) WHERE status = 'failed';

  CREATE TABLE writers (
    id text COLLATE "C" PRIMARY KEY,
    beat_at timestamptz NOT NULL
  );
  -- A restart of PostgreSQL keeps everybody from beating: it does not count against them.
  CREATE FUNCTION is_alive(writer text, seconds integer) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (
      SELECT FROM ledger.writers WHERE id = writer
      AND greatest(beat_at, pg_postmaster_start_time()) > clock_timestamp() - make_interval(secs => seconds)
    ) $$;

  -- Logged, unlike its table, so that a crash does not make a number come twice.
  CREATE SEQUENCE tickets;
  CREATE UNLOGGED TABLE turns (
    ticket bigint DEFAULT nextval('ledger.tickets') PRIMARY KEY,
    key text COLLATE "C" NOT NULL,
    holder text COLLATE "C" NOT NULL
  );
  CREATE INDEX turns_by_key ON turns (key, ticket);
  -- Who was not heard of loses his place for good, as he may come back while another one works. Who asks for another look
  -- has to be heard of himself, and is otherwise passed over at the same moment.
  CREATE FUNCTION look(mine bigint, wanted text, who text, seconds integer, OUT known boolean, OUT first boolean)
  LANGUAGE plpgsql VOLATILE AS $$
    BEGIN
      PERFORM pg_advisory_xact_lock(hashtextextended(wanted, 5));
      DELETE FROM ledger.turns WHERE key = wanted AND ticket < mine AND NOT ledger.is_alive(holder, seconds);
      known := EXISTS (SELECT FROM ledger.turns WHERE ticket = mine AND key = wanted AND holder = who);
      first := known AND ledger.is_alive(who, seconds)
        AND NOT EXISTS (SELECT FROM ledger.turns WHERE key = wanted AND ticket < mine);
    END $$;
  -- Tickets of one key are drawn one after the other: a lower one cannot appear after a higher one was seen first.
  CREATE FUNCTION take_turn(wanted text, who text, seconds integer, OUT mine bigint, OUT first boolean)
  LANGUAGE plpgsql VOLATILE AS $$
    BEGIN
      PERFORM pg_advisory_xact_lock(hashtextextended(wanted, 5));
      INSERT INTO ledger.turns (key, holder) VALUES (wanted, who) RETURNING ticket INTO mine;
      SELECT seen.first INTO first FROM ledger.look(mine, wanted, who, seconds) AS seen;
    END $$;

  CREATE UNLOGGED TABLE buckets (
    name text COLLATE "C" PRIMARY KEY,
    arrival double precision NOT NULL
  );

  CREATE TABLE checks (id integer PRIMARY KEY, at bigint NOT NULL);
  `,
];

/** Two instances that start together, or start while another one migrates, wait for each other here. */
const MIGRATION_LOCK = 7_208_551;

/**
 * Brings the schema up to date, the job queue's too. Needs a role that may create both only when something is missing:
 * afterwards a member of the writer's role is enough. Returns the role to work as, or null when there is none.
 */
export async function migrate(connectionString: string): Promise<string | null> {
  const client = new pg.Client({
    ...connectionOf(connectionString),
    lock_timeout: 60_000,
    statement_timeout: 60_000,
    query_timeout: 70_000,
  });
  client.on('error', () => undefined);
  await client.connect();
  try {
    await client.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
    const version = await versionOf(client);
    if (version > MIGRATIONS.length) {
      throw new Error(`The ledger was written by a newer version of this service (schema ${version}).`);
    }
    if (version < MIGRATIONS.length) await apply(client, version);
    const changed = await installJobs(client);
    if (changed || version < MIGRATIONS.length) await grant(client);
    return await roleFor(client);
  } finally {
    await client.end();
  }
}

async function versionOf(client: pg.Client): Promise<number> {
  const known = await client.query<{ name: string | null }>(
    `SELECT to_regclass('${SCHEMA}.version') AS name`,
  );
  if (known.rows[0]?.name == null) return 0;
  const { rows } = await client.query<{ version: number }>(`SELECT version FROM ${SCHEMA}.version`);
  return rows[0]?.version ?? 0;
}

async function apply(client: pg.Client, version: number): Promise<void> {
  await client.query('BEGIN');
  await client.query(`CREATE SCHEMA IF NOT EXISTS ${SCHEMA}; SET LOCAL search_path TO ${SCHEMA}`);
  for (const migration of MIGRATIONS.slice(version)) await client.query(migration);
  await client.query('CREATE TABLE IF NOT EXISTS version (version integer NOT NULL)');
  await client.query('DELETE FROM version');
  await client.query('INSERT INTO version VALUES ($1)', [MIGRATIONS.length]);
  await client.query('COMMIT');
}

/** Makes the writer's role where we may (roles belong to the whole server, so that it may exist), and its rights. */
async function grant(client: pg.Client): Promise<void> {
  await client.query(`
    DO $$ BEGIN
      IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '${WRITER_ROLE}') THEN
        CREATE ROLE ${WRITER_ROLE} NOLOGIN;
      END IF;
    EXCEPTION WHEN insufficient_privilege OR duplicate_object OR unique_violation THEN NULL;
    END $$`);
  if (!(await roleExists(client))) return;
  await client.query(`
    GRANT USAGE ON SCHEMA ${SCHEMA}, ${JOBS_SCHEMA} TO ${WRITER_ROLE};
    GRANT SELECT, INSERT ON ${SCHEMA}.entries TO ${WRITER_ROLE};
    GRANT SELECT ON ${SCHEMA}.version TO ${WRITER_ROLE};
    GRANT SELECT, INSERT, UPDATE, DELETE ON ${[
      'unfinished',
      'keys',
      'deliveries',
      'writers',
      'turns',
      'buckets',
      'checks',
    ]
      .map((table) => `${SCHEMA}.${table}`)
      .join()} TO ${WRITER_ROLE};
    GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA ${JOBS_SCHEMA} TO ${WRITER_ROLE};
    GRANT USAGE ON ALL SEQUENCES IN SCHEMA ${SCHEMA}, ${JOBS_SCHEMA} TO ${WRITER_ROLE};
    DO $$ BEGIN
      IF NOT pg_has_role(current_user, '${WRITER_ROLE}', 'MEMBER') THEN
        EXECUTE 'GRANT ${WRITER_ROLE} TO ' || quote_ident(current_user);
      END IF;
    EXCEPTION WHEN insufficient_privilege THEN NULL;
    END $$`);
}

async function roleExists(client: pg.Client): Promise<boolean> {
  const { rowCount } = await client.query('SELECT FROM pg_roles WHERE rolname = $1', [WRITER_ROLE]);
  return rowCount === 1;
}

/** The writer's role if we may take it on in this database. */
async function roleFor(client: pg.Client): Promise<string | null> {
  const { rowCount } = await client.query(
    `SELECT FROM pg_roles WHERE rolname = $1 AND pg_has_role(current_user, oid, 'MEMBER')
     AND has_table_privilege(oid, '${SCHEMA}.entries', 'INSERT')`,
    [WRITER_ROLE],
  );
  return rowCount === 1 ? WRITER_ROLE : null;
}
