import type { Clock } from '../../services/ports.ts';
import { onEnd, type Scope } from './scope.ts';

export interface Waiter {
  readonly caller: string;
  grant(): void;
  refuse(error: Error): void;
}

/**
 * A queue that is fair between callers: round robin over the callers that wait, first come, first served for each. What is
 * `urgent` goes before all, in the order of arrival.
 */
export interface FairQueue {
  readonly size: number;
  /** How many would be served before a new waiter of that caller, if no others came. */
  ahead(caller: string): number;
  /** The waiter that came last of the caller that has most waiting, unless that is `caller` itself. */
  lastOfLongest(caller: string): Waiter | undefined;
  /** The next waiter, which leaves the queue by its `grant` or `refuse`. */
  next(): Waiter | undefined;
  all(): Waiter[];
  /** Resolves when the waiter is granted. Throws what it is refused with, or `late` at the deadline. */
  wait(scope: Scope, late: () => Error, urgent?: boolean): Promise<void>;
}

export function createFairQueue(clock: Pick<Clock, 'monotonic' | 'after'>): FairQueue {
  const urgents = new Set<Waiter>();
  /** In the order of their turns: a `Map` keeps the order of insertion. */
  const lanes = new Map<string, Set<Waiter>>();
  let size = 0;

  const add = (waiter: Waiter, urgent: boolean): void => {
    size += 1;
    if (urgent) {
      urgents.add(waiter);
      return;
    }
    const lane = lanes.get(waiter.caller);
    if (lane) lane.add(waiter);
    else lanes.set(waiter.caller, new Set([waiter]));
  };

  const remove = (waiter: Waiter): void => {
    size -= 1;
    if (urgents.delete(waiter)) return;
    const lane = lanes.get(waiter.caller);
    lane?.delete(waiter);
    if (lane?.size === 0) lanes.delete(waiter.caller);
  };

  return {
    get size() {
      return size;
    },
    ahead(caller) {
      const own = lanes.get(caller)?.size ?? 0;
      let before = urgents.size + own;
      for (const [other, lane] of lanes) if (other !== caller) before += Math.min(lane.size, own + 1);
      return before;
    },
    lastOfLongest(caller) {
      let longest = lanes.get(caller);
      // A newcomer counts as well: between equals, it is the one to go.
      let most = (longest?.size ?? 0) + 1;
      for (const [other, lane] of lanes) {
        if (other === caller || lane.size <= most) continue;
        longest = lane;
        most = lane.size;
      }
      return longest === lanes.get(caller) ? undefined : [...(longest ?? [])].at(-1);
    },
    next() {
      const [urgent] = urgents;
      if (urgent) return urgent;
      const [lane] = lanes;
      if (!lane) return undefined;
      const [caller, waiters] = lane;
      lanes.delete(caller);
      lanes.set(caller, waiters);
      const [waiter] = waiters;
      return waiter;
    },
    all: () => [...urgents, ...Array.from(lanes.values(), (lane) => [...lane]).flat()],
    wait: (scope, late, urgent = false) =>
      new Promise((resolve, reject) => {
        const leave = (): void => {
          stop();
          remove(waiter);
        };
        const waiter: Waiter = {
          caller: scope.caller,
          grant() {
            leave();
            resolve();
          },
          refuse(error) {
            leave();
            reject(error);
          },
        };
        const stop = onEnd(clock, scope, (reason) => waiter.refuse(scope.signal?.aborted ? reason : late()));
        add(waiter, urgent);
      }),
  };
}
