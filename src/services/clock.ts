import { setTimeout as pause } from 'node:timers/promises';
import type { Clock } from './ports.ts';

/** The longest delay that a timer of Node takes; a longer one would fire at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** The machine's own time and chance. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  random: () => Math.random(),
  after(milliseconds, callback) {
    const timer = setTimeout(callback, Math.min(Math.ceil(milliseconds), LONGEST_TIMER_MS));
    return () => clearTimeout(timer);
  },
  async sleep(milliseconds, signal) {
    const until = performance.now() + milliseconds;
    signal?.throwIfAborted();
    // A timer may fire up to a millisecond early, and `Retry-After` must not: what is left is slept again.
    for (let left = milliseconds; left > 0; left = until - performance.now()) {
      try {
        await pause(Math.min(Math.ceil(left), LONGEST_TIMER_MS), undefined, signal && { signal });
      } catch (error) {
        signal?.throwIfAborted();
        throw error;
      }
    }
  },
};
