import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createEvents } from '../../src/services/events.ts';
import { systemClock } from '../../src/services/clock.ts';
import {
  at,
  budget,
  count,
  eagerClock,
  held,
  manipulate,
  NAME,
  problem,
  recorded,
  recordingClock,
  tenant,
  value,
} from './support.ts';

const times = (sandbox: Awaited<ReturnType<typeof tenant>>['sandbox'], endpoint: string): number[] =>
  sandbox.requests.filter((request) => request.endpoint === endpoint).map(({ time }) => time);

for (const fault of [
  { status: 500 },
  { status: 502, body: '<html><h1>Bad Gateway</h1></html>' },
  { status: 503 },
  { status: 504 },
  { status: 408 },
  { status: 429 },
  { reset: 'before' },
  { reset: 'after' },
  { truncated: 'connection' },
  { delayMs: 10_000 },
  { stall: true },
] as const) {
  test(`a list or a read that ends in ${JSON.stringify(fault)} is tried again`, async (t) => {
    const slow = 'delayMs' in fault || 'stall' in fault;
    const { sandbox, gateway } = await tenant(t, { options: { attemptTimeoutMs: slow ? 1_000 : 10_000 } });
    sandbox.fault('list', fault, 2);
    sandbox.fault('read', fault);
    await manipulate(gateway, NAME, at(1));
    // On a machine that is busy, a good answer may be too slow as well.
    const asked = { list: count(sandbox, 'list'), read: count(sandbox, 'read') };
    if (slow) assert.ok(asked.list >= 3 && asked.read >= 2);
    else assert.deepEqual(asked, { list: 3, read: 2 });
    assert.deepEqual(held(sandbox), value(at(1)));
  });
}

for (const [fault, code] of [
  [{ status: 500 }, 'UPSTREAM_UNAVAILABLE'],
  [{ status: 429 }, 'UPSTREAM_RATE_LIMITED'],
  [{ reset: 'before' }, 'UPSTREAM_UNAVAILABLE'],
  [{ delayMs: 10_000 }, 'UPSTREAM_TIMEOUT'],
  [{ stall: true }, 'UPSTREAM_INVALID_RESPONSE'],
  [{ truncated: 'connection' }, 'UPSTREAM_INVALID_RESPONSE'],
] as const) {
  test(`${JSON.stringify(fault)} that lasts is ${code} after as many attempts as are allowed`, async (t) => {
    const events = createEvents();
    const retries = recorded(events, 'cxone.retry');
    const slow = 'delayMs' in fault || 'stall' in fault;
    const { sandbox, gateway } = await tenant(t, {
      options: { attemptTimeoutMs: slow ? 300 : 10_000 },
      events,
    });
    sandbox.fault('list', fault, 100);
    await assert.rejects(manipulate(gateway), problem(code, { effect: 'none' }));
    assert.equal(count(sandbox, 'list'), 4);
    assert.equal(retries.length, 3);
  });
}

for (const fault of [
  { status: 400 },
  { status: 404 },
  { status: 422 },
  { html: true },
  { truncated: true },
] as const) {
  test(`${JSON.stringify(fault)} is not tried again`, async (t) => {
    const { sandbox, gateway } = await tenant(t);
    sandbox.fault('list', fault, 100);
    const code = 'status' in fault ? 'UPSTREAM_REJECTED' : 'UPSTREAM_INVALID_RESPONSE';
    await assert.rejects(manipulate(gateway), problem(code));
    assert.equal(count(sandbox, 'list'), 1);
  });
}

for (const [versions, reads] of [
  ['version', 1],
  ['none', 4],
] as const) {
  test(`a permanent 429 on the write ends as UPSTREAM_RATE_LIMITED, with nothing written (${versions})`, async (t) => {
    const { sandbox, gateway } = await tenant(t, { sandbox: { settings: { versions } } });
    sandbox.fault('write', { status: 429, headers: { 'retry-after': '0' } }, 100);
    const before = held(sandbox);
    const spending = budget();
    await assert.rejects(
      manipulate(gateway, NAME, at(1), spending),
      problem('UPSTREAM_RATE_LIMITED', { effect: 'none', retryAfterSeconds: 1 }),
    );
    assert.equal(spending.spent.attempts, 4);
    // Nothing was applied; but without a version, what was read before the pause may be out of date.
    assert.equal(count(sandbox, 'read'), reads);
    assert.deepEqual(held(sandbox), before);
  });
}

test('never tries again before the seconds that were named', async (t) => {
  const { sandbox, gateway } = await tenant(t);
  sandbox.fault('write', { status: 429, headers: { 'retry-after': '1' } });
  await manipulate(gateway);
  const [first = 0, second = 0] = times(sandbox, 'write');
  assert.ok(second - first >= 1000, `${second - first} ms`);
});

test('never tries again before the date that was named', async (t) => {
  const { sandbox, gateway } = await tenant(t);
  const named = Math.ceil(Date.now() / 1000 + 1) * 1000;
  sandbox.fault('write', { status: 503, headers: { 'retry-after': new Date(named).toUTCString() } });
  await manipulate(gateway);
  const [, second = 0] = times(sandbox, 'write');
  assert.ok(second >= named, `${second - named} ms after it`);
});

for (const [named, seconds] of [
  ['21', 21],
  ['3600', 3600],
  ['99999999999999999999', 2 ** 31 - 1],
] as const) {
  test(`fails at once when Retry-After: ${named} is beyond the deadline`, async (t) => {
    const { clock, pauses } = recordingClock();
    const { sandbox, gateway } = await tenant(t, { clock });
    sandbox.fault('list', { status: 429, headers: { 'retry-after': named } }, 9);
    await assert.rejects(
      manipulate(gateway),
      problem('UPSTREAM_RATE_LIMITED', { retryAfterSeconds: seconds, effect: 'none' }),
    );
    assert.deepEqual(pauses, []);
    assert.equal(count(sandbox, 'list'), 1);
  });
}

test('fails at once when the date in Retry-After is beyond the deadline', async (t) => {
  const { sandbox, gateway } = await tenant(t);
  const date = new Date(Date.now() + 100_000).toUTCString();
  sandbox.fault('list', { status: 503, headers: { 'retry-after': date } }, 9);
  await assert.rejects(manipulate(gateway), (error) => {
    const { code, retryAfterSeconds = 0 } = error as { code: string; retryAfterSeconds?: number };
    assert.equal(code, 'UPSTREAM_UNAVAILABLE');
    const left = (Date.parse(date) - Date.now()) / 1000;
    assert.ok(retryAfterSeconds >= Math.floor(left) && retryAfterSeconds <= 100, `${retryAfterSeconds} s`);
    return true;
  });
});

for (const named of [
  'soon',
  '-5',
  '1.5',
  '',
  'Wed, 31 Foo 2024 00:00:00 GMT',
  'Thu, 01 Jan 2015 00:00:00 GMT',
  '0',
]) {
  test(`tries again by its own pauses after Retry-After: "${named}"`, async (t) => {
    const { clock, pauses } = recordingClock();
    const { sandbox, gateway } = await tenant(t, { clock });
    sandbox.fault('list', { status: 429, headers: { 'retry-after': named } }, 2);
    await manipulate(gateway);
    assert.equal(count(sandbox, 'list'), 3);
    assert.ok(
      pauses.every((milliseconds) => milliseconds <= 200),
      String(pauses),
    );
  });
}

test('pauses grow with full jitter, and none lasts beyond the deadline', async (t) => {
  const pauses: number[] = [];
  const clock = {
    ...systemClock,
    random: () => 0.999,
    sleep: (milliseconds: number, signal?: AbortSignal) => {
      // The deadline's own timer is the long one.
      if (milliseconds < 1000) pauses.push(Math.round(milliseconds));
      return eagerClock.sleep(milliseconds < 1000 ? 0 : milliseconds, signal);
    },
  };
  const { sandbox, gateway } = await tenant(t, { clock, options: { maxAttempts: 5 } });
  sandbox.fault('list', { status: 503 }, 4);
  await manipulate(gateway);
  assert.deepEqual(pauses, [100, 200, 400, 799]);
});

test('no timer and no pause is set beyond the deadline', async (t) => {
  const { clock, pauses, timers } = recordingClock(systemClock);
  const { sandbox, gateway } = await tenant(t, { clock });
  for (const fault of [{ status: 503 }, { delayMs: 3000 }, { stall: true }, { reset: 'before' }] as const) {
    sandbox.fault('list', fault, 1000);
    const spending = budget(150);
    const started = performance.now();
    await assert.rejects(gateway.find(NAME, spending));
    assert.ok(spending.spent.upstreamMs <= performance.now() - started);
    sandbox.clearFaults();
  }
  const longest = Math.max(...pauses, ...timers);
  assert.ok(longest <= 150, `${longest} ms`);
});

test('a caller that goes away is not kept waiting for a pause to end', async (t) => {
  const { clock, pauses } = recordingClock({
    ...eagerClock,
    sleep: (_, signal) =>
      new Promise((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason as Error))),
  });
  const { sandbox, gateway } = await tenant(t, { clock });
  sandbox.fault('list', { status: 429, headers: { 'retry-after': '4' } }, 2);
  const leaving = new AbortController();
  const found = gateway.find(NAME, budget(5000, leaving.signal));
  while (pauses.length === 0) await new Promise(setImmediate);
  leaving.abort();
  await assert.rejects(found, problem('UPSTREAM_TIMEOUT', {}, /went away/u));
});
