import { parentPort, workerData } from 'node:worker_threads';
import type { Statement } from '../journal/records.ts';
import { connect, type Connection } from './connection.ts';
import { hold } from './lock.ts';
import { forbidChanges, migrate } from './schema.ts';
import { failureOf, runBatch, type WriteOperation, type WriteResult } from './transaction.ts';
import { createWrites, headOf } from './writes.ts';

/**
 * The thread that SQLite's calls block instead of the event loop. One of them writes, another reads beside it.
 * Started with `{ file, role, owner }`; says `ready` or `failed` once, then answers each message by its number.
 */
export interface WorkerStart {
  file: string;
  role: 'write' | 'read';
  owner: string;
}

/** One statement of the reader, and what `now_ms()` is in it. */
type ReadOperation = Statement & { now: number };

export type WorkerRequest = { batch: WriteOperation[] } | { read: ReadOperation } | { close: true };

/** A result for each operation. */
export interface WorkerAnswer {
  id: number;
  results: WriteResult[];
}

/** The writer: opens its connection again after a transaction failed, with a fresh view of what stands. */
function createWriter({ file, owner }: WorkerStart) {
  const held = hold(file);
  let chain: string | undefined;
  let open: { db: Connection; writes: ReturnType<typeof createWrites> } | undefined;

  function opened() {
    if (open !== undefined) return open;
    held.check();
    const db = connect(held.file);
    try {
      // After a failure the write-ahead log may have filled the disk: it is moved into the database file.
      if (chain !== undefined) db.database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
      migrate(db.database);
      forbidChanges(db.database);
      open = { db, writes: createWrites(db, owner, chain === undefined ? undefined : headOf(db, chain)) };
      return open;
    } catch (error) {
      db.close();
      throw error;
    }
  }

  opened();
  return {
    run(batch: WriteOperation[]): WriteResult[] {
      try {
        const { db, writes } = opened();
        held.check();
        const results = runBatch(db, writes, batch);
        // What went into a file that is gone is not acknowledged.
        held.check();
        chain = writes.head()?.chain;
        return results;
      } catch (error) {
        const failure = failureOf(error);
        open?.db.close();
        open = undefined;
        return batch.map(() => ({ ok: false, failure }));
      }
    },
    close(): void {
      try {
        // A copy of the file alone then has everything.
        open?.db.database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
      } finally {
        open?.db.close();
        held.close();
      }
    },
  };
}

/** The reader: opens its connection when it is first asked, the writer having made the file by then. */
function createReader(file: string) {
  let db: Connection | undefined;
  return {
    run({ sql, values, now }: ReadOperation): WriteResult {
      try {
        db ??= connect(file, { readOnly: true });
        db.setNow(now);
        return { ok: true, value: db.all(sql, values) };
      } catch (error) {
        return { ok: false, failure: failureOf(error) };
      }
    },
    close: (): void => db?.close(),
  };
}

function serve(start: WorkerStart): void {
  const port = parentPort;
  if (port === null) throw new Error('This file runs in a worker thread.');
  const writer = start.role === 'write' ? createWriter(start) : undefined;
  const reader = start.role === 'read' ? createReader(start.file) : undefined;
  port.on('message', ({ id, ...request }: WorkerRequest & { id: number }) => {
    let results: WriteResult[] = [];
    if ('batch' in request) results = writer?.run(request.batch) ?? [];
    else if ('read' in request) results = reader === undefined ? [] : [reader.run(request.read)];
    else {
      writer?.close();
      reader?.close();
    }
    port.postMessage({ id, results } satisfies WorkerAnswer);
    if ('close' in request) port.close();
  });
}

try {
  serve(workerData as WorkerStart);
  parentPort?.postMessage('ready');
} catch (error) {
  parentPort?.postMessage({ failed: failureOf(error) });
}
