import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { Problem } from '../../src/errors.ts';
import { createAdaptiveRate } from '../../src/cxone/resilience/adaptive-rate.ts';
import { createRateLimiter } from '../../src/cxone/resilience/rate-limiter.ts';
import type { Scope } from '../../src/cxone/resilience/scope.ts';
import { createLocalCoordinator } from '../../src/services/coordinator.ts';
import type { Coordinator } from '../../src/services/ports.ts';
import { simulate } from './simulation.ts';
import { problem, recorded } from './support.ts';

const setUp = (t: TestContext, ratePerSecond: number) => {
  const simulation = simulate(t, { stepMs: 1 });
  const { clock, events } = simulation;
  const started = clock.now();
  const coordinator = createLocalCoordinator(clock);
  const scope = (milliseconds = 60_000, signal = new AbortController().signal): Scope => ({
    deadline: clock.monotonic() + milliseconds,
    signal,
    caller: '',
    traceparent: undefined,
  });
  const limiterWith = (shared: Coordinator) =>
    createRateLimiter(ratePerSecond, { clock, events, coordinator: shared });
  const sentAt: Record<string, number> = {};
  const send = (name: string, limiter = only, within = scope()): Promise<void> =>
    Promise.resolve()
      .then(() => limiter.acquire(within, false))
      .then(() => void (sentAt[name] = clock.now() - started));
  const only = limiterWith(coordinator);
  return { ...simulation, coordinator, limiter: only, limiterWith, scope, send, sentAt };
};

test('first come, first served, at the rate', async (t) => {
  const { send, sentAt, pass, events } = setUp(t, 10);
  const waits = recorded(events, 'cxone.rate_limit_wait');
  for (const name of ['a', 'b', 'c', 'd']) void send(name);
  await pass(500);
  assert.deepEqual(sentAt, { a: 0, b: 100, c: 200, d: 300 });
  assert.deepEqual(
    waits.map(({ seconds }) => seconds),
    [0, 0.1, 0.2, 0.3],
  );
});

test('a tenth of a second of requests may go at once, and never more than ten', async (t) => {
  for (const [rate, burst] of [
    [50, 5],
    [1000, 10],
  ] as const) {
    const { send, sentAt, pass } = setUp(t, rate);
    for (let n = 0; n < 20; n += 1) void send(String(n));
    await new Promise(setImmediate);
    assert.equal(Object.keys(sentAt).length, burst);
    await pass(1000);
    assert.equal(Object.keys(sentAt).length, 20);
    t.mock.timers.reset();
  }
});

test('a request that is given up while it waits takes no slot with it', async (t) => {
  const { send, sentAt, pass, scope } = setUp(t, 10);
  const leaving = new AbortController();
  void send('a');
  const left = [
    send('b', undefined, scope(9000, leaving.signal)),
    send('c', undefined, scope(9000, leaving.signal)),
  ];
  void send('d');
  await pass(50);
  leaving.abort();
  for (const one of left) await assert.rejects(one, problem('UPSTREAM_TIMEOUT', {}, /went away/u));
  await pass(500);
  assert.deepEqual(sentAt, { a: 0, d: 100 });
});

test('fails at once when its turn is beyond the deadline', async (t) => {
  const { send, pass, scope } = setUp(t, 10);
  for (let n = 0; n < 30; n += 1) void send(String(n));
  await pass(1);
  await assert.rejects(
    send('late', undefined, scope(1000)),
    problem('UPSTREAM_RATE_LIMITED', { retryAfterSeconds: 3 }),
  );
});

test('instances with one coordinator share one rate', async (t) => {
  const { send, sentAt, pass, coordinator, limiterWith } = setUp(t, 10);
  const [one, other] = [limiterWith(coordinator), limiterWith(coordinator)];
  for (let n = 0; n < 5; n += 1) {
    void send(`one ${n}`, one);
    void send(`other ${n}`, other);
  }
  await pass(2000);
  assert.deepEqual(
    Object.values(sentAt).sort((a, b) => a - b),
    [0, 100, 200, 300, 400, 500, 600, 700, 800, 900],
  );
});

test('a coordinator that fails fails the waiting requests, and no later one', async (t) => {
  const { coordinator, limiterWith, send, sentAt } = setUp(t, 10);
  const lost = new Problem('LEDGER_UNAVAILABLE', 'The database is away.');
  let away = true;
  const limiter = limiterWith({
    ...coordinator,
    reserve: (...slots) => (away ? Promise.reject(lost) : coordinator.reserve(...slots)),
  });
  await assert.rejects(send('a', limiter), problem('LEDGER_UNAVAILABLE'));
  away = false;
  await send('b', limiter);
  assert.deepEqual(Object.keys(sentAt), ['b']);
});

test('a 429 slows down to a share of what was taken, and the rate comes back along a cubic curve', () => {
  const rate = createAdaptiveRate(200);
  let now = 10_000;
  for (let n = 0; n < 300; n += 1) rate.ended(rate.sent(now), 'accepted', (now += 10)); // 100 a second were taken
  assert.equal(rate.perSecond(now), 200);
  const [first, second] = [rate.sent(now), rate.sent(now)];
  rate.ended(first, 'throttled', now);
  assert.ok(Math.abs(rate.perSecond(now) - 70) < 1);
  const at = (seconds: number): number => Math.round(rate.perSecond(now + seconds * 1000));
  assert.deepEqual([0, 1, 2, 3, 4, 5, 6].map(at), [70, 87, 96, 99, 100, 100, 102]);
  assert.ok(rate.isReduced(now + 6000));

  const among = rate.sent(now + 10);
  rate.ended(second, 'throttled', now + 20);
  rate.ended(among, 'throttled', now + 30);
  assert.equal(at(0), 70, 'what was sent before, or arrives among it, says nothing new');
  const after = rate.sent(now + 40);
  rate.ended(after, 'throttled', now + 50);
  assert.ok(Math.abs(rate.perSecond(now + 50) - 50) < 1, 'what was sent when the rest had arrived does');
  assert.ok(!rate.isReduced(now + 20_000), 'at full speed again');
});

test('a limit beyond 100 a second is approached by doubling', () => {
  const rate = createAdaptiveRate(1000);
  assert.equal(rate.perSecond(5000), 100);
  rate.sent(6000);
  assert.deepEqual(
    [6000, 6250, 6500, 6750, 7000].map((now) => Math.round(rate.perSecond(now))),
    [100, 200, 400, 800, 1000],
  );
  assert.ok(!rate.isReduced(6000));
  assert.equal(createAdaptiveRate(50).perSecond(0), 50);
});

test('a few requests tell nothing of what the tenant takes', () => {
  const rate = createAdaptiveRate(50);
  let now = 700;
  for (let n = 0; n < 20; n += 1) rate.ended(rate.sent(now), 'accepted', (now += 600));
  rate.ended(rate.sent(now), 'throttled', now);
  assert.equal(Math.round(rate.perSecond(now)), 35);
});

test('an answer that never comes holds up no further reduction', () => {
  const rate = createAdaptiveRate(100);
  const [hanging, first] = [rate.sent(0), rate.sent(0)];
  rate.ended(first, 'throttled', 10);
  rate.ended(rate.sent(500), 'throttled', 510);
  assert.equal(Math.round(rate.perSecond(10)), 70);
  rate.ended(rate.sent(1100), 'throttled', 1110);
  assert.ok(rate.perSecond(1110) < 65);
  rate.ended(hanging, 'lost', 5000);
});

test('however often it is throttled, a request every two seconds is left', () => {
  const rate = createAdaptiveRate(50);
  let now = 0;
  for (let n = 0; n < 100; n += 1) rate.ended(rate.sent(now), 'throttled', (now += 1));
  assert.equal(rate.perSecond(now), 0.5);
});

test('callers take turns, however many requests one of them has waiting', async (t) => {
  const { send, sentAt, pass, scope } = setUp(t, 10);
  const from = (caller: string) => ({ ...scope(), caller });
  for (let n = 0; n < 40; n += 1) void send(`sprayer ${n}`, undefined, from('sprayer'));
  await pass(1);
  for (let n = 0; n < 3; n += 1) void send(`victim ${n}`, undefined, from('victim'));
  await pass(1000);
  const waited = [0, 1, 2].map((n) => sentAt[`victim ${n}`] ?? Infinity);
  assert.ok(Math.max(...waited) <= 700, `${waited.join(', ')} ms`);
});

test('a slow-down by a 429 and its end are told once each', async (t) => {
  const { limiter, scope, pass, events } = setUp(t, 10);
  const reduced = recorded(events, 'cxone.rate_reduced');
  const restored = recorded(events, 'cxone.rate_restored');
  for (const how of ['throttled', 'throttled'] as const) {
    const ticket = await limiter.acquire(scope(), false);
    limiter.ended(ticket, how);
    const turn = Promise.resolve(limiter.acquire(scope(), false)).then((next) =>
      limiter.ended(next, 'accepted'),
    );
    await pass(1500);
    await turn;
  }
  assert.equal(reduced.length, 1);
  assert.deepEqual(restored, []);
  await pass(20_000);
  limiter.ended(await limiter.acquire(scope(), false), 'accepted');
  assert.deepEqual(restored, [{ perSecond: 10 }]);
});
