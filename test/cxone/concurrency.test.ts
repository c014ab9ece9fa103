import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import type { Problem } from '../../src/errors.ts';
import type { ActionRef } from '../../src/services/ports.ts';
import { json, simulate, TOKEN } from './simulation.ts';
import { at, budget, count, gatewayTo, held, optionsOf, tenant, value } from './support.ts';

const NAMES = [
  'Overnight_Callback',
  'Holiday_Calendar_Sync',
  'Contract_Renewal_Reminder',
  'Staging_Date_Processor',
  'Production_Date',
];

type Sandbox = Awaited<ReturnType<typeof tenant>>['sandbox'];
type Gateway = Awaited<ReturnType<typeof tenant>>['gateway'];

const others = (sandbox: Sandbox): unknown[] =>
  NAMES.map((name) => {
    const action = sandbox.actions.byName(name);
    const {
      dateProcessing: _ours,
      counter: _theirs,
      ...configuration
    } = (action?.['configuration'] ?? {}) as Record<string, unknown>;
    return { ...action, configuration };
  });

/** 20 callers, each writes 25 values, one after the other, over all actions in turn. */
const writeAll = async (gateways: Gateway[]): Promise<Map<string, string[]>> => {
  const written = new Map<string, string[]>(NAMES.map((name) => [name, []]));
  let n = 0;
  const caller = async (gateway: Gateway, first: number): Promise<void> => {
    for (let i = 0; i < 25; i += 1) {
      const name = NAMES[(first + i) % NAMES.length] ?? '';
      const computed = at((n += 1));
      const action = await gateway.find(name, budget(30_000));
      await gateway.update(action, value(computed), budget(30_000));
      written.get(name)?.push(computed);
    }
  };
  await Promise.all(
    Array.from({ length: 20 }, (_, i) => {
      const gateway = gateways[i % gateways.length];
      assert.ok(gateway);
      return caller(gateway, i);
    }),
  );
  return written;
};

for (const versions of ['none', 'etag', 'version'] as const) {
  test(`500 writes to 5 actions by 20 callers end with the last one (${versions})`, async (t) => {
    const { sandbox, gateway } = await tenant(t, { sandbox: { settings: { versions } } });
    const before = others(sandbox);
    const written = await writeAll([gateway]);
    assert.equal(sandbox.requests.filter(({ applied }) => applied).length, 500);
    for (const [name, values] of written) {
      assert.equal(values.length, 100);
      assert.deepEqual(held(sandbox, name), value(values.at(-1)));
    }
    assert.deepEqual(others(sandbox), before);
    if (versions !== 'none') assert.equal(count(sandbox, 'read'), NAMES.length, 'one read for each action');
  });
}

/** Another client that counts up a number beside ours, by read and conditional write, as any careful client does. */
const countUp = async (sandbox: Sandbox, versions: 'etag' | 'version', times: number): Promise<void> => {
  const form = {
    grant_type: 'client_credentials',
    client_id: sandbox.clientId,
    client_secret: sandbox.clientSecret,
  };
  const token = await fetch(`${sandbox.url}/api/v2/oauth2/token`, {
    method: 'POST',
    body: new URLSearchParams(form),
  });
  const { access_token } = (await token.json()) as { access_token: string };
  const headers = { authorization: `Bearer ${access_token}`, 'content-type': 'application/json' };
  await Promise.all(
    NAMES.map(async (name) => {
      const url = `${sandbox.url}/api/v2/dataactions/${sandbox.actions.byName(name)?.id}`;
      for (let done = 0; done < times;) {
        const read = await fetch(url, { headers });
        const action = (await read.json()) as { configuration: Record<string, unknown> };
        action.configuration['counter'] = Number(action.configuration['counter'] ?? 0) + 1;
        const condition = versions === 'etag' ? { 'if-match': read.headers.get('etag') ?? '' } : {};
        const written = await fetch(url, {
          method: 'PUT',
          headers: { ...headers, ...condition },
          body: JSON.stringify(action),
        });
        await written.text();
        if (written.ok) done += 1;
      }
    }),
  );
};

for (const versions of ['etag', 'version'] as const) {
  test(`no update is lost while others write to the same actions (${versions})`, async (t) => {
    const { sandbox, gateway } = await tenant(t, { sandbox: { settings: { versions } } });
    // Another instance of this service, which shares nothing with the first, and a stranger.
    const second = gatewayTo(t, optionsOf(sandbox));
    const before = others(sandbox);
    const [written] = await Promise.all([writeAll([gateway, second]), countUp(sandbox, versions, 20)]);
    for (const [name, values] of written) {
      const { counter, dateProcessing } = sandbox.actions.byName(name)?.['configuration'] as Record<
        string,
        unknown
      >;
      assert.equal(counter, 20);
      assert.equal(values.length, 100);
      const last = sandbox.requests.filter(
        ({ applied, path }) => applied && path.endsWith(sandbox.actions.byName(name)?.id ?? '-'),
      );
      const body = JSON.parse(last.at(-1)?.body ?? '{}') as { configuration: { dateProcessing: unknown } };
      assert.deepEqual(dateProcessing, body.configuration.dateProcessing);
    }
    assert.equal(sandbox.requests.filter(({ applied }) => applied).length, 500 + 5 * 20);
    assert.deepEqual(others(sandbox), before);
  });
}

for (const versions of ['none', 'etag'] as const) {
  test(`200 resets after applying have one effect each (${versions})`, async (t) => {
    const { sandbox, gateway } = await tenant(t, { sandbox: { extraActions: 200, settings: { versions } } });
    sandbox.fault('write', { reset: 'after' }, 200);
    const names = Array.from({ length: 200 }, (_, i) => `Bulk_${String(i + 1).padStart(4, '0')}`);
    const write = async (name: string, i: number): Promise<void> => {
      const spending = budget(30_000);
      const action: ActionRef = { id: sandbox.actions.byName(name)?.id ?? '', name };
      await gateway.update(action, value(at(i)), spending);
      assert.equal(spending.spent.attempts, 1);
    };
    const queue = [...names.entries()];
    const caller = async (): Promise<void> => {
      for (let next = queue.shift(); next; next = queue.shift()) await write(next[1], next[0]);
    };
    await Promise.all(Array.from({ length: 4 }, caller));
    assert.equal(sandbox.requests.filter(({ applied }) => applied).length, 200);
    for (const [i, name] of names.entries()) assert.deepEqual(held(sandbox, name), value(at(i)));
  });
}

/** Reads through two slots; each takes so long, in simulated time. */
const busyTenant = (t: TestContext, { tookMs = 100, maxConcurrent = 2 } = {}) => {
  const simulation = simulate(t, { stepMs: 5 });
  const gateway = simulation.gateway({ maxConcurrent, deadlineMs: 10_000 }, async ({ endpoint }) => {
    if (endpoint === 'token') return TOKEN;
    await simulation.clock.sleep(tookMs);
    return json({ id: '1', name: 'one', configuration: {} });
  });
  const started = simulation.clock.now();
  const ended: { caller: string; code: string; afterMs: number; retryAfterSeconds: number | undefined }[] =
    [];
  const read = (caller: string, milliseconds = 15_000): void => {
    const end = (code: string, retryAfterSeconds?: number) =>
      ended.push({ caller, code, afterMs: simulation.clock.now() - started, retryAfterSeconds });
    gateway.read({ id: '1', name: 'one' }, { ...simulation.budget(milliseconds), caller }).then(
      () => end('read'),
      (error: unknown) => end((error as Problem).code, (error as Problem).retryAfterSeconds),
    );
  };
  return { ...simulation, gateway, ended, read };
};

test('a bulkhead that is full refuses at once, and says when there is room', async (t) => {
  const { read, ended, pass, gateway } = busyTenant(t);
  for (let n = 0; n < 30; n += 1) read('one');
  await pass(5);
  assert.equal(gateway.gauges().bulkheadQueue, 16);
  assert.deepEqual(
    ended.map(({ code, afterMs }) => ({ code, afterMs })),
    Array.from({ length: 12 }, () => ({ code: 'OVERLOADED', afterMs: 0 })),
  );
  await pass(1500);
  assert.equal(ended.filter(({ code }) => code === 'read').length, 18);
});

test('a caller whose turn cannot come before its deadline is refused at once', async (t) => {
  const { read, ended, pass } = busyTenant(t, { tookMs: 2000 });
  read('one');
  await pass(2500);
  for (let n = 0; n < 8; n += 1) read('one');
  read('hasty', 3000);
  await pass(5);
  const hasty = ended.filter(({ caller }) => caller === 'hasty');
  // A caller of its own, it would come after one of the other's: 2 s until a slot is free, 2 s for the read.
  assert.deepEqual(
    hasty.map(({ code, afterMs, retryAfterSeconds = 0 }) => [code, afterMs <= 2505, retryAfterSeconds >= 3]),
    [['OVERLOADED', true, true]],
  );
});

test('a caller that sprays does not starve another, and loses its own latest instead', async (t) => {
  const { read, ended, pass } = busyTenant(t, { tookMs: 40 });
  let passed = 0;
  await pass(30_000, () => {
    if (passed % 500 === 0) read('victim');
    // Ten times of what two slots take.
    for (let n = 0; n < 5; n += 1) if (passed % 10 === 0) read('sprayer');
    passed += 5;
  });
  const victims = ended.filter(({ caller }) => caller === 'victim');
  assert.equal(victims.length, 60);
  assert.deepEqual(
    victims.filter(({ code }) => code !== 'read'),
    [],
  );
  const refused = ended.filter(({ code }) => code === 'OVERLOADED');
  assert.ok(refused.length > 5000, `${refused.length} refused`);
  for (const { retryAfterSeconds = 0 } of refused)
    assert.ok(retryAfterSeconds >= 1 && retryAfterSeconds <= 16);
});

test('an overload that lasts leaves no long queue behind', async (t) => {
  const { read, ended, pass, gateway } = busyTenant(t, { tookMs: 400, maxConcurrent: 8 });
  let passed = 0;
  await pass(30_000, () => {
    if (passed % 10 === 0) for (let n = 0; n < 2; n += 1) read('one');
    passed += 5;
  });
  assert.ok(gateway.gauges().bulkheadQueue <= 32);
  ended.length = 0;
  await pass(2000);
  assert.equal(gateway.gauges().bulkheadQueue, 0);
  assert.ok(ended.every(({ code }) => code === 'read'));
});
