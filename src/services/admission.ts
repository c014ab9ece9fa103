import { Problem } from '../errors.ts';
import type { AuditRecord } from '../schemas/audit-record.ts';
import type { Clock } from './ports.ts';
import { createCounts } from '../shared/counts.ts';

/** Work that may be in flight at once, and which caller comes next. */
export interface AdmissionOptions {
  clock: Pick<Clock, 'monotonic'>;
  /** Slots at the start, and the bounds between which their number follows what is measured. */
  slots: { start: number; least: number; most: number };
  /** A caller that would have to wait longer for a slot is refused at once. Milliseconds. */
  longestWaitMs: number;
  /** Work that spends more than this waiting for others, after it has its slot, shows that there are too many slots. */
  congestedMs: number;
  /** Callers' requests that may wait in all. */
  mostWaiting: number;
}

/** A place among the work in flight. */
export interface Slot {
  /** Gives it back, once. `congestedMs` is how long the work waited for others while it had the slot. */
  release(waitedMs?: number): void;
}

export interface Admission {
  /** @throws Problem `OVERLOADED` with a true `Retry-After` when `caller` would wait too long now */
  assertRoom(caller: string): void;
  /**
   * Resolves when a slot is there: in turn among callers, so that none waits behind another's queue.
   * @param refusable false for work that waits as long as it takes, as the items of a batch do
   * @throws Problem `OVERLOADED`
   */
  enter(caller: string, refusable?: boolean): Promise<Slot>;
  inFlight(): number;
  waiting(): number;
}

interface Waiter {
  since: number;
  refusable: boolean;
  start(): void;
  refuse(): void;
}

/** How much the newest slot's time counts for the mean. */
const WEIGHT = 0.1;
/** Slots are taken away by this factor. */
const SHRINK = 0.7;
/** A request that still waits after this many times the longest wait is refused: the estimate was wrong. */
const OVERDUE = 4;

/**
 * Fair admission. Slots go in turn to the callers that wait (round robin), so that a caller that sends much waits for
 * itself alone. Their number grows while all are used and work goes through at once, and shrinks when work waits for the
 * tenant's rate (additive increase, multiplicative decrease, as in TCP). What cannot be served soon is refused at once.
 */
export function createAdmission(options: AdmissionOptions): Admission {
  const { clock, slots, longestWaitMs, congestedMs, mostWaiting } = options;
  /** The waiters, by caller, in the order in which callers come next. */
  const queues = new Map<string, Waiter[]>();
  let limit = slots.start;
  let inFlight = 0;
  let waiting = 0;
  let meanMs = 50;
  let shrunkAt = -Infinity;
  let ended = 0;

  /** How long `caller` would wait for a slot if it came now. */
  function expectedWaitMs(caller: string): number {
    if (inFlight < limit && waiting === 0) return 0;
    const own = (queues.get(caller)?.length ?? 0) + 1;
    const callers = queues.size + (queues.has(caller) ? 0 : 1);
    const before = Math.min(own * callers, waiting + 1);
    return (before * meanMs) / limit;
  }

  function refusal(waitMs: number): Problem {
    return new Problem(
      'OVERLOADED',
      'More is asked for than can be done in time. Nothing was begun: send it again after Retry-After.',
      { retryAfterSeconds: Math.ceil(waitMs / 1000) },
    );
  }

  function assertRoom(caller: string): void {
    const waitMs = expectedWaitMs(caller);
    if (waitMs > longestWaitMs || waiting >= mostWaiting) throw refusal(waitMs);
  }

  function taken(): Slot {
    inFlight += 1;
    const since = clock.monotonic();
    let released = false;
    return {
      release(waitedMs = 0) {
        if (released) return;
        released = true;
        inFlight -= 1;
        meanMs += WEIGHT * (clock.monotonic() - since - meanMs);
        adjust(waitedMs, since);
        startNext();
      },
    };
  }

  function adjust(waitedMs: number, since: number): void {
    if (waitedMs <= congestedMs) {
      // Only slots that were all in use say something about one more.
      if (waiting > 0) limit = Math.min(slots.most, limit + 1 / limit);
    } else if (since > shrunkAt) {
      // What had its slot before says nothing about the slots that are left.
      shrunkAt = clock.monotonic();
      limit = Math.max(slots.least, limit * SHRINK);
    }
  }

  /**
   * While more is in flight than there are slots, every second that ends is followed by another (as in TCP's proportional
   * rate reduction, RFC 6937): a stop until enough have ended would hold up callers that are not the reason for it.
   */
  function startNext(): void {
    const now = clock.monotonic();
    ended += 1;
    let room = Math.max(Math.floor(limit) - inFlight, ended % 2);
    while (room > 0) {
      const [next] = queues;
      if (next === undefined) return;
      const [caller, queue] = next;
      const waiter = queue.shift();
      // To the end of the round, or out of it.
      queues.delete(caller);
      if (queue.length > 0) queues.set(caller, queue);
      if (waiter === undefined) continue;
      waiting -= 1;
      if (waiter.refusable && now - waiter.since > OVERDUE * longestWaitMs) waiter.refuse();
      else {
        room -= 1;
        waiter.start();
      }
    }
  }

  return {
    assertRoom,
    async enter(caller, refusable = true) {
      if (refusable) assertRoom(caller);
      if (inFlight < Math.floor(limit) && waiting === 0) return taken();
      return new Promise<Slot>((resolve, reject) => {
        const queue = queues.get(caller) ?? [];
        queue.push({
          since: clock.monotonic(),
          refusable,
          start: () => resolve(taken()),
          refuse: () => reject(refusal(longestWaitMs)),
        });
        queues.set(caller, queue);
        waiting += 1;
      });
    },
    inFlight: () => inFlight,
    waiting: () => waiting,
  };
}

/** How long a manipulation waited for others (rate, lock, ledger) rather than for the tenant's answers, in milliseconds. */
export const waitedIn = (record: Pick<AuditRecord, 'latency_ms' | 'upstream_ms'>): number =>
  record.latency_ms - record.upstream_ms;

/** At most so many at once for each caller and in all; for reads that take long. */
export interface Bulkhead {
  /** Takes a slot and returns what gives it back. @throws Problem `OVERLOADED` */
  take(caller: string): () => void;
}

export function createBulkhead({ perCaller, total }: { perCaller: number; total: number }): Bulkhead {
  const taken = createCounts();
  let all = 0;
  return {
    take(caller) {
      if (taken.of(caller) >= perCaller || all >= total) {
        throw new Problem('OVERLOADED', 'Too many of these run at once. Wait for one to end.');
      }
      taken.add(caller);
      all += 1;
      let released = false;
      return () => {
        if (released) return;
        released = true;
        all -= 1;
        taken.remove(caller);
      };
    },
  };
}
