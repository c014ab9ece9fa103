import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ActionRef } from '../../src/services/ports.ts';
import { at, budget, count, gatewayTo, held, optionsOf, problem, tenant, value } from './support.ts';

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

/** 20 callers, each of whom writes 25 values, one after the other, over all actions in turn. */
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

/** Somebody else who counts up a number beside ours, by read and conditional write, as any careful client does. */
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

test('a bulkhead that is full refuses at once, and who waits too long is told so', async (t) => {
  const { sandbox, gateway } = await tenant(t, { options: { maxConcurrent: 2 } });
  const action = await gateway.find('Overnight_Callback', budget());
  sandbox.fault('read', { delayMs: 900 }, 2);
  const started = performance.now();
  // Two run, sixteen wait, of whom one has no time for it, and twelve are refused.
  const codes = await Promise.all(
    Array.from({ length: 30 }, async (_, i) => {
      try {
        await gateway.read(action, budget(i === 17 ? 100 : 5000));
        return { code: 'read', afterMs: 900 };
      } catch (error) {
        problem('OVERLOADED', { status: 503, retryAfterSeconds: 1, effect: 'none' })(error);
        return { code: 'OVERLOADED', afterMs: performance.now() - started };
      }
    }),
  );
  assert.deepEqual(
    codes.map(({ code }) => code),
    [...Array<string>(17).fill('read'), ...Array<string>(13).fill('OVERLOADED')],
  );
  const waited = codes[17]?.afterMs ?? 0;
  assert.ok(waited >= 100 && waited < 800);
  for (const { afterMs } of codes.slice(18)) assert.ok(afterMs < 500);
  assert.equal(count(sandbox, 'read'), 17);
});
