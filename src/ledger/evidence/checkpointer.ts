import type { Clock } from '../../services/ports.ts';
import type { HeadRow } from '../journal/records.ts';
import { type ChainHead, readSigner } from './checkpoint.ts';
import { newestTime, storeCheckpoint } from './directory.ts';

/** A tail that is cut off within this time after it was written leaves no trace: keep it short. */
export const INTERVAL_MS = 5 * 60_000;

/** Where nothing was added, a checkpoint says that often that it is still so: that the youngest is there can be told. */
export const IDLE_INTERVAL_MS = 3_600_000;

interface CheckpointOptions {
  keyFile: string;
  directory: string;
  clock: Pick<Clock, 'monotonic' | 'now' | 'sleep'>;
  warn: (message: string, cause?: unknown) => void;
}

/** How far a chain has got. */
export const chainHead = ({ chain, sequence, hash, entry }: HeadRow, ended: boolean): ChainHead => ({
  chain,
  sequence,
  hash,
  at: (JSON.parse(entry) as { at: string }).at,
  ended,
});

/**
 * Writes a signed checkpoint at once (it covers what a crash left), then from time to time when something was added, and
 * at the end.
 * @throws Error when the first one cannot be written
 */
export async function startCheckpoints(
  heads: (closing: boolean) => Promise<(HeadRow & { ended: boolean })[]>,
  { keyFile, directory, clock, warn }: CheckpointOptions,
) {
  const signer = await readSigner(keyFile);
  const stopped = new AbortController();
  let floor = Date.parse((await newestTime(directory)) ?? '1970-01-01');
  let last: string | undefined;
  let lastAt = 0;
  let coveredAt = 0;

  async function write(closing: boolean): Promise<void> {
    floor = Math.max(floor, clock.now());
    const at = new Date(floor).toISOString();
    const now = (await heads(closing)).map((row) => chainHead(row, row.ended));
    const text = JSON.stringify(now);
    if (text !== last || closing || floor - lastAt >= IDLE_INTERVAL_MS) {
      await storeCheckpoint(directory, signer, { at, closed: closing, heads: now, archived: [] });
      last = text;
      lastAt = floor;
    }
    coveredAt = clock.monotonic();
  }

  async function run(): Promise<void> {
    for (;;) {
      await clock.sleep(INTERVAL_MS, stopped.signal);
      await write(false).catch((error: unknown) => warn('A checkpoint could not be written.', error));
    }
  }

  await write(false);
  const running = run().catch(() => undefined);
  return {
    /** How long ago the last checkpoint covered everything. */
    ageSeconds: (): number => (clock.monotonic() - coveredAt) / 1000,
    /** Epoch milliseconds: not before any checkpoint of the directory, though the clock may have been set back. */
    startedAt: floor,
    /** The last checkpoint, when nothing is written any more. */
    async close(): Promise<void> {
      stopped.abort();
      await running;
      await write(true).catch((error: unknown) => warn('The last checkpoint could not be written.', error));
    },
  };
}
