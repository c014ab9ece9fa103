import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createLocalCoordinator } from '../../src/services/coordinator.ts';

const never = new AbortController().signal;
const turn = (): Promise<unknown> => new Promise(setImmediate);

test('work for one key runs alone and in the order of arrival, other keys beside it', async () => {
  const coordinator = createLocalCoordinator({ monotonic: () => 0 });
  const log: string[] = [];
  const work = (key: string, n: number, turns: number) => () =>
    coordinator.exclusive(key, never, async () => {
      log.push(`${key}${n}+`);
      for (let i = 0; i < turns; i += 1) await turn();
      log.push(`${key}${n}-`);
      return n;
    });
  const results = await Promise.all([
    work('a', 1, 5)(),
    work('a', 2, 1)(),
    work('b', 1, 1)(),
    work('a', 3, 0)(),
  ]);
  assert.deepEqual(results, [1, 2, 1, 3]);
  assert.deepEqual(
    log.filter((entry) => entry.startsWith('a')),
    ['a1+', 'a1-', 'a2+', 'a2-', 'a3+', 'a3-'],
  );
  assert.ok(log.indexOf('b1-') < log.indexOf('a1-'));
});

test('a waiter that leaves the queue is skipped, and work that fails releases the lock', async () => {
  const coordinator = createLocalCoordinator({ monotonic: () => 0 });
  const { promise: gate, resolve: open } = Promise.withResolvers<undefined>();
  const leaving = new AbortController();
  const first = coordinator.exclusive('k', never, () => gate.then(() => Promise.reject(new Error('failed'))));
  const left = coordinator.exclusive('k', leaving.signal, () => Promise.reject(new Error('was run')));
  const last = coordinator.exclusive('k', never, async () => 'last');
  leaving.abort(new Error('left'));
  await assert.rejects(left, /left/u);
  open(undefined);
  await assert.rejects(first, /failed/u);
  assert.equal(await last, 'last');
  await assert.rejects(
    coordinator.exclusive('k', leaving.signal, async () => 'x'),
    /left/u,
  );
  assert.equal(await coordinator.exclusive('k', never, async () => 'free'), 'free');
});

test('an abort after the start does not release the lock', async () => {
  const coordinator = createLocalCoordinator({ monotonic: () => 0 });
  const controller = new AbortController();
  const { promise: gate, resolve: open } = Promise.withResolvers<undefined>();
  const running = coordinator.exclusive('k', controller.signal, () => gate.then(() => 'whole'));
  const next = coordinator.exclusive('k', never, async () => 'next');
  controller.abort(new Error('too late'));
  open(undefined);
  assert.equal(await running, 'whole');
  assert.equal(await next, 'next');
});

test('a bucket gives its burst at once and then one slot an interval', async () => {
  let now = 1000;
  const coordinator = createLocalCoordinator({ monotonic: () => now });
  const waits: number[] = [];
  for (let i = 0; i < 5; i += 1) waits.push(await coordinator.reserve('b', 1, 10, 3));
  assert.deepEqual(waits, [0, 0, 0, 10, 20]);
  assert.equal(await coordinator.reserve('other', 1, 10, 1), 0);
  now += 1000;
  assert.equal(await coordinator.reserve('b', 3, 10, 3), 0, 'full again after a while');
  assert.equal(await coordinator.reserve('b', 2, 10, 3), 10);
  assert.equal(await coordinator.reserve('b', 1, 10, 3), 30);
});

test('no window of time ever holds more slots than the rate and the burst allow', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: 0, max: 40 }), { minLength: 1, maxLength: 60 }),
      fc.integer({ min: 1, max: 5 }),
      async (pauses, burst) => {
        let now = 0;
        const coordinator = createLocalCoordinator({ monotonic: () => now });
        const used: number[] = [];
        for (const pause of pauses) {
          now += pause;
          used.push(now + (await coordinator.reserve('b', 1, 10, burst)));
        }
        for (const [i, from] of used.entries())
          for (let j = i; j < used.length; j += 1) {
            const window = (used[j] ?? 0) - from;
            assert.ok(j - i + 1 <= burst + Math.floor(window / 10 + 1e-9), `${j - i + 1} in ${window} ms`);
          }
      },
    ),
    { numRuns: 200, seed: 4 },
  );
});
