import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ANSWERED, BOUNDARIES, killAt } from './boundaries.ts';
import { createWorld } from './world.ts';

/** On one ledger, one after the other; `full.ts` goes through all boundaries, many times. */
const SAMPLE = [...BOUNDARIES.filter(({ variant }) => variant !== true), null];

test('kill -9 at each step of a manipulation', { timeout: 240_000 }, async (t) => {
  const world = await createWorld(t);
  let service = await world.start();
  for (const [round, boundary] of SAMPLE.entries()) {
    await t.test(boundary?.name ?? ANSWERED, async () => {
      ({ service } = await killAt(world, service, boundary, round));
    });
  }
  assert.deepEqual(await service.stop(), { code: 0, signal: null });
});
