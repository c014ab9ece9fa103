import { setTimeout as sleep } from 'node:timers/promises';

/** A condition that asks a service is not to keep the machine busy: looks at it come further apart, up to this many ms. */
const LONGEST_PAUSE_MS = 60;

/** Resolves when `condition` holds; the test's own timeout is the limit. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  for (let pause = 2; !(await condition()); pause = Math.min(pause * 1.4, LONGEST_PAUSE_MS))
    await sleep(pause);
}
