import { createGroupCommit, type Settled } from '../../shared/group-commit.ts';
import type { Head } from '../journal/entry.ts';
import { LAST_OF_CHAIN } from '../journal/records.ts';
import { writeGroup } from './group.ts';
import { begunIn, requestIdOf, rounds, type WriteOperation } from './operations.ts';
import { CommitUnknown, concernsOne, type Connections, type Db, isDeadlock, problemOf } from './pool.ts';

const LOST: Settled = { ok: false, error: new Error('The operation was lost.') };

/** One connection writes the chain of this instance, a group in a transaction. */
export function createWriter(connections: Connections, owner: string) {
  let head: Head | undefined;
  /** The connection that the head was last seen on. */
  let seenOn = 0;
  /** Chains of ours that no entry can follow any more. */
  const ended = new Set<string>();

  /**
   * A database that crashed may have lost what it had acknowledged, were it set up so: on a new connection the head is read
   * again, and where it is not what was written last, the chain ends there.
   */
  async function verifiedHead(db: Db): Promise<Head | undefined> {
    if (head === undefined || connections.made() === seenOn) return head;
    const [last] = (await db.rows(LAST_OF_CHAIN, [head.chain])) as Head[];
    return last?.hash === head.hash ? head : undefined;
  }

  async function commit(operations: WriteOperation[]): Promise<unknown[]> {
    try {
      const done = await connections.commit(async (db) =>
        writeGroup(db, { owner, head: await verifiedHead(db) }, operations),
      );
      if (head !== undefined && head.chain !== done.head?.chain) ended.add(head.chain);
      head = done.head;
      seenOn = connections.made();
      return done.values;
    } catch (error) {
      // It may stand or not, now or in a moment: nothing is ever written after it in that chain.
      if (error instanceof CommitUnknown) head = undefined;
      throw error;
    }
  }

  /**
   * One that PostgreSQL refuses takes the others of its group with it: then each is done by itself, if it may have been the
   * only one at fault.
   */
  async function settle(operations: WriteOperation[], again = true): Promise<Settled[]> {
    try {
      const values = await commit(operations);
      return values.map((value) => ({ ok: true, value }));
    } catch (error) {
      if (again && isDeadlock(error)) return settle(operations, false);
      const problem = problemOf(error instanceof CommitUnknown ? error.cause : error);
      if (operations.length === 1 || !concernsOne(error))
        return operations.map(() => ({ ok: false, error: problem }));
      const settled: Settled[] = [];
      for (const operation of operations) settled.push(...(await settle([operation])));
      return settled;
    }
  }

  const group = createGroupCommit<WriteOperation>(async (operations) => {
    const settled = new Map<WriteOperation, Settled | undefined>();
    const begun = begunIn(operations);
    // A dispatch may stand beside its begin.
    const idOf = (one: WriteOperation) =>
      one.name === 'dispatch' && begun.has(requestIdOf(one))
        ? `dispatch ${requestIdOf(one)}`
        : requestIdOf(one);
    for (const round of rounds(operations, idOf)) {
      const results = await settle(round);
      round.forEach((operation, i) => settled.set(operation, results[i]));
    }
    return operations.map((operation) => settled.get(operation) ?? LOST);
  });

  return {
    submit: (operation: WriteOperation): Promise<unknown> => group.submit(operation),
    idle: () => group.idle(),
    /** The chains of ours that have ended by now. */
    ended: (): ReadonlySet<string> => new Set(ended),
    /** The chain that is being written, if any. */
    current: (): string | undefined => head?.chain,
  };
}
