import assert from 'node:assert/strict';
import { test } from 'node:test';
import { client, handClock, postToken, start } from './support.ts';

test('answers 429 with Retry-After when the bucket is empty', async (t) => {
  const sandbox = await start(t, {
    clock: handClock(),
    settings: { rateLimit: { perSecond: 0.1, burst: 5 } },
  });
  const tenant = await client(sandbox);
  const answers = await Promise.all(Array.from({ length: 8 }, () => tenant.call('GET', '')));
  const limited = answers.filter(({ status }) => status === 429);
  assert.equal(limited.length, 3);
  for (const { headers } of limited) {
    assert.equal(headers.get('retry-after'), '10');
  }
  assert.equal((await postToken(sandbox)).status, 200, 'tokens are not limited');
});

test('Retry-After as an HTTP date, never before there is a token, or not at all', async (t) => {
  const rate = { perSecond: 0.1, burst: 1 };
  const clock = handClock();
  const sandbox = await start(t, { clock, settings: { rateLimit: { ...rate, retryAfter: 'date' } } });
  const tenant = await client(sandbox);
  await tenant.call('GET', '');
  const at = Date.parse((await tenant.call('GET', '')).headers.get('retry-after') ?? '');
  assert.equal(at, clock.now() + 10_000);
  sandbox.configure({ rateLimit: { ...rate, retryAfter: 'none' } });
  const bare = await tenant.call('GET', '');
  assert.deepEqual([bare.status, bare.headers.get('retry-after')], [429, null]);
});

test('an adaptive tenant slows down with every 429', async (t) => {
  const rateLimit = { perSecond: 0.5, burst: 1, adaptive: true };
  const sandbox = await start(t, { clock: handClock(), settings: { rateLimit } });
  const tenant = await client(sandbox);
  await tenant.call('GET', '');
  const waits = [];
  for (let i = 0; i < 3; i++) {
    waits.push(Number((await tenant.call('GET', '')).headers.get('retry-after')));
  }
  const [first = NaN, second = NaN, third = NaN] = waits;
  assert.ok(first < second && second < third, waits.join());
});
