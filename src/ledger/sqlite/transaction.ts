import type { Connection } from './connection.ts';
import type { createWrites, Writes } from './writes.ts';

/** One operation to do on the writing connection, and the time of the store's clock when it was asked for. */
export type WriteOperation = {
  [Name in keyof Writes]: { name: Name; argument: Parameters<Writes[Name]>[0]; now: number };
}[keyof Writes];

export interface WriteFailure {
  message: string;
  /** SQLite's primary result code, or 0. */
  code: number;
}

export type WriteResult = { ok: true; value: unknown } | { ok: false; failure: WriteFailure };

const SQLITE_CONSTRAINT = 19;

/**
 * Does the batch in one transaction. An operation that fails by itself leaves no trace and harms no other: then all is
 * done once more, each behind a savepoint of its own, which costs more and is rarely needed. Throws when the transaction
 * as a whole failed; then nothing of it stands.
 */
export function runBatch(
  db: Connection,
  writes: ReturnType<typeof createWrites>,
  batch: WriteOperation[],
): WriteResult[] {
  try {
    return inTransaction(db, writes, () =>
      batch.map((operation) => ({ ok: true, value: call(db, writes, operation) })),
    );
  } catch (error) {
    if (!concernsOne(error)) throw error;
    return inTransaction(db, writes, () => batch.map((operation) => runApart(db, writes, operation)));
  }
}

function inTransaction<T>(db: Connection, writes: ReturnType<typeof createWrites>, work: () => T): T {
  const before = writes.head();
  try {
    db.run('BEGIN IMMEDIATE');
    // Of a file that can only be read, SQLite lets that pass. A write of nothing fails: then the connection is not kept, and
    // the next one finds out whether the file can be written again.
    db.run('DELETE FROM checks WHERE id = 0');
    const result = work();
    db.run('COMMIT');
    return result;
  } catch (error) {
    writes.restore(before);
    if (db.database.isTransaction) db.run('ROLLBACK');
    throw error;
  }
}

/** A disk that is full, or worse, concerns the whole transaction. */
function concernsOne(error: unknown): boolean {
  const { code } = failureOf(error);
  return code === 0 || code === SQLITE_CONSTRAINT;
}

function runApart(
  db: Connection,
  writes: ReturnType<typeof createWrites>,
  operation: WriteOperation,
): WriteResult {
  const before = writes.head();
  db.run('SAVEPOINT operation');
  try {
    const value = call(db, writes, operation);
    db.run('RELEASE operation');
    return { ok: true, value };
  } catch (error) {
    if (!concernsOne(error)) throw error;
    db.run('ROLLBACK TO operation');
    db.run('RELEASE operation');
    writes.restore(before);
    return { ok: false, failure: failureOf(error) };
  }
}

function call(db: Connection, writes: Writes, { name, argument, now }: WriteOperation): unknown {
  db.setNow(now);
  const method = writes[name] as (argument: unknown) => unknown;
  return method(argument);
}

export function failureOf(error: unknown): WriteFailure {
  const { errcode } = error as { errcode?: number };
  return {
    message: error instanceof Error ? error.message : String(error),
    code: (errcode ?? 0) & 0xff,
  };
}
