import { randomUUID } from 'node:crypto';
import { createBatcher, type Settled } from '../../shared/group-commit.ts';
import type { Head } from '../journal/entry.ts';
import { doBatch } from './batch.ts';
import type { Jobs } from './jobs.ts';
import { requestIdOf, type WriteOperation } from './operations.ts';
import { CommitUnknown, concernsOne, type Connections, isDeadlock, problemOf } from './pool.ts';

const LARGEST_BATCH = 256;

/** One connection writes the chain of this process, a batch in a transaction. */
export function createWriter(connections: Connections, jobs: Pick<Jobs, 'send'>) {
  const writer = randomUUID();
  let head: Head | undefined;
  /** Chains of ours that no entry can follow any more. */
  const ended = new Set<string>();

  async function commit(batch: WriteOperation[]): Promise<unknown[]> {
    try {
      const done = await connections.commit((db) => doBatch(db, { writer, head, jobs }, batch));
      if (head !== undefined && head.chain !== done.head?.chain) ended.add(head.chain);
      head = done.head;
      return done.values;
    } catch (error) {
      // It may stand or not, now or in a moment: nothing is ever written after it in that chain.
      if (error instanceof CommitUnknown) head = undefined;
      throw error;
    }
  }

  /**
   * One that PostgreSQL refuses takes the others of its batch with it: then each is done by itself, if it may have been the
   * only one at fault.
   */
  async function settle(batch: WriteOperation[], again = true): Promise<Settled[]> {
    try {
      const values = await commit(batch);
      return values.map((value) => ({ ok: true, value }));
    } catch (error) {
      if (again && isDeadlock(error)) return settle(batch, false);
      const problem = problemOf(error instanceof CommitUnknown ? error.cause : error);
      if (batch.length === 1 || !concernsOne(error)) return batch.map(() => ({ ok: false, error: problem }));
      const settled: Settled[] = [];
      for (const operation of batch) settled.push(...(await settle([operation])));
      return settled;
    }
  }

  const batcher = createBatcher<WriteOperation>(async (batch) => {
    const settled = new Map<WriteOperation, Settled>();
    for (const round of rounds(batch)) {
      const results = await settle(round);
      round.forEach((operation, i) =>
        settled.set(operation, results[i] ?? { ok: false, error: new Error('lost') }),
      );
    }
    return batch.map((operation) => settled.get(operation) ?? { ok: false, error: new Error('lost') });
  }, LARGEST_BATCH);

  return {
    /** The name of this process among the writers. */
    writer,
    submit: (operation: WriteOperation): Promise<unknown> => batcher.submit(operation),
    idle: () => batcher.idle(),
    /** The chains of ours that have ended by now. */
    ended: (): ReadonlySet<string> => new Set(ended),
    /** The chain that is being written, if any. */
    current: (): string | undefined => head?.chain,
  };
}

/** Parts a batch so that no two operations of one request are together, in their order. */
function rounds(batch: WriteOperation[]): WriteOperation[][] {
  const parted: WriteOperation[][] = [];
  const used = new Map<string, number>();
  for (const operation of batch) {
    const id = requestIdOf(operation);
    const round = id === undefined ? 0 : (used.get(id) ?? -1) + 1;
    if (id !== undefined) used.set(id, round);
    (parted[round] ??= []).push(operation);
  }
  return parted;
}
