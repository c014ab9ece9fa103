import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ANSWERED, BOUNDARIES, killAt } from './boundaries.ts';
import { createWorld } from './world.ts';

/** Each part goes through its boundaries on one ledger; `full.ts` goes through all of them, many times. */
const SAMPLE = [...BOUNDARIES.filter(({ variant }) => variant !== true), null];
const PARTS = [SAMPLE.slice(0, 4), SAMPLE.slice(4)];

describe('kill -9 at each step of a manipulation', { concurrency: true }, () => {
  for (const part of PARTS) {
    const names = part.map((boundary) => boundary?.name ?? ANSWERED);
    test(names.join('; '), { timeout: 120_000 }, async (t) => {
      const world = await createWorld(t);
      let service = await world.start();
      for (const [round, boundary] of part.entries()) {
        ({ service } = await killAt(world, service, boundary, round));
      }
      assert.deepEqual(await service.stop(), { code: 0, signal: null });
    });
  }
});
