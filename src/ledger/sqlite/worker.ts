import { parentPort, workerData } from 'node:worker_threads';
import { connect, type Connection } from './connection.ts';
import { hold } from './lock.ts';
import { createReads, type Reads } from './reads.ts';
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

export type ReadOperation = {
  [Name in keyof Reads]: { name: Name; argument: Parameters<Reads[Name]>[0] };
}[keyof Reads];

export type WorkerRequest =
  { id: number; batch: WriteOperation[] } | { id: number; read: ReadOperation } | { id: number; close: true };

export type WorkerAnswer = { id: number; result: WriteResult } | { id: number; results: WriteResult[] };

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
  let open: { db: Connection; reads: Reads } | undefined;

  function opened(): Reads {
    if (open === undefined) {
      const db = connect(file, { readOnly: true });
      open = { db, reads: createReads(db) };
    }
    return open.reads;
  }

  return {
    run({ name, argument }: ReadOperation): WriteResult {
      try {
        const method = opened()[name] as (argument: unknown) => unknown;
        return { ok: true, value: method(argument) };
      } catch (error) {
        return { ok: false, failure: failureOf(error) };
      }
    },
    close: (): void => open?.db.close(),
  };
}

function serve(start: WorkerStart): void {
  const port = parentPort;
  if (port === null) throw new Error('This file runs in a worker thread.');
  const answer = (message: WorkerAnswer) => port.postMessage(message);
  const end = (close: () => void, id: number) => {
    close();
    answer({ id, result: { ok: true, value: undefined } });
    port.close();
  };

  if (start.role === 'write') {
    const writer = createWriter(start);
    port.on('message', (request: WorkerRequest) => {
      if ('batch' in request) answer({ id: request.id, results: writer.run(request.batch) });
      else if ('close' in request) end(() => writer.close(), request.id);
    });
  } else {
    const reader = createReader(start.file);
    port.on('message', (request: WorkerRequest) => {
      if ('read' in request) answer({ id: request.id, result: reader.run(request.read) });
      else if ('close' in request) end(() => reader.close(), request.id);
    });
  }
}

try {
  serve(workerData as WorkerStart);
  parentPort?.postMessage('ready');
} catch (error) {
  parentPort?.postMessage({ failed: failureOf(error) });
}
