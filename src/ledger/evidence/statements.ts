import { existsSync } from 'node:fs';
import pg from 'pg';
import { connectionOf, problemOf, SCHEMA } from '../postgres/pool.ts';
import { connect } from '../sqlite/connection.ts';
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

/** Opens the database that a URL names. Throws a plain error, in one line, when there is none. */
export async function openSql(databaseUrl: string, { write = false } = {}): Promise<Sql> {
  if (databaseUrl.startsWith('sqlite:')) return openSqlite(databaseUrl.slice('sqlite:'.length), write);
  return openPostgres(databaseUrl);
}

function openSqlite(file: string, write: boolean): Sql {
  if (!existsSync(file)) throw new Error(`There is no ledger at ${file}.`);
  const db = connect(file, { readOnly: !write });
  const all: Sql['all'] = async (sql, values) => db.all(sql, values);
  return {
    all,
    async *stream(sql, values = []) {
      const named = Object.fromEntries(values.map((value, i) => [`$${i + 1}`, value]));
      yield* db.database.prepare(sql).iterate(named);
    },
    async transaction(work, { drop } = { drop: false }) {
      db.database.exec('BEGIN IMMEDIATE');
      try {
        if (drop) db.database.exec('DROP TRIGGER entries_remain');
        const result = await work(all);
        if (drop) db.database.exec(ENTRIES_REMAIN);
        db.database.exec('COMMIT');
        return result;
      } catch (error) {
        if (db.database.isTransaction) db.database.exec('ROLLBACK');
        throw error;
      }
    },
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

  async function transaction<T>(
    work: (all: Sql['all']) => Promise<T>,
    { drop } = { drop: false },
  ): Promise<T> {
    await client.query('BEGIN');
    try {
      if (drop) await client.query('ALTER TABLE entries DISABLE TRIGGER entries_stay');
      const result = await work(all);
      if (drop) await client.query('ALTER TABLE entries ENABLE TRIGGER entries_stay');
      await client.query('COMMIT');
      return result;
    } catch (error) {
      await client.query('ROLLBACK').catch(() => undefined);
      throw error;
    }
  }

  return {
    all,
    transaction,
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
