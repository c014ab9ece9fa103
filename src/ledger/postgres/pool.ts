import { hash } from 'node:crypto';
import pg from 'pg';
import { Problem } from '../../errors.ts';
import { unavailable } from '../unavailable.ts';

/** Where our tables are. */
export const SCHEMA = 'ledger';
/** The service's role: it may add to `entries` and read them, and neither change nor delete them. */
export const WRITER_ROLE = 'cxone_ledger_writer';

/** Nothing waits for PostgreSQL for longer than this; a write that hangs is refused instead of piling up. */
const TIMEOUTS = {
  connectionTimeoutMillis: 3_000,
  lock_timeout: 4_000,
  statement_timeout: 8_000,
  query_timeout: 10_000,
  idle_in_transaction_session_timeout: 20_000,
};

/** Sequences and times are far below 2^53: read a bigint as a number. */
const types = new pg.TypeOverrides();
types.setTypeParser(pg.types.builtins.INT8, Number);

/** How a connection is made; without a `role`, as the role of the URL. */
export const connectionOf = (connectionString: string) => ({
  connectionString,
  ...TIMEOUTS,
  types,
  keepAlive: true,
  application_name: 'cxone-date-service',
});

/** Statements by themselves, or in the transaction that this was handed out for. */
export interface Db {
  /** For a text of a bounded number: each connection parses and plans it once. */
  rows(sql: string, values?: unknown[]): Promise<unknown[]>;
}

/** The name that a prepared statement has on every connection. */
const names = new Map<string, string>();

const dbOf = (client: pg.ClientBase | pg.Pool): Db => ({
  async rows(text, values = []) {
    const name = names.get(text) ?? hash('sha256', text, 'hex').slice(0, 32);
    names.set(text, name);
    const { rows } = await client.query<Record<string, unknown>>({ name, text, values });
    return rows;
  },
});

export interface Connections extends Db {
  /** Runs `work` in one transaction. @throws CommitUnknown when a failure left open whether it was committed */
  commit<T>(work: (db: Db) => Promise<T>): Promise<T>;
  /** How many connections have been made so far. */
  made(): number;
  end(): Promise<void>;
}

/** Thrown by `commit` when the connection was lost while PostgreSQL was committing. */
export class CommitUnknown extends Error {}

/**
 * A pool whose connections work in our schema as the writer's role. A connection that breaks while idle is replaced in
 * silence; whatever breaks in use is `LEDGER_UNAVAILABLE`.
 */
export function createConnections(
  connectionString: string,
  { max, role }: { max: number; role: string | null },
): Connections {
  let made = 0;
  const options: pg.PoolConfig & { onConnect: (client: pg.ClientBase) => Promise<void> } = {
    ...connectionOf(connectionString),
    max,
    idleTimeoutMillis: 30_000,
    // Awaited before the connection is used.
    async onConnect(client) {
      // Without a listener, losing a connection in use would end the process; its user gets the error anyway.
      client.on('error', () => undefined);
      await client.query(`SET search_path TO ${SCHEMA}; SET default_transaction_isolation TO 'read committed';
        SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'
        ${role === null ? '' : `; SET ROLE ${role}`}`);
      made += 1;
    },
  };
  const pool = new pg.Pool(options);
  // Replaced when it is needed; the next query reports it when PostgreSQL is away.
  pool.on('error', () => undefined);

  const db = dbOf(pool);

  async function commit<T>(work: (db: Db) => Promise<T>): Promise<T> {
    const client = await pool.connect();
    let broken: Error | undefined;
    try {
      await client.query('BEGIN');
      const result = await work(dbOf(client));
      try {
        await client.query('COMMIT');
      } catch (error) {
        // An answer with a code means that it was rolled back; without one, the answer was lost.
        throw isAnswer(error)
          ? error
          : new CommitUnknown('The answer to a commit was lost.', { cause: error });
      }
      return result;
    } catch (error) {
      const undone =
        isAnswer(error) || error instanceof Problem
          ? client.query('ROLLBACK')
          : Promise.reject(asError(error));
      await undone.catch((cause: unknown) => {
        broken = asError(cause);
      });
      throw error;
    } finally {
      client.release(broken);
    }
  }

  return {
    rows: (sql, values) => db.rows(sql, values).catch(fail),
    commit,
    made: () => made,
    end: () => pool.end(),
  };
}

const asError = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)));

/** Whether PostgreSQL itself answered with an error and the connection is still good. */
function isAnswer(error: unknown): boolean {
  if (!(error instanceof pg.DatabaseError)) return false;
  // 57P01 to 57P03: it is shutting down, and the connection with it.
  return error.code !== undefined && !error.code.startsWith('57P') && !error.code.startsWith('08');
}

/** Whether PostgreSQL refused this statement, and works otherwise: invalid data (22), a constraint (23). */
export function concernsOne(error: unknown): boolean {
  return error instanceof pg.DatabaseError && /^2[23]/.test(error.code ?? '');
}

/** Whether two transactions stood in each other's way, so that this one may do better when it is done again. */
export const isDeadlock = (error: unknown): boolean =>
  error instanceof pg.DatabaseError && /^40/.test(error.code ?? '');

/** What went wrong at PostgreSQL, as a problem. Names neither the host nor the user. */
export function problemOf(error: unknown): Problem {
  if (error instanceof Problem) return error;
  const { code = '' } = error as { code?: string };
  return unavailable(
    REASONS.find(([pattern]) => pattern.test(code))?.[1] ?? 'PostgreSQL does not answer',
    error,
  );
}

/** For `catch`. @throws Problem that `problemOf` makes of it */
export function fail(error: unknown): never {
  throw problemOf(error);
}

const REASONS: readonly (readonly [RegExp, string])[] = [
  [/^53100$/, 'the disk of PostgreSQL is full'],
  [/^53/, 'PostgreSQL has no connection or memory left'],
  [/^25006$/, 'PostgreSQL is read-only'],
  [/^28|^3D000$/, 'PostgreSQL refuses the user or the database of DATABASE_URL'],
  [/^42501$/, 'the user of DATABASE_URL lacks a privilege'],
  [/^57P/, 'PostgreSQL is restarting'],
  [/^(55P03|57014|40)/, 'PostgreSQL is too busy'],
  [/^[0-9A-Z]{5}$/, 'PostgreSQL refused a statement'],
];
