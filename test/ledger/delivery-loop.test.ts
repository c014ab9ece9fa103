import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type TestContext, test } from 'node:test';
import type { Deliveries, Leased } from '../../src/ledger/outbox/deliveries.ts';
import { startDeliveryLoop } from '../../src/ledger/outbox/delivery-loop.ts';
import { systemClock } from '../../src/services/clock.ts';
import type { Clock } from '../../src/services/ports.ts';
import { until } from './support.ts';

/** A loop over these webhooks; `settle` ends the running tries to a host, and those that begin later. */
function startLoop(t: TestContext, urls: string[], clock: Pick<Clock, 'monotonic' | 'sleep'> = systemClock) {
  const due: Leased[] = [];
  const add = (url: string) => {
    const id = `msg_${due.length}`;
    due.push({ notification: { id, request_id: id, url, body: '' }, attempts: 1 });
  };
  urls.forEach(add);
  const tried: string[] = [];
  const gates = new Map<string, PromiseWithResolvers<undefined>>();
  const gate = (host: string) => {
    const known = gates.get(host) ?? Promise.withResolvers<undefined>();
    gates.set(host, known);
    return known;
  };
  const loop = startDeliveryLoop(
    {
      leaseDue: (limit) => Promise.resolve(due.splice(0, limit)),
      nextDueMs: () => Promise.resolve(due.length > 0 ? 0 : null),
    },
    {
      async retry({ notification }: Leased) {
        const { host } = new URL(notification.url);
        tried.push(host);
        await gate(host).promise;
      },
    } as unknown as Deliveries,
    clock,
    () => assert.fail('nothing goes wrong here'),
  );
  t.after(() => {
    for (const { resolve } of gates.values()) resolve(undefined);
    return loop.close();
  });
  return { tried, add, loop, settle: (host: string) => gate(host).resolve(undefined) };
}

const to = (host: string, count: number) => Array.from({ length: count }, () => `https://${host}/hook`);

test('receivers that hang do not hold up the tries to another', async (t) => {
  const hanging = Array.from({ length: 120 }, (_, n) => `https://hanging-${n}.example/`);
  const { tried } = startLoop(t, [...hanging, ...to('healthy.example', 3)]);
  await until(() => tried.filter((host) => host === 'healthy.example').length === 3);
});

test('one receiver that hangs with hundreds of webhooks does not hold up another, and catches up when it answers', async (t) => {
  const { tried, settle } = startLoop(t, [...to('hanging.example', 400), ...to('healthy.example', 3)]);
  const count = (name: string) => tried.filter((host) => host === name).length;
  await until(() => count('healthy.example') === 3);
  assert.equal(count('hanging.example'), 16);
  settle('hanging.example');
  await until(() => count('hanging.example') === 400);
});

test('while it sleeps, what is due before it wakes by itself ends its sleep, and what is due later does not', async (t) => {
  let now = 0;
  const naps: number[] = [];
  const clock: Pick<Clock, 'monotonic' | 'sleep'> = {
    monotonic: () => now,
    sleep: (milliseconds, signal) => {
      naps.push(milliseconds);
      return once(signal ?? new EventTarget(), 'abort').then(() => undefined);
    },
  };
  const { tried, add, loop } = startLoop(t, [], clock);
  await until(() => naps.length === 1);
  const [longest = 0] = naps;
  now = 1_000;
  add('https://receiver.example/');
  loop.dueIn(longest);
  await new Promise(setImmediate);
  assert.deepEqual([naps.length, tried], [1, []]);
  loop.dueIn(longest - 1_001);
  await until(() => tried.length === 1);
});
