import type { Events } from '../../services/events.ts';
import type {
  Clock,
  DeadLetter,
  Deliver,
  DeliveryResult,
  DeliveryState,
  Notification,
} from '../../services/ports.ts';
import { pauseAfter } from './schedule.ts';

/** A delivery that this process alone may try until its lease ends. */
export interface Leased {
  notification: Notification;
  /** Tries made before. */
  attempts: number;
}

/** What a try changed. `answered`: the caller who waited was told that it was delivered. */
export type Settlement =
  | { status: 'delivered'; answered: boolean }
  | { status: 'pending'; dueAt: number; error: string }
  | { status: 'failed'; failedAt: number; error: string };

/** Where deliveries are kept. Each method is one transaction. */
export interface DeliveryStore {
  /** Counts one more try and notes what came of it; ends the lease. */
  settle(id: string, settlement: Settlement): Promise<void>;
  state(id: string): Promise<DeliveryState | null>;
  /** Since when the oldest webhook is on its way. */
  oldest(): Promise<number | null>;
  deadLetters(limit: number): Promise<DeadLetter[]>;
  /** Makes those of them that are dead letters due at once, with no tries behind them. Returns how many. */
  resend(ids: string[]): Promise<number>;
}

/**
 * Milliseconds for which a delivery belongs to who completed or leased it. A try has to end well within, or it may be
 * made twice (which receivers have to bear: at least once).
 */
export const LEASE_MS = 60_000;

export interface DeliveryOptions {
  clock: Clock;
  events: Events;
  /** Seconds between the tries; Standard Webhooks' own unless a test needs it faster. */
  schedule: readonly number[];
  /** Told of what goes wrong behind an answer. */
  warn: (message: string, cause: unknown) => void;
}

/** Makes tries and settles them; knows the notifications that were just stored, whose first try is the caller's. */
export function createDeliveries(store: DeliveryStore, { clock, events, schedule, warn }: DeliveryOptions) {
  const fresh = new Map<string, Notification>();
  const running = new Set<Promise<unknown>>();
  let deliver: Deliver | undefined;

  function settlementOf(result: DeliveryResult, tries: number, answered: boolean): Settlement {
    if (result.outcome === 'delivered') return { status: 'delivered', answered };
    const now = clock.now();
    const pause = result.final ? null : pauseAfter(tries, schedule, clock.random(), result.retryAfterSeconds);
    return pause === null
      ? { status: 'failed', failedAt: now, error: result.detail }
      : { status: 'pending', dueAt: now + pause, error: result.detail };
  }

  /** One try. `answered` is asked when the result is there, and once only. Throws when it could not be noted down. */
  async function make(send: Deliver, leased: Leased, answered: () => boolean): Promise<DeliveryState> {
    const { id } = leased.notification;
    const attempts = leased.attempts + 1;
    const started = clock.monotonic();
    const result = await send(leased.notification);
    const seconds = (clock.monotonic() - started) / 1000;
    const settlement = settlementOf(result, attempts, answered());
    await store.settle(id, settlement);
    const outcome = { delivered: 'delivered', pending: 'retry', failed: 'dead' } as const;
    const refused = result.outcome === 'failed' && result.refused === true;
    events.emit('webhook.delivery', {
      outcome: refused ? 'refused' : outcome[settlement.status],
      id,
      requestId: leased.notification.request_id,
      attempts,
      seconds,
      ...(result.outcome === 'failed' && { detail: result.detail }),
    });
    return { id, status: settlement.status, attempts };
  }

  function track<T>(work: Promise<T>): Promise<T> {
    running.add(work);
    const forget = () => running.delete(work);
    work.then(forget, forget);
    return work;
  }

  return {
    /** Sets the function that sends; before that, nothing is tried. */
    start(send: Deliver): void {
      deliver = send;
    },
    /** Tells of a notification that was just stored; its first try is left to `attempt`. */
    stored(notification: Notification): void {
      fresh.set(notification.id, notification);
    },
    /** A try behind the scenes. Throws when it could not be noted down: then it has to be made again. */
    async retry(leased: Leased): Promise<void> {
      fresh.delete(leased.notification.id);
      if (deliver !== undefined) await track(make(deliver, leased, () => false));
    },
    /** `Outbox.attempt`. */
    async attempt(id: string, waitMs: number): Promise<DeliveryState> {
      const notification = fresh.get(id);
      const pending: DeliveryState = { id, status: 'pending', attempts: 0 };
      if (notification === undefined || deliver === undefined) {
        return (await store.state(id).catch(() => null)) ?? pending;
      }
      fresh.delete(id);
      let phase: 'waiting' | 'answered' | 'gone' = 'waiting';
      const tried = track(
        make(deliver, { notification, attempts: 0 }, () => {
          if (phase === 'waiting') phase = 'answered';
          return phase === 'answered';
        }).catch((error: unknown) => {
          warn('A webhook try could not be noted down; it will be made again.', error);
          return pending;
        }),
      );
      const stop = new AbortController();
      const late = clock.sleep(waitMs, stop.signal).then(
        () => {
          // The receiver's answer was there in time and is being noted down: the caller is told so.
          if (phase === 'answered') return tried;
          phase = 'gone';
          return pending;
        },
        () => tried,
      );
      return Promise.race([tried, late]).finally(() => stop.abort());
    },
    /** Resolves when no try is running. */
    async idle(): Promise<void> {
      while (running.size > 0) await Promise.allSettled(running);
    },
  };
}

export type Deliveries = ReturnType<typeof createDeliveries>;
