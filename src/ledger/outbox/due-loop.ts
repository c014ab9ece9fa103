import type { Clock } from '../../services/ports.ts';
import type { Deliveries, Leased } from './deliveries.ts';

/** Where the loop finds what is due. */
export interface DueStore {
  /** Leases up to `limit` deliveries that are due, the most overdue first. */
  leaseDue(limit: number): Promise<Leased[]>;
  /** Epoch milliseconds at which the next one is due, or null. */
  nextDue(): Promise<number | null>;
}

const CONCURRENCY = 8;
/** The clock may be set, and another process may put a dead letter back: look at least this often. */
const LONGEST_SLEEP_MS = 30_000;
const PAUSE_AFTER_ERROR_MS = 5_000;

/** Tries what is due until it is closed; sleeps until the next one is. */
export function startDueLoop(
  store: DueStore,
  deliveries: Deliveries,
  clock: Clock,
  warn: (message: string, cause: unknown) => void,
) {
  const running = new Set<Promise<void>>();
  let closed = false;
  let nap = new AbortController();

  async function leaseAndStart(): Promise<void> {
    for (const leased of await store.leaseDue(CONCURRENCY - running.size)) {
      const noted = deliveries.retry(leased).catch((error: unknown) => {
        warn('A webhook try could not be noted down; it will be made again.', error);
      });
      const retry = noted.finally(() => {
        running.delete(retry);
        nap.abort();
      });
      running.add(retry);
    }
  }

  async function pause(): Promise<number> {
    if (running.size >= CONCURRENCY) return LONGEST_SLEEP_MS;
    const due = await store.nextDue();
    return due === null ? LONGEST_SLEEP_MS : Math.min(Math.max(due - clock.now(), 0), LONGEST_SLEEP_MS);
  }

  async function run(): Promise<void> {
    while (!closed) {
      nap = new AbortController();
      let milliseconds = PAUSE_AFTER_ERROR_MS;
      try {
        if (running.size < CONCURRENCY) await leaseAndStart();
        milliseconds = await pause();
      } catch (error) {
        warn('Webhooks that are due could not be read.', error);
      }
      await clock.sleep(milliseconds, nap.signal).catch(() => undefined);
    }
    await Promise.allSettled(running);
  }

  const ended = run();
  return {
    /** Look again: something may be due sooner. */
    wake: () => nap.abort(),
    /** Stops looking; resolves when the tries under way have ended. */
    close(): Promise<void> {
      closed = true;
      nap.abort();
      return ended;
    },
  };
}
