import type { Clock } from '../../services/ports.ts';
import { type EndedHead, readSigner } from './checkpoint.ts';
import { storeCheckpoint } from './directory.ts';

/** A tail that is cut off within this time after it was written leaves no trace: keep it short. */
const INTERVAL_MS = 5 * 60_000;

export interface CheckpointOptions {
  keyFile: string;
  directory: string;
  clock: Clock;
  warn: (message: string, cause: unknown) => void;
}

/**
 * Writes a signed checkpoint at once (it covers what a crash left), then from time to time when something was added, and
 * at the end. Throws when the first one cannot be written.
 */
export async function startCheckpoints(
  heads: (closing: boolean) => Promise<EndedHead[]>,
  { keyFile, directory, clock, warn }: CheckpointOptions,
) {
  const signer = await readSigner(keyFile);
  const stopped = new AbortController();
  let last = '[]';

  async function write(closing: boolean): Promise<void> {
    const now = await heads(closing);
    const text = JSON.stringify(now);
    if (text === last) return;
    const at = new Date(clock.now()).toISOString();
    await storeCheckpoint(directory, at, signer({ version: 1, at, heads: now, archived: [] }));
    last = text;
  }

  async function run(): Promise<void> {
    for (;;) {
      await clock.sleep(INTERVAL_MS, stopped.signal);
      await write(false).then(told, (error: unknown) => warn('A checkpoint could not be written.', error));
    }
  }

  let currentAt = 0;
  function told(): void {
    currentAt = clock.monotonic();
  }

  await write(false);
  told();
  const running = run().catch(() => undefined);
  return {
    /** How long ago the last checkpoint covered everything. */
    ageSeconds: (): number => (clock.monotonic() - currentAt) / 1000,
    /** The last checkpoint, when nothing is written any more. */
    async close(): Promise<void> {
      stopped.abort();
      await running;
      await write(true).catch((error: unknown) => warn('The last checkpoint could not be written.', error));
    },
  };
}
