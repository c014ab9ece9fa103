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

/**
 * What a try changed, and when it ended (epoch milliseconds of the wall clock). `withinWait`: the caller was told that it
 * was delivered.
 */
export type Settlement = { at: number } & Settled;

type Settled =
  | { status: 'delivered'; withinWait: boolean }
  | { status: 'pending'; pauseMs: number; error: string }
  | { status: 'failed'; error: string };

/** Where deliveries are kept. Each method is one transaction. */
export interface DeliveryStore {
  /** Leases up to `limit` deliveries that are due, the most overdue first; no two instances get the same one. */
  leaseDue(limit: number): Promise<Leased[]>;
  /** Milliseconds until the next one is due (0 or more), or null. */
  nextDueMs(): Promise<number | null>;
  /** Counts one more try and notes what came of it; ends the lease. */
  settle(id: string, settlement: Settlement): Promise<void>;
  state(id: string): Promise<DeliveryState | null>;
  /** For how long the oldest webhook has been on its way, or 0; how many are, and how many are dead letters. */
  stock(): Promise<{ oldestSeconds: number; size: number; dead: number }>;
  deadLetters(limit: number): Promise<DeadLetter[]>;
  /** Makes those of them that are dead letters due at once, with no tries behind them. Returns how many. */
  resend(ids: string[]): Promise<number>;
}

/**
 * Milliseconds for which a delivery belongs to the instance that stored or leased it. A try has to end well within, or it
 * may be made twice (which receivers have to bear: at least once).
 */
export const DELIVERY_LEASE_MS = 60_000;

interface DeliveryOptions {
  clock: Clock;
  events: Events;
  /** Seconds between the tries; Standard Webhooks' own unless a test needs it faster. */
  schedule: readonly number[];
  /** Told, once it is in the ledger, that a webhook is due in so many milliseconds. */
  onPending: (milliseconds: number) => void;
  /** Called with failures that come after the answer. */
  warn: (message: string, cause: unknown) => void;
}

/** Makes tries and settles them; knows the notifications that were just stored, whose first try is the caller's. */
export function createDeliveries(
  store: DeliveryStore,
  { clock, events, schedule, onPending, warn }: DeliveryOptions,
) {
  const fresh = new Map<string, Notification>();
  const running = new Set<Promise<unknown>>();
  const notes = new Set<Promise<void>>();
  let deliver: Deliver | undefined;

  function settlementOf(result: DeliveryResult, tries: number, withinWait: boolean): Settled {
    if (result.outcome === 'delivered') return { status: 'delivered', withinWait };
    const pauseMs = result.final
      ? null
      : pauseAfter(tries, schedule, clock.random(), result.retryAfterSeconds);
    return pauseMs === null
      ? { status: 'failed', error: result.detail }
      : { status: 'pending', pauseMs, error: result.detail };
  }

  /** One try: what the receiver made of it, and the note of it in the ledger, which no answer waits for. */
  async function make(send: Deliver, { notification, attempts }: Leased, withinWait: () => boolean) {
    const started = clock.monotonic();
    const result = await send(notification);
    const seconds = (clock.monotonic() - started) / 1000;
    const tries = attempts + 1;
    const settlement = { at: clock.now(), ...settlementOf(result, tries, withinWait()) };
    const noted = track(note(notification, settlement, { result, tries, seconds }));
    notes.add(noted);
    void noted.then(() => notes.delete(noted));
    return { state: { id: notification.id, status: settlement.status, attempts: tries }, noted };
  }

  async function note(
    { id, request_id: requestId }: Notification,
    settlement: Settlement,
    { result, tries, seconds }: { result: DeliveryResult; tries: number; seconds: number },
  ): Promise<void> {
    try {
      await store.settle(id, settlement);
    } catch (error) {
      warn('A webhook try could not be noted in the ledger; it will be made again.', error);
      return;
    }
    if (settlement.status === 'pending') onPending(settlement.pauseMs);
    const outcome = { delivered: 'delivered', pending: 'retry', failed: 'dead' } as const;
    const refused = result.outcome === 'failed' && result.refused === true;
    events.emit('webhook.delivery', {
      outcome: refused ? 'refused' : outcome[settlement.status],
      id,
      requestId,
      attempts: tries,
      seconds,
      ...(result.outcome === 'failed' && { detail: result.detail }),
    });
  }

  function track<T>(work: Promise<T>): Promise<T> {
    running.add(work);
    const forget = () => void running.delete(work);
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
    /** A try in the background; resolves when it was noted, or could not be. */
    async retry(leased: Leased): Promise<void> {
      fresh.delete(leased.notification.id);
      if (deliver === undefined) return;
      const { noted } = await track(make(deliver, leased, () => false));
      await noted;
    },
    /** `Outbox.attempt`. */
    async attempt(id: string, waitMs: number): Promise<DeliveryState> {
      const notification = fresh.get(id);
      const pending: DeliveryState = { id, status: 'pending', attempts: 0 };
      if (notification === undefined || deliver === undefined) {
        return (await store.state(id).catch(() => null)) ?? pending;
      }
      fresh.delete(id);
      let waiting = true;
      const tried = track(make(deliver, { notification, attempts: 0 }, () => waiting)).then(
        ({ state }) => state,
      );
      const { promise: late, resolve } = Promise.withResolvers<DeliveryState>();
      const cancel = clock.after(waitMs, () => {
        waiting = false;
        resolve(pending);
      });
      return Promise.race([tried, late]).finally(cancel);
    },
    /**
     * Resolves when what callers were told of their webhooks is in the ledger: a read after an answer agrees with it.
     * Undefined when it is already.
     */
    noted: (): Promise<unknown> | undefined => (notes.size === 0 ? undefined : Promise.all(notes)),
    /** Resolves when no try is in flight. */
    async idle(): Promise<void> {
      while (running.size > 0) await Promise.allSettled(running);
    },
  };
}

export type Deliveries = ReturnType<typeof createDeliveries>;
