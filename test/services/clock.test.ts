import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemClock } from '../../src/services/clock.ts';

test('sleep never ends early, and at once for nothing', async () => {
  for (const milliseconds of [0, -5, 0.4, 1, 7.3, 25]) {
    const started = systemClock.monotonic();
    await systemClock.sleep(milliseconds);
    assert.ok(systemClock.monotonic() - started >= milliseconds);
  }
});

test('sleep rejects with the reason of its signal, before or while it lasts', async () => {
  const reason = new Error('enough');
  await assert.rejects(systemClock.sleep(1e9, AbortSignal.abort(reason)), reason);
  const controller = new AbortController();
  const sleeping = systemClock.sleep(1e9, controller.signal);
  controller.abort(reason);
  await assert.rejects(sleeping, reason);
});

test('a sleep longer than any timer of Node does not end at once', async () => {
  const controller = new AbortController();
  const sleeping = systemClock.sleep(2 ** 40, controller.signal).then(
    () => 'ended',
    () => 'aborted',
  );
  // Node would make such a timer fire after a millisecond, so before this one.
  await systemClock.sleep(20);
  controller.abort();
  assert.equal(await sleeping, 'aborted');
});

test('now, monotonic and random are what they say', () => {
  const before = Date.now();
  const now = systemClock.now();
  assert.ok(before <= now && now <= Date.now());
  assert.ok(systemClock.monotonic() <= systemClock.monotonic());
  const chance = systemClock.random();
  assert.ok(chance >= 0 && chance < 1);
});
