import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createEvents } from '../../src/services/events.ts';
import type { Clock } from '../../src/services/ports.ts';
import {
  at,
  budget,
  count,
  eagerClock,
  gatewayTo,
  isToken,
  manipulate,
  NAME,
  problem,
  recorded,
  reply,
  server,
  tenant,
} from './support.ts';

/** A clock that a test moves ahead by hand. */
const movable = (): Clock & { ahead: number } => {
  const clock = {
    ...eagerClock,
    ahead: 0,
    monotonic: () => eagerClock.monotonic() + clock.ahead,
  };
  return clock;
};

test('50 callers at a cold start cause one token request', async (t) => {
  const { sandbox, gateway } = await tenant(t);
  const shifts = Array.from({ length: 50 }, (_, i) => `Shift_Window_Date_${String(i + 1).padStart(2, '0')}`);
  await Promise.all(shifts.map((name) => manipulate(gateway, name)));
  assert.equal(count(sandbox, 'token'), 1);
  assert.equal(count(sandbox, 'write'), 50);
});

test('200 manipulations while the token expires cause one token request', async (t) => {
  const { sandbox, gateway } = await tenant(t, { sandbox: { extraActions: 200 } });
  await manipulate(gateway);
  sandbox.revokeTokens();
  sandbox.fault('token', { delayMs: 50 });
  const names = Array.from({ length: 200 }, (_, i) => `Bulk_${String(i + 1).padStart(4, '0')}`);
  await Promise.all(names.map((name) => manipulate(gateway, name)));
  assert.equal(count(sandbox, 'token'), 2);
  assert.equal(sandbox.requests.filter((request) => request.applied).length, 201);
});

test('a late 401 of an old token does not drop the new one', async (t) => {
  const { sandbox, gateway } = await tenant(t);
  await manipulate(gateway);
  sandbox.revokeTokens();
  // The first request learns that the token is bad long after the second one has renewed it.
  sandbox.fault('read', { delayMs: 150, when: 'after' });
  await Promise.all([manipulate(gateway), manipulate(gateway, 'Overnight_Callback')]);
  assert.equal(count(sandbox, 'token'), 2);
});

test('a persistent 401 ends after one refresh', async (t) => {
  const { sandbox, gateway } = await tenant(t);
  await manipulate(gateway);
  sandbox.fault('read', { status: 401 }, 1000);
  await assert.rejects(
    manipulate(gateway),
    problem('UPSTREAM_UNAUTHORIZED', { effect: 'none' }, /dataactions:write dataactions:read.*CXONE_SCOPE/u),
  );
  assert.equal(count(sandbox, 'token'), 2);
  assert.equal(count(sandbox, 'read'), 3);
});

test('a 401 to a write is replayed once with a new token', async (t) => {
  const { sandbox, gateway } = await tenant(t);
  sandbox.fault('write', { status: 401 });
  const spending = budget();
  await manipulate(gateway, NAME, at(1), spending);
  assert.equal(spending.spent.attempts, 2);
  assert.equal(count(sandbox, 'token'), 2);
});

test('a rejected token request names what to check, and is not repeated', async (t) => {
  const { sandbox, gateway } = await tenant(t, { options: { clientSecret: 'wrong secret' } });
  await assert.rejects(
    gateway.find(NAME, budget()),
    problem('UPSTREAM_UNAUTHORIZED', {}, /invalid_client.*CXONE_CLIENT_SECRET.*dataactions:write/u),
  );
  assert.equal(count(sandbox, 'token'), 1);
  assert.equal(count(sandbox, 'list'), 0);
});

test('the token endpoint is retried like all others', async (t) => {
  const { sandbox, gateway } = await tenant(t);
  sandbox.fault('token', { status: 503 });
  sandbox.fault('token', { reset: 'before' });
  sandbox.fault('token', { status: 429, headers: { 'retry-after': '0' } });
  await manipulate(gateway);
  assert.equal(count(sandbox, 'token'), 4);
  sandbox.revokeTokens();
  sandbox.fault('token', { status: 429, headers: { 'retry-after': '60' } });
  await assert.rejects(manipulate(gateway), problem('UPSTREAM_RATE_LIMITED', { retryAfterSeconds: 60 }));
  assert.equal(count(sandbox, 'token'), 5);
});

for (const [body, wanted] of [
  [{ token_type: 'Bearer' }, 'UPSTREAM_INVALID_RESPONSE'],
  [{ access_token: 'two words', expires_in: 60 }, 'UPSTREAM_INVALID_RESPONSE'],
  [{ access_token: 42, expires_in: 60 }, 'UPSTREAM_INVALID_RESPONSE'],
  ['<html><title>Sign in</title></html>', 'UPSTREAM_INVALID_RESPONSE'],
  ['{"access_token":', 'UPSTREAM_INVALID_RESPONSE'],
] as const) {
  test(`a token answer ${JSON.stringify(body)} cannot be used`, async (t) => {
    let asked = 0;
    const url = await server(t, (_request, response) => {
      asked += 1;
      reply(response, 200, body);
    });
    const gateway = gatewayTo(t, { baseUrl: url, tokenUrl: `${url}/token` });
    await assert.rejects(gateway.find(NAME, budget()), problem(wanted));
    assert.equal(asked, 1);
  });
}

/** A tenant whose tokens last as the test says; counts the tokens. */
const tenantWithTokens = async (t: Parameters<typeof server>[0], expires_in: unknown) => {
  const counts = { tokens: 0, unauthorized: 0 };
  const url = await server(t, (request, response) => {
    if (isToken(request)) {
      counts.tokens += 1;
      reply(response, 200, { access_token: `token-${counts.tokens}`, token_type: 'Bearer', expires_in });
    } else {
      reply(response, 200, { entities: [{ id: '1', name: NAME }], total: 1 });
    }
  });
  const clock = movable();
  const events = createEvents();
  const refreshes = recorded(events, 'cxone.token_refresh');
  const gateway = gatewayTo(t, { baseUrl: url, tokenUrl: `${url}/token` }, { clock, events });
  let name = 0;
  /** One request to the API; each asks for a new name, so that no cache answers. */
  const ask = async (): Promise<void> => {
    name += 1;
    await gateway
      .find(`name ${name}`, budget(5000, undefined, clock))
      .then(() => assert.fail(), problem('ACTION_NOT_FOUND'));
  };
  return { counts, clock, ask, refreshes };
};

test('a token is renewed ahead of its end, in the background and once', async (t) => {
  const { counts, clock, ask, refreshes } = await tenantWithTokens(t, 1000);
  await ask();
  clock.ahead = 700_000;
  await ask();
  assert.equal(counts.tokens, 1);
  clock.ahead = 760_000; // with a random of 0, at three quarters of its life
  await Promise.all([ask(), ask(), ask()]);
  while (refreshes.length < 2) await eagerClock.sleep(1);
  assert.equal(counts.tokens, 2);
  clock.ahead = 1_400_000;
  await ask();
  assert.equal(counts.tokens, 2);
});

for (const [expiresIn, lifetimeS] of [
  [1000, 970],
  ['1000', 970],
  [10, 9],
  [undefined, 270],
  ['soon', 270],
  [null, 270],
  [1e12, 86_370],
] as const) {
  test(`a token with expires_in ${JSON.stringify(expiresIn)} is used for ${lifetimeS} s at most`, async (t) => {
    const { counts, clock, ask, refreshes } = await tenantWithTokens(t, expiresIn);
    await ask();
    clock.ahead = lifetimeS * 700;
    await ask();
    assert.equal(counts.tokens, 1);
    clock.ahead = lifetimeS * 1000 + 50;
    await ask();
    assert.equal(counts.tokens, 2);
    assert.deepEqual(refreshes, [{ outcome: 'ok' }, { outcome: 'ok' }]);
  });
}

for (const expiresIn of [0, -5, '0']) {
  test(`a token with expires_in ${JSON.stringify(expiresIn)} serves those who waited for it`, async (t) => {
    const { counts, ask } = await tenantWithTokens(t, expiresIn);
    await Promise.all([ask(), ask(), ask()]);
    assert.equal(counts.tokens, 1);
    await ask();
    assert.equal(counts.tokens, 2);
  });
}
