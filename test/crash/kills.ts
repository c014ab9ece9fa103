import { setTimeout as sleep } from 'node:timers/promises';
import { checkInvariants, type Counts } from './invariants.ts';
import { createCallers, slowDown } from './load.ts';
import type { Random } from '../support/random.ts';
import { settled, type World } from './world.ts';

export interface KillCounts extends Counts {
  kills: number;
  sent: number;
  lost: number;
}

/** Callers at once; about as many manipulations are in flight when a kill strikes. */
const CALLERS = 8;
/** A service is killed within this time after its callers have begun. */
const LONGEST_LIFE_MS = 1_500;

/**
 * Kills the service at random times under load, `kills` times, on one ledger. What a crash left is settled while the next
 * service already takes new work, as after a real restart. In the end, callers with keys get their answers, and all that
 * must hold is checked.
 */
export async function killUnderLoad(world: World, kills: number, random: Random): Promise<KillCounts> {
  const callers = createCallers(world, CALLERS, random);
  for (let kill = 0; kill < kills; kill += 1) {
    slowDown(world, random, 200);
    const service = await world.start();
    const load = callers.run([service]);
    await sleep(random.next() * LONGEST_LIFE_MS);
    await service.kill();
    await load.stop();
  }
  world.sandbox.clearFaults();
  const last = await world.start();
  await callers.finish([last]);
  await settled(last);
  const counts = await checkInvariants(world, last);
  await last.stop();
  return { ...counts, kills, sent: callers.sent, lost: callers.lost };
}
