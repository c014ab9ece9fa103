import type { Clock } from '../../services/ports.ts';
import { type Deliveries, LEASE_MS, type Leased } from './deliveries.ts';

/** Where the loop finds what is due. */
export interface DueStore {
  /** Leases up to `limit` deliveries that are due, the most overdue first. */
  leaseDue(limit: number): Promise<Leased[]>;
  /** Epoch milliseconds at which the next one is due, or null. */
  nextDue(): Promise<number | null>;
}

/** Tries at once, and those to one host: a receiver that hangs holds up its own webhooks only. */
const CONCURRENCY = 256;
const PER_HOST = 16;
/** Leased webhooks that wait for their host, for each host and in all. Beyond that they are due again with their lease. */
const HELD_PER_HOST = 500;
const HELD = 4_000;
/** A lease that is older is left to end: a try has to end well within it. */
const OLDEST_HELD_MS = LEASE_MS - 15_000;
/** The clock may be set, and another process may put a dead letter back: look at least this often. */
const LONGEST_SLEEP_MS = 30_000;
const PAUSE_AFTER_ERROR_MS = 5_000;

interface Host {
  running: number;
  held: { leased: Leased; leasedAt: number }[];
}

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

  const hosts = new Map<string, Host>();
  let held = 0;

  async function leaseAndStart(): Promise<void> {
    const leasedAt = clock.now();
    for (const leased of await store.leaseDue(CONCURRENCY - running.size)) {
      const name = URL.parse(leased.notification.url)?.host ?? '';
      const host = hosts.get(name) ?? { running: 0, held: [] };
      hosts.set(name, host);
      if (host.running < PER_HOST) {
        start(name, host, leased);
      } else if (host.held.length < HELD_PER_HOST && held < HELD) {
        host.held.push({ leased, leasedAt });
        held += 1;
      }
    }
  }

  function start(name: string, host: Host, leased: Leased): void {
    host.running += 1;
    const noted = deliveries.retry(leased).catch((error: unknown) => {
      warn('A webhook try could not be noted down; it will be made again.', error);
    });
    const retry = noted.finally(() => {
      running.delete(retry);
      host.running -= 1;
      startHeld(name, host);
      nap.abort();
    });
    running.add(retry);
  }

  function startHeld(name: string, host: Host): void {
    for (let next = host.held.shift(); next !== undefined; next = host.held.shift()) {
      held -= 1;
      if (!closed && clock.now() - next.leasedAt < OLDEST_HELD_MS) {
        start(name, host, next.leased);
        return;
      }
    }
    if (host.running === 0) hosts.delete(name);
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
