/** What became of one operation of a group. */
export type Settled = { ok: true; value: unknown } | { ok: false; error: Error };

/** A group is never so large that its transaction keeps others waiting for long. */
const LARGEST_GROUP = 256;

/** How long an operation whose result is not urgent waits for others to share a batch with, in milliseconds. */
const LINGER_MS = 10;

/**
 * Group commit: what arrives while a batch is running goes into the next one together, so that many share the cost of
 * making a transaction durable. A lone operation does not wait, unless it may.
 */
export function createGroupCommit<Operation>(run: (batch: Operation[]) => Promise<Settled[]>) {
  type Waiting = { operation: Operation; resolve: (value: unknown) => void; reject: (error: Error) => void };
  let waiting: Waiting[] = [];
  let running: Promise<void> | undefined;
  let lingering: NodeJS.Timeout | undefined;

  function begin(): void {
    clearTimeout(lingering);
    lingering = undefined;
    running ??= drain();
  }

  async function drain(): Promise<void> {
    while (waiting.length > 0) {
      // What is asked for in the same turn of the event loop goes together.
      await new Promise(setImmediate);
      const batch = waiting.slice(0, LARGEST_GROUP);
      waiting = waiting.slice(LARGEST_GROUP);
      const settled = await runSafely(batch.map(({ operation }) => operation));
      batch.forEach(({ resolve, reject }, i) => {
        const one = settled[i] ?? { ok: false, error: new Error('An operation was left without an answer.') };
        if (one.ok) resolve(one.value);
        else reject(one.error);
      });
    }
    running = undefined;
  }

  async function runSafely(batch: Operation[]): Promise<Settled[]> {
    try {
      return await run(batch);
    } catch (error) {
      const failed: Settled = { ok: false, error: error instanceof Error ? error : new Error(String(error)) };
      return batch.map(() => failed);
    }
  }

  return {
    /** With `linger` it goes with the next operation that is urgent, or after a moment. */
    submit(operation: Operation, { linger = false } = {}): Promise<unknown> {
      return new Promise((resolve, reject) => {
        waiting.push({ operation, resolve, reject });
        if (!linger) begin();
        else if (running === undefined) lingering ??= setTimeout(begin, LINGER_MS);
      });
    },
    /** Resolves when nothing is running or waiting. */
    async idle(): Promise<void> {
      while (running !== undefined || waiting.length > 0) {
        begin();
        await running;
      }
    },
  };
}
