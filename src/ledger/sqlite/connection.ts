import { DatabaseSync, type SQLInputValue } from 'node:sqlite';

/** How long a statement waits for another process (a command line, a backup) to let go of the database. */
const BUSY_TIMEOUT_MS = 2_000;

/** A commit waits for the disk. The log is copied into the file every 16 MB: pages that change often, once. */
const DURABLE = 'PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 4000';

/** A connection with its statements prepared once. Values are bound to `$1`, `$2` … */
export interface Connection {
  readonly database: DatabaseSync;
  /** The first row, or undefined. */
  get(sql: string, values?: SQLInputValue[]): unknown;
  all(sql: string, values?: SQLInputValue[]): unknown[];
  /** Rows changed. */
  run(sql: string, values?: SQLInputValue[]): number;
  /** What `now_ms()` is in statements from now on: the store's clock, in epoch milliseconds. */
  setNow(milliseconds: number): void;
  close(): void;
}

/** Opens the file. */
export function connect(file: string, { readOnly = false }: { readOnly?: boolean } = {}): Connection {
  let now = 0;
  const database = new DatabaseSync(file, { readOnly, timeout: BUSY_TIMEOUT_MS });
  try {
    if (!readOnly) database.exec(DURABLE);
    database.exec('PRAGMA cache_size = -16000');
    database.function('now_ms', () => now);
  } catch (error) {
    database.close();
    throw error;
  }
  const statements = new Map<string, ReturnType<typeof prepare>>();
  function prepared(sql: string) {
    const known = statements.get(sql) ?? prepare(database, sql);
    statements.set(sql, known);
    return known;
  }

  return {
    database,
    get(sql, values = []) {
      const { statement, inOrder } = prepared(sql);
      return inOrder ? statement.get(...values) : statement.get(named(values));
    },
    all(sql, values = []) {
      const { statement, inOrder } = prepared(sql);
      return inOrder ? statement.all(...values) : statement.all(named(values));
    },
    run(sql, values = []) {
      const { statement, inOrder } = prepared(sql);
      return Number((inOrder ? statement.run(...values) : statement.run(named(values))).changes);
    },
    setNow(milliseconds) {
      now = milliseconds;
    },
    close: () => {
      if (database.isOpen) database.close();
    },
  };
}

/** Binding by position is the fastest; a value that a text uses twice, or out of order, is bound by name. */
function prepare(database: DatabaseSync, sql: string) {
  const inOrder = (sql.match(/\$\d+/g) ?? []).every((name, i) => name === `$${i + 1}`);
  return { statement: database.prepare(inOrder ? sql.replaceAll(/\$\d+/g, '?') : sql), inOrder };
}

/** Values by the names that statements have for them. */
export const named = (values: SQLInputValue[]): Record<string, SQLInputValue> =>
  Object.fromEntries(values.map((value, i) => [`$${i + 1}`, value]));
