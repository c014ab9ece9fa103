import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Random } from '../support/random.ts';
import { finish } from './instances.ts';
import { createCallers, slowDown } from './load.ts';
import { TAKE_OVER_SECONDS, type World } from './world.ts';

const CALLERS = 8;
/** How long the load goes on undisturbed, before and after. */
const CALM_MS = 2_000;

/**
 * Stops the last of `instances` under load for each of these times, with SIGSTOP, and lets it go on: what it had in hand
 * may have been claimed, locked or answered by then.
 */
export async function pauseUnderLoad(
  world: World,
  { instances, seconds }: { instances: 1 | 2; seconds: readonly number[] },
  random: Random,
) {
  const services = await Promise.all(Array.from({ length: instances }, () => world.start()));
  const callers = createCallers(world, CALLERS, random);
  const load = callers.run(services);
  const paused = services.at(-1)?.pid;
  assert.ok(paused);
  for (const pause of seconds) {
    slowDown(world, random, 200);
    await sleep(CALM_MS);
    process.kill(paused, 'SIGSTOP');
    await sleep(pause * 1000);
    process.kill(paused, 'SIGCONT');
  }
  await sleep(CALM_MS);
  await load.stop();
  return finish(world, services, callers, TAKE_OVER_SECONDS);
}

/** A process whose wall clock is ahead by this much, in all of its threads. */
const clockAhead = (milliseconds: number) => {
  const shift = `const now = Date.now;
    globalThis.Date = class extends Date {
      constructor(...of) { of.length === 0 ? super(now() + ${milliseconds}) : super(...of); }
      static now() { return now() + ${milliseconds}; }
    };`;
  return { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(shift)}` };
};

/**
 * Under load, an instance whose clock is off is killed again and again, and so is one beside it whose clock is right; with
 * one instance alone, each process has the next clock. For a world that announces nothing: receivers refuse a webhook of
 * another hour, as they should.
 */
export async function wrongClocks(
  world: World,
  { instances, milliseconds }: { instances: 1 | 2; milliseconds: readonly number[] },
  random: Random,
) {
  const callers = createCallers(world, CALLERS, random);
  const right = instances === 2 ? await world.start() : undefined;
  for (const ahead of milliseconds) {
    slowDown(world, random, 200);
    const wrong = await world.start(clockAhead(ahead));
    const load = callers.run(right === undefined ? [wrong] : [right, wrong]);
    await sleep(CALM_MS);
    await wrong.kill();
    await load.stop();
  }
  const last = right ?? (await world.start());
  return finish(world, [last], callers, TAKE_OVER_SECONDS);
}
