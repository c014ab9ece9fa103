import { randomUUID } from 'node:crypto';
import { dirname } from 'node:path';
import { createLocalCoordinator } from '../../services/coordinator.ts';
import type { Clock } from '../../services/ports.ts';
import { createGroupCommit, type Settled } from '../../shared/group-commit.ts';
import { makeDirectory } from '../../shared/make-directory.ts';
import { createReads } from '../reads.ts';
import type { Store } from '../store.ts';
import { problemOf, startThread } from './thread.ts';
import type { WriteOperation } from './transaction.ts';
import type { Writes } from './writes.ts';

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
  });

  const write = <Name extends keyof Writes>(name: Name, ...[argument]: Parameters<Writes[Name]>) =>
    group.submit({ name, argument, now: now() } as WriteOperation) as Promise<ReturnType<Writes[Name]>>;
  async function read(sql: string, values: (string | number)[] = []): Promise<unknown[]> {
    reading ??= startThread({ file, role: 'read', owner });
    const rows = await (await reading).one({ read: { sql, values, now: now() } });
    return rows as unknown[];
  }
  const reads = createReads(read);

  // A file that cannot be written now does not stop the start: those leases expire by themselves, and readiness says so.
  await write('endLeases').catch(() => undefined);

  return {
    ...reads.records,
    begin: (of) => write('begin', of),
    dispatch: (of) => write('dispatch', of),
    complete: (of) => write('complete', of),
    claimExpired: (limit, leaseMs) => write('claimExpired', { limit, leaseMs }),
    release: (requestId) => write('release', requestId),
    postpone: (requestId) => write('postpone', requestId),
    async countUnreconciled() {
      const [row] = await read(
        'SELECT count(*) AS count FROM in_flight WHERE lease_until <= now_ms() OR postponed > 0',
      );
      return (row as { count: number }).count;
    },
    expireKeys: () => write('expireKeys'),
    check: () => write('check'),
    async heads(closing) {
      // No other process can be writing: every chain but the one that is written at this moment has ended.
      const { heads, current } = await write('heads');
      return heads.map((head) => ({ ...head, ended: closing || head.chain !== current }));
    },
    deliveries: {
      ...reads.deliveries,
      leaseDue: (limit) => write('leaseDue', limit),
      async settle(id, settlement) {
        const argument = { id, settlement };
        await group.submit({ name: 'settle', argument, now: now() }, { linger: true });
      },
      resend: (ids) => write('resend', ids),
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
