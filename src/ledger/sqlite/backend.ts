import { randomUUID } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Clock } from '../../services/ports.ts';
import type { Backend } from '../store.ts';
import { createBatcher, type Settled } from '../../shared/group-commit.ts';
import { deadLetterOf } from '../outbox/delivery-sql.ts';
import { startDueLoop } from '../outbox/due-loop.ts';
import { createLocalCoordinator } from '../../services/coordinator.ts';
import type { Reads } from './reads.ts';
import { problemOf, startThread } from './thread.ts';
import type { WriteOperation } from './transaction.ts';
import type { ReadOperation } from './worker.ts';
import type { Writes } from './writes.ts';

/** A batch is never so large that its transaction keeps others waiting for long. */
const LARGEST_BATCH = 256;

/**
 * The embedded database: one file, one process. A thread writes, in batches that share an fsync; another one reads.
 */
export async function openSqlite(
  file: string,
  { clock, warn }: { clock: Clock; warn: (message: string, cause: unknown) => void },
): Promise<Backend> {
  const writer = randomUUID();
  const { writing, reading } = await startThreads(file, writer).catch((error: unknown) => {
    throw new Error(`The ledger ${file} cannot be opened: ${(error as Error).message}`, { cause: error });
  });

  const batcher = createBatcher<WriteOperation>(async (batch) => {
    const results = await writing.many({ batch });
    return results.map((result): Settled =>
      result.ok ? result : { ok: false, error: problemOf(result.failure) },
    );
  }, LARGEST_BATCH);

  const write = <Name extends keyof Writes>(name: Name, argument: Parameters<Writes[Name]>[0]) =>
    batcher.submit({ name, argument } as WriteOperation) as Promise<ReturnType<Writes[Name]>>;
  const read = <Name extends keyof Reads>(name: Name, argument?: Parameters<Reads[Name]>[0]) =>
    reading.one({ read: { name, argument } as ReadOperation }) as Promise<ReturnType<Reads[Name]>>;

  let loop: ReturnType<typeof startDueLoop> | undefined;

  return {
    begin: (of) => write('begin', of),
    dispatch: (of) => write('dispatch', of),
    complete: (of) => write('complete', of),
    take: (of) => write('take', of),
    countFree: (held) => write('countFree', { held }),
    tidy: (now) => write('expireKeys', { now }),
    check: (now) => write('check', { now }),
    record: (requestId) => read('record', requestId),
    records: (statement) => read('records', statement),
    async heads(closing) {
      // Nobody else can be writing: every chain but the one that is written at that very moment has ended.
      const { heads, current } = await write('heads', undefined);
      return heads.map((head) => ({ ...head, ended: closing || head.chain !== current }));
    },
    deliveries: {
      async settle(id, settlement) {
        await write('settle', { id, settlement });
        loop?.wake();
      },
      state: (id) => read('deliveryState', id),
      oldest: () => read('oldestDelivery'),
      deadLetters: async (limit) => (await read('deadLetters', limit)).map(deadLetterOf),
      async resend(ids) {
        const count = await write('resend', { ids, now: clock.now() });
        loop?.wake();
        return count;
      },
    },
    coordinator: createLocalCoordinator(clock),
    async startDeliveries(deliveries) {
      const store = {
        leaseDue: (limit: number) => write('leaseDue', { now: clock.now(), limit }),
        nextDue: () => read('nextDue'),
      };
      if (loop !== undefined) return;
      await write('freeFirstTries', { now: clock.now() }).catch((error: unknown) => {
        warn('What an earlier run left to deliver waits for a minute longer.', error);
      });
      loop = startDueLoop(store, deliveries, clock, warn);
    },
    async stopDeliveries() {
      await loop?.close();
    },
    idle: () => batcher.idle(),
    async close() {
      await batcher.idle();
      await Promise.all([writing.close(), reading.close()]);
    },
  };
}

/** Both or none. */
async function startThreads(file: string, writer: string) {
  await mkdir(dirname(file), { recursive: true });
  const [writing, reading] = await Promise.allSettled([
    startThread({ file, role: 'write', writer }),
    startThread({ file, role: 'read', writer }),
  ]);
  if (writing.status === 'fulfilled' && reading.status === 'fulfilled') {
    return { writing: writing.value, reading: reading.value };
  }
  for (const thread of [writing, reading]) {
    if (thread.status === 'fulfilled') await thread.value.close();
  }
  throw writing.status === 'rejected' ? writing.reason : (reading as PromiseRejectedResult).reason;
}
