import { randomUUID } from 'node:crypto';
import { dirname } from 'node:path';
import { createLocalCoordinator } from '../../services/coordinator.ts';
import type { Clock } from '../../services/ports.ts';
import { createGroupCommit, type Settled } from '../../shared/group-commit.ts';
import { makeDirectory } from '../../shared/make-directory.ts';
import { deadLetterOf } from '../outbox/statements.ts';
import type { Store } from '../store.ts';
import type { Reads } from './reads.ts';
import { problemOf, startThread } from './thread.ts';
import type { WriteOperation } from './transaction.ts';
import type { ReadOperation } from './worker.ts';
import type { Writes } from './writes.ts';

/** A group is never so large that its transaction keeps others waiting for long. */
const LARGEST_GROUP = 256;

type Argument<Name extends keyof Writes> = Omit<Parameters<Writes[Name]>[0], 'now'>;

/**
 * The embedded database: one file, one process. A thread writes, in groups that share an fsync; another one, started when
 * something is first read, reads.
 */
export async function openSqlite(file: string, { clock }: { clock: Clock }): Promise<Store> {
  const owner = randomUUID();
  const writing = await makeDirectory(dirname(file))
    .then(() => startThread({ file, role: 'write', owner }))
    .catch((error: unknown) => {
      throw new Error(`The ledger ${file} cannot be opened: ${(error as Error).message}`, { cause: error });
    });
  let reading: ReturnType<typeof startThread> | undefined;

  // The wall clock may be set while the process lives: leases and due times go by one that only ever grows.
  const offset = clock.now() - clock.monotonic();
  const now = () => Math.round(offset + clock.monotonic());

  const group = createGroupCommit<WriteOperation>(async (operations) => {
    const results = await writing.many({ batch: operations });
    return results.map((result): Settled =>
      result.ok ? result : { ok: false, error: problemOf(result.failure) },
    );
  }, LARGEST_GROUP);

  const write = <Name extends keyof Writes>(
    name: Name,
    argument: Argument<Name>,
    how?: { linger: boolean },
  ) =>
    group.submit(
      { name, argument: { ...argument, now: now() } } as unknown as WriteOperation,
      how,
    ) as Promise<ReturnType<Writes[Name]>>;
  async function read<Name extends keyof Reads>(name: Name, argument?: Parameters<Reads[Name]>[0]) {
    reading ??= startThread({ file, role: 'read', owner });
    const thread = await reading;
    return (await thread.one({ read: { name, argument } as ReadOperation })) as ReturnType<Reads[Name]>;
  }

  // A file that cannot be written now does not stop the start: those leases expire by themselves, and readiness says so.
  await write('endLeases', {}).catch(() => undefined);

  return {
    begin: (of) => write('begin', of),
    lookUp: (claim) => read('taken', { claim, now: now() }),
    dispatch: (of) => write('dispatch', of),
    complete: (of) => write('complete', of),
    claimExpired: (limit, leaseMs) => write('claimExpired', { limit, leaseMs }),
    release: (requestId) => write('release', { requestId }),
    postpone: (requestId) => write('postpone', { requestId }),
    countUnreconciled: () => read('countUnreconciled', now()),
    expireKeys: () => write('expireKeys', {}),
    check: () => write('check', {}),
    record: (requestId) => read('record', requestId),
    history: (requestId) => read('history', requestId),
    records: (statement) => read('records', statement),
    async heads(closing) {
      // No other process can be writing: every chain but the one that is written at this moment has ended.
      const { heads, current } = await write('heads', {});
      return heads.map((head) => ({ ...head, ended: closing || head.chain !== current }));
    },
    deliveries: {
      leaseDue: (limit) => write('leaseDue', { limit }),
      async nextDueMs() {
        const due = await read('nextDue');
        return due === null ? null : Math.max(0, due - now());
      },
      settle: (id, settlement) => write('settle', { id, settlement }, { linger: true }),
      state: (id) => read('deliveryState', id),
      async stock() {
        const { oldest, size, dead } = await read('stock');
        return { oldestSeconds: oldest === null ? 0 : Math.max(0, (now() - oldest) / 1000), size, dead };
      },
      deadLetters: async (limit) => (await read('deadLetters', limit)).map(deadLetterOf),
      resend: (ids) => write('resend', { ids }),
    },
    coordinator: createLocalCoordinator(clock),
    idle: () => group.idle(),
    async close() {
      await group.idle();
      // The last connection to close copies the log into the file; a reader that is still there would keep it from that.
      await (await reading)?.close();
      await writing.close();
    },
  };
}
