import { existsSync } from 'node:fs';
import pg from 'pg';
import { connectionOf, problemOf, SCHEMA } from '../postgres/pool.ts';
import { connect, named } from '../sqlite/connection.ts';
import { ENTRIES_REMAIN } from '../sqlite/schema.ts';

type Value = string | number;

/** A ledger's database as a command needs it, beside a service that may be running. Values are `$1`, `$2` … */
export interface Sql {
  all(sql: string, values?: Value[]): Promise<unknown[]>;
  /** Row by row, as they stand when the first one is read. One at a time. */
  stream(sql: string, values?: Value[]): AsyncIterable<unknown>;
  /** A transaction. With `drop`, entries may be deleted in it. */
  transaction<T>(work: (all: Sql['all']) => Promise<T>, options?: { drop: boolean }): Promise<T>;
  close(): Promise<void>;
}

/**
 * Opens the database that a URL names, for as long as `work` takes.
 * @throws Error in one line when there is none
 */
export async function withSql<T>(
  databaseUrl: string,
  work: (sql: Sql) => Promise<T>,
  { write = false } = {},
): Promise<T> {
  const sql = databaseUrl.startsWith('sqlite:')
    ? openSqlite(databaseUrl.slice('sqlite:'.length), write)
    : await openPostgres(databaseUrl);
  try {
    return await work(sql);
  } finally {
    await sql.close();
  }
}

/** `off` and `on` are what the trigger that keeps entries from being deleted takes. */
const transactions =
  (all: Sql['all'], { begin, off, on }: { begin: string; off: string; on: string }): Sql['transaction'] =>
  async (work, { drop } = { drop: false }) => {
    await all(begin);
    try {
      if (drop) await all(off);
      const result = await work(all);
      if (drop) await all(on);
      await all('COMMIT');
      return result;
    } catch (error) {
      await all('ROLLBACK').catch(() => undefined);
      throw error;
    }
  };

function openSqlite(file: string, write: boolean): Sql {
  if (!existsSync(file)) throw new Error(`There is no ledger at ${file}.`);
  const db = connect(file, { readOnly: !write });
  const all: Sql['all'] = async (sql, values) => db.all(sql, values);
  return {
    all,
    async *stream(sql, values = []) {
      yield* db.database.prepare(sql).iterate(named(values));
    },
    transaction: transactions(all, {
      begin: 'BEGIN IMMEDIATE',
      off: 'DROP TRIGGER entries_remain',
      on: ENTRIES_REMAIN,
    }),
    async close() {
      db.close();
    },
  };
}

/** How many rows are fetched at a time. */
const FETCH = 2_000;

async function openPostgres(url: string): Promise<Sql> {
  const client = new pg.Client({
    ...connectionOf(url),
    statement_timeout: 0,
    query_timeout: 0,
    idle_in_transaction_session_timeout: 0,
  });
  client.on('error', () => undefined);
  const all: Sql['all'] = async (sql, values = []) => {
    const { rows } = await client.query<Record<string, unknown>>(sql, values);
    return rows;
  };
  try {
    await client.connect();
    await client.query(`SET search_path TO ${SCHEMA}`);
  } catch (error) {
    await client.end();
    throw problemOf(error);
  }
  return {
    all,
    transaction: transactions(all, {
      begin: 'BEGIN',
      off: 'ALTER TABLE entries DISABLE TRIGGER entries_stay',
      on: 'ALTER TABLE entries ENABLE TRIGGER entries_stay',
    }),
    async *stream(sql, values = []) {
      await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
      try {
        await client.query(`DECLARE every NO SCROLL CURSOR FOR ${sql}`, values);
        for (let rows: unknown[] = []; ;) {
          rows = await all(`FETCH ${FETCH} FROM every`);
          yield* rows;
          if (rows.length < FETCH) return;
        }
      } finally {
        await client.query('ROLLBACK');
      }
    },
    close: () => client.end(),
  };
}
