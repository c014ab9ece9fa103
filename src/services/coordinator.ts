import type { Clock, Coordinator, Taken } from './ports.ts';

interface Waiter {
  start(): void;
}

/** First come, first served for each key, in memory. A key without work takes no memory. */
export function createKeyedQueue() {
  /** A key is here while work for it runs; its set holds the waiters, in the order of arrival. */
  const queues = new Map<string, Set<Waiter>>();

  /** Resolves when this is the first; rejects with the signal's reason when that aborts before. */
  const first = async (key: string, signal: AbortSignal): Promise<void> => {
    signal.throwIfAborted();
    const queue = queues.get(key);
    if (!queue) {
      queues.set(key, new Set());
      return;
    }
    await new Promise<void>((resolve, reject) => {
      const abort = (): void => {
        queue.delete(waiter);
        reject(signal.reason as Error);
      };
      const waiter: Waiter = {
        start() {
          signal.removeEventListener('abort', abort);
          resolve();
        },
      };
      signal.addEventListener('abort', abort, { once: true });
      queue.add(waiter);
    });
  };

  const startNext = (key: string): void => {
    const queue = queues.get(key);
    const [next] = queue ?? [];
    if (!next) {
      queues.delete(key);
      return;
    }
    queue?.delete(next);
    next.start();
  };

  return {
    hasWaiters: (key: string): boolean => (queues.get(key)?.size ?? 0) > 0,
    async run<T>(key: string, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
      await first(key, signal);
      try {
        return await work();
      } finally {
        startNext(key);
      }
    },
  };
}

/** A `Coordinator` for a service that runs as one process: a queue per key, and GCRA buckets (ITU-T I.371), in memory. */
export function createLocalCoordinator(clock: Pick<Clock, 'monotonic'>): Coordinator {
  const queue = createKeyedQueue();
  /** GCRA's theoretical arrival time: when the bucket would be full again. */
  const arrivals = new Map<string, number>();
  /** When each bucket of `take` is full again. */
  const taken = new Map<string, number>();
  const always = () => true;

  return {
    exclusive: (key, signal, work) => queue.run(key, signal, () => work(always)),

    reserve(bucket, slots, intervalMs, burst) {
      const now = clock.monotonic();
      const arrival = Math.max(arrivals.get(bucket) ?? now, now);
      arrivals.set(bucket, arrival + slots * intervalMs);
      return Math.max(0, arrival - (burst - 1) * intervalMs - now);
    },

    async take(bucket, intervalMs, burst) {
      const now = clock.monotonic();
      const fullMs = Math.max((taken.get(bucket) ?? now) - now, 0);
      const allowed = fullMs + intervalMs <= burst * intervalMs + EPSILON_MS;
      if (allowed) taken.set(bucket, now + fullMs + intervalMs);
      // A bucket that is full again needs no memory.
      if (taken.size > SWEEP_SIZE) for (const [name, full] of taken) if (full <= now) taken.delete(name);
      return takenOf(allowed, allowed ? fullMs + intervalMs : fullMs, intervalMs, burst);
    },
  };
}

/** Sums of intervals such as a third of a second are not exact. */
const EPSILON_MS = 0.001;
const SWEEP_SIZE = 1_024;

/** What `take` says of a bucket that will be full in `fullMs`. */
export const takenOf = (allowed: boolean, fullMs: number, intervalMs: number, burst: number): Taken => ({
  allowed,
  remaining: Math.max(0, Math.floor((burst * intervalMs - fullMs) / intervalMs + EPSILON_MS)),
  waitMs: allowed ? 0 : Math.max(0, fullMs - (burst - 1) * intervalMs),
  fullMs,
});
