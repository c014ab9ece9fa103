import assert from 'node:assert/strict';
import { test } from 'node:test';
import { killUnderLoad } from './kills.ts';
import { createRandom } from '../support/random.ts';
import { createWorld } from './world.ts';

test('kill -9 at random times under load', { timeout: 120_000 }, async (t) => {
  const counts = await killUnderLoad(await createWorld(t), 2, createRandom(20261123));
  assert.ok(counts.lost > 0, 'the kills struck in the middle of something');
  assert.ok(counts.SUCCESS > 0);
  t.diagnostic(JSON.stringify(counts));
});
