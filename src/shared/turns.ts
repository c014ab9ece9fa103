import { performance } from 'node:perf_hooks';

/**
 * Does work that comes in bulk in its order, in each turn of the event loop for no longer than so many milliseconds: with 0,
 * one piece a turn. All else that waits goes on in between.
 */
export function createTurns(milliseconds: number): (work: () => void) => void {
  let waiting: (() => void)[] = [];
  const next = (): void => {
    const end = performance.now() + milliseconds;
    let done = 0;
    for (const work of waiting) {
      work();
      done += 1;
      if (performance.now() >= end) break;
    }
    waiting = waiting.slice(done);
    if (waiting.length > 0) setImmediate(next);
  };
  return (work) => {
    if (waiting.push(work) === 1) setImmediate(next);
  };
}
