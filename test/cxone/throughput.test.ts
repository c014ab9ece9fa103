import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRandom } from '../support/random.ts';
import { json, refuse, type SimulatedTenant, simulate, TOKEN } from './simulation.ts';
import { value } from './support.ts';

interface Measured {
  requests: number;
  limited: number;
  elapsedMs: number;
}

/** A tenant that allows so many requests a second and a burst, and says 429 with whole seconds to the rest. */
const limitedTenant = (perSecond: number, burst: number, versioned: boolean, now: () => number) => {
  const actions = new Map<string, { version: number; writes: number }>();
  const measured: Measured = { requests: 0, limited: 0, elapsedMs: 0 };
  let tokens = burst;
  let refilled = now();
  const answer = async ({ method, path, body }: Parameters<SimulatedTenant>[0]) => {
    measured.requests += 1;
    tokens = Math.min(burst, tokens + ((now() - refilled) * perSecond) / 1000);
    refilled = now();
    if (tokens < 1) {
      measured.limited += 1;
      throw refuse(429, 1000);
    }
    tokens -= 1;
    const id = path.split('/').at(-1) ?? '';
    const action = actions.get(id) ?? { version: 1, writes: 0 };
    actions.set(id, action);
    if (method === 'PUT') {
      action.version += 1;
      action.writes += 1;
    }
    const configuration =
      method === 'PUT' ? (JSON.parse(body ?? '') as { configuration: unknown }).configuration : {};
    return json({ id, name: id, configuration, ...(versioned && { version: action.version }) });
  };
  return { actions, measured, answer };
};

const ITEMS = 1000;
const PER_SECOND = 100;
const BURST = 20;

for (const { ratePerSecond, actions = ITEMS, versioned = false } of [
  { ratePerSecond: 100 },
  { ratePerSecond: 100, actions: 60, versioned: true },
  // The tenant's limit has to be found out.
  { ratePerSecond: 120 },
  { ratePerSecond: 200 },
  { ratePerSecond: 1000 },
]) {
  const what = `${ITEMS} items to ${actions} ${versioned ? 'versioned ' : ''}actions`;
  test(`${what} at up to ${ratePerSecond}/s through a tenant that allows ${PER_SECOND}/s`, async (t) => {
    const simulation = simulate(t, { stepMs: 1 });
    const { clock } = simulation;
    const random = createRandom(7).next;
    const tenant = limitedTenant(PER_SECOND, BURST, versioned, () => clock.now());
    const gateway = simulation.gateway({ ratePerSecond, deadlineMs: 60_000 }, async (request, signal) => {
      if (request.endpoint === 'token') return TOKEN;
      // On the way there and back, each for a time of its own.
      await clock.sleep(5 + random() * 20, signal);
      const answer = await tenant.answer(request);
      await clock.sleep(5 + random() * 20, signal);
      return answer;
    });

    let next = 0;
    let done = 0;
    const worker = async (): Promise<void> => {
      while (next < ITEMS) {
        const id = `action-${next++ % actions}`;
        await gateway.update({ id, name: id }, value(), simulation.budget(60_000));
        done += 1;
      }
    };
    const started = clock.now();
    const all = Promise.all(Array.from({ length: 32 }, worker));
    while (done < ITEMS && clock.now() - started < 120_000) await simulation.pass(10);
    await all;
    const elapsedMs = clock.now() - started;

    const { requests, limited } = tenant.measured;
    const idealMs = ((requests - limited - BURST) * 1000) / PER_SECOND;
    t.diagnostic(
      `${requests} requests, ${limited} answered 429 (${((100 * limited) / requests).toFixed(2)} %), ` +
        `${(elapsedMs / 1000).toFixed(2)} s, ${(elapsedMs / idealMs).toFixed(3)} of the ideal time`,
    );
    const writes = Array.from(tenant.actions.values(), (action) => action.writes);
    assert.equal(
      writes.reduce((sum, each) => sum + each, 0),
      ITEMS,
    );
    assert.ok(limited < requests * 0.01);
    assert.ok(elapsedMs <= idealMs * 1.1);
  });
}
