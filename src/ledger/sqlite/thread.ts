import { Worker } from 'node:worker_threads';
import type { Problem } from '../../errors.ts';
import { unavailable } from '../unavailable.ts';
import type { WriteFailure, WriteResult } from './transaction.ts';
import type { WorkerAnswer, WorkerRequest, WorkerStart } from './worker.ts';

/** In the bundle the worker is a file of its own beside it. */
const workerFile = new URL(
  import.meta.url.endsWith('.ts') ? './worker.ts' : './sqlite-worker.js',
  import.meta.url,
);

/** What to say of SQLite's result codes. */
const REASONS: Readonly<Record<number, string>> = {
  5: 'the database is locked by another process',
  8: 'the database is read-only',
  10: 'the disk fails to read or write',
  11: 'the database file is damaged',
  13: 'the disk is full',
  14: 'the database file cannot be opened',
  26: 'the file is not a database',
};

export const problemOf = ({ message, code }: WriteFailure): Problem =>
  unavailable(REASONS[code] ?? message, new Error(message));

type Answer = 'ready' | { failed: WriteFailure } | WorkerAnswer;

/** Threads that have closed their file. The next file is opened by one of them: to start a thread takes longer than that. */
const free: Worker[] = [];

/**
 * A thread with a connection of its own. Resolves when that is open. Should the thread die, everything asked of it is
 * refused from then on, so that the service says that it is not ready.
 */
export async function startThread(start: WorkerStart) {
  const pending = new Map<
    number,
    { resolve: (results: WriteResult[]) => void; reject: (error: Error) => void }
  >();
  let lastId = 0;
  let dead: Problem | undefined;
  const worker = free.pop() ?? new Worker(workerFile);
  worker.ref();

  const die = (problem: Problem): void => {
    dead ??= problem;
    for (const { reject } of pending.values()) reject(dead);
    pending.clear();
  };
  const release = (): void => {
    worker.off('message', onMessage).off('error', onError).off('exit', onExit);
    onExit();
    // A thread that waits for the next file does not keep the process.
    worker.unref();
    free.push(worker);
  };

  /** A failure is only heeded while the file is being opened. */
  let opening = true;
  const opened = Promise.withResolvers<undefined>();
  const onMessage = (message: Answer | null): void => {
    if (message === 'ready') opened.resolve(undefined);
    else if (typeof message !== 'object' || message === null) return;
    else if ('failed' in message) {
      if (opening) release();
      opened.reject(new Error(message.failed.message));
    } else {
      pending.get(message.id)?.resolve(message.results);
      pending.delete(message.id);
    }
  };
  const onError = (error: Error): void => {
    die(unavailable('its thread failed; the service has to be started again', error));
    opened.reject(error);
  };
  const onExit = (): void => die(unavailable('it is closed'));
  worker.on('message', onMessage).on('error', onError).on('exit', onExit);
  worker.postMessage({ open: start });
  await opened.promise;
  opening = false;

  async function many(request: WorkerRequest): Promise<WriteResult[]> {
    if (dead !== undefined) throw dead;
    return new Promise((resolve, reject) => {
      lastId += 1;
      pending.set(lastId, { resolve, reject });
      worker.postMessage({ ...request, id: lastId });
    });
  }

  return {
    many,
    async one(request: WorkerRequest): Promise<unknown> {
      const [result] = await many(request);
      if (result?.ok !== true) throw problemOf(result?.failure ?? { message: 'no answer', code: 0 });
      return result.value;
    },
    /** Closes the connection; of a thread that has died, nothing is left to close. */
    close: (): Promise<void> => many({ close: true }).then(release, () => undefined),
  };
}
