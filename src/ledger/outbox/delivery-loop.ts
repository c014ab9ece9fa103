import type { Clock } from '../../services/ports.ts';
import { type Deliveries, DELIVERY_LEASE_MS, type DeliveryStore, type Leased } from './deliveries.ts';

/** Tries at once, and those to one host: a receiver that hangs holds up its own webhooks only. */
const CONCURRENCY = 256;
const PER_HOST = 16;
/** Leased webhooks that wait for their host, for each host and in all. Beyond that they are due again with their lease. */
const HELD_PER_HOST = 500;
const HELD = 4_000;
/** A lease that is older is left to end: a try has to end well within it. */
const OLDEST_HELD_MS = DELIVERY_LEASE_MS - 15_000;
/** Another instance may have stored a webhook, or put a dead letter back: look at least this often. */
const LONGEST_SLEEP_MS = 5_000;
const PAUSE_AFTER_ERROR_MS = 2_000;

interface Host {
  running: number;
  held: { leased: Leased; leasedAt: number }[];
}

/** Tries webhooks that are due until it is closed; sleeps until the next one is. */
export function startDeliveryLoop(
  store: Pick<DeliveryStore, 'leaseDue' | 'nextDueMs'>,
  deliveries: Deliveries,
  clock: Pick<Clock, 'monotonic' | 'sleep'>,
  warn: (message: string, cause: unknown) => void,
) {
  const running = new Set<Promise<void>>();
  const hosts = new Map<string, Host>();
  let held = 0;
  let closed = false;
  let failing = false;
  let nap = new AbortController();
  /** By the monotonic clock; while it looks, unknown. */
  let looksAgainAt = Infinity;

  async function leaseAndStart(): Promise<void> {
    const leasedAt = clock.monotonic();
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
    const retry = deliveries.retry(leased).finally(() => {
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
      if (!closed && clock.monotonic() - next.leasedAt < OLDEST_HELD_MS) {
        start(name, host, next.leased);
        return;
      }
    }
    if (host.running === 0) hosts.delete(name);
  }

  async function round(): Promise<number> {
    if (running.size < CONCURRENCY) await leaseAndStart();
    if (running.size >= CONCURRENCY) return LONGEST_SLEEP_MS;
    return Math.min((await store.nextDueMs()) ?? LONGEST_SLEEP_MS, LONGEST_SLEEP_MS);
  }

  async function run(): Promise<void> {
    while (!closed) {
      nap = new AbortController();
      looksAgainAt = Infinity;
      let milliseconds = PAUSE_AFTER_ERROR_MS;
      try {
        milliseconds = await round();
        failing = false;
      } catch (error) {
        if (!failing) warn('Webhooks that are due cannot be read; trying again.', error);
        failing = true;
      }
      looksAgainAt = clock.monotonic() + milliseconds;
      await clock.sleep(milliseconds, nap.signal).catch(() => undefined);
    }
    await Promise.allSettled(running);
  }

  const ended = run();
  return {
    /** Look again: something may be due sooner. */
    wake: () => nap.abort(),
    /** One will be due in so many milliseconds, perhaps sooner than it looks again by itself. */
    dueIn(milliseconds: number): void {
      if (clock.monotonic() + milliseconds < looksAgainAt) nap.abort();
    },
    /** Stops looking; resolves when the tries in flight have ended. */
    close(): Promise<void> {
      closed = true;
      nap.abort();
      return ended;
    },
  };
}
