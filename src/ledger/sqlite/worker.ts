import { parentPort } from 'node:worker_threads';
import type { Statement } from '../journal/records.ts';
import { connect, type Connection } from './connection.ts';
import { hold } from './lock.ts';
import { forbidChanges, migrate } from './schema.ts';
import {
  failureOf,
  runBatch,
  type WriteFailure,
  type WriteOperation,
  type WriteResult,
} from './transaction.ts';
import { createWrites, headOf } from './writes.ts';

/**
 * The thread that SQLite's calls block instead of the event loop. One of them writes, another reads beside it.
 * Asked to open `{ file, role, owner }` it says `ready` or `failed`, then answers each message by its number until it is asked
 * to close. After that it can open another file.
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

  try {
    opened();
  } catch (error) {
    held.close();
    throw error;
  }
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

const port = parentPort;
if (port === null) throw new Error('This file runs in a worker thread.');

let writer: ReturnType<typeof createWriter> | undefined;
let reader: ReturnType<typeof createReader> | undefined;

function open(start: WorkerStart): 'ready' | { failed: WriteFailure } {
  try {
    if (start.role === 'write') writer = createWriter(start);
    else reader = createReader(start.file);
    return 'ready';
  } catch (error) {
    return { failed: failureOf(error) };
  }
}

function resultsOf(request: WorkerRequest): WriteResult[] {
  if ('batch' in request) return writer?.run(request.batch) ?? [];
  if ('read' in request) return reader === undefined ? [] : [reader.run(request.read)];
  writer?.close();
  reader?.close();
  writer = reader = undefined;
  return [];
}

port.on('message', (message: { open: WorkerStart } | (WorkerRequest & { id: number })) => {
  if ('open' in message) port.postMessage(open(message.open));
  else port.postMessage({ id: message.id, results: resultsOf(message) } satisfies WorkerAnswer);
});
