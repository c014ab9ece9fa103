import assert from 'node:assert/strict';
import type { RequestListener } from 'node:http';
import { test } from 'node:test';
import { LIMITS } from '../../src/cxone/options.ts';
import {
  at,
  budget,
  count,
  manipulate,
  NAME,
  problem,
  reply,
  scriptedTenant,
  tenant,
  value,
} from './support.ts';

const MIB = 1024 * 1024;

/** The most that was resident above the start while `work` ran. */
const growth = async (work: () => Promise<unknown>): Promise<number> => {
  const start = process.memoryUsage.rss();
  let most = start;
  const timer = setInterval(() => (most = Math.max(most, process.memoryUsage.rss())), 5);
  await work();
  clearInterval(timer);
  return Math.max(most, process.memoryUsage.rss()) - start;
};

for (const [what, fault] of [
  ['10 GB', { bytes: 10 * 1024 ** 3 }],
  ['an endless answer', { endless: true }],
] as const) {
  for (const endpoint of ['token', 'list', 'read'] as const) {
    test(`${what} from ${endpoint} takes bounded memory and is no answer`, async (t) => {
      const { sandbox, gateway } = await tenant(t);
      sandbox.fault(endpoint, fault, 100);
      const grown = await growth(() =>
        assert.rejects(
          manipulate(gateway),
          problem(
            'UPSTREAM_INVALID_RESPONSE',
            { effect: 'none' },
            new RegExp(`${LIMITS.responseBytes} bytes`, 'u'),
          ),
        ),
      );
      assert.ok(grown < 80 * MIB, `${Math.round(grown / MIB)} MiB`);
      assert.equal(count(sandbox, endpoint), 1);
    });
  }
}

test('an endless answer to a write is settled by reading', async (t) => {
  const { sandbox, gateway } = await tenant(t);
  sandbox.fault('write', { endless: true });
  await assert.rejects(manipulate(gateway), problem('UPSTREAM_INVALID_RESPONSE', { effect: 'none' }));
  assert.equal(count(sandbox, 'read'), 2);
});

test('an endless answer that only drips is cut off by the time of an attempt', async (t) => {
  let asked = 0;
  const drip: RequestListener = (_request, response) => {
    asked += 1;
    response.writeHead(200, { 'content-type': 'application/json' });
    const timer = setInterval(() => response.write(' '), 10);
    response.on('close', () => clearInterval(timer));
  };
  const gateway = await scriptedTenant(t, drip, { attemptTimeoutMs: 400, maxAttempts: 2 });
  await assert.rejects(
    gateway.find(NAME, budget()),
    problem('UPSTREAM_INVALID_RESPONSE', {}, /did not finish/u),
  );
  assert.equal(asked, 2);
});

for (const [status, code] of [
  [200, 'UPSTREAM_INVALID_RESPONSE'],
  [403, 'UPSTREAM_UNAUTHORIZED'],
  [500, 'UPSTREAM_UNAVAILABLE'],
  [503, 'UPSTREAM_UNAVAILABLE'],
] as const) {
  test(`an HTML page with ${status} is not taken for an answer`, async (t) => {
    const { sandbox, gateway } = await tenant(t);
    sandbox.fault('list', { html: true, status }, 100);
    await assert.rejects(manipulate(gateway), problem(code, {}, /HTML/u));
  });
}

test('a huge body of an error is not kept either', async (t) => {
  const gateway = await scriptedTenant(t, (_request, response) => {
    response.writeHead(400);
    const block = Buffer.alloc(64 * 1024, 'x');
    const more = (): void => {
      while (!response.destroyed && response.write(block));
      response.once('drain', more);
    };
    more();
  });
  await assert.rejects(gateway.find(NAME, budget()), (error) => {
    problem('UPSTREAM_REJECTED')(error);
    return (error as Error).message.length < 1000;
  });
});

for (const [what, body] of [
  ['another action', { id: 'someone-else', name: NAME, configuration: {} }],
  ['no action', { message: 'hello' }],
  ['a list', []],
  ['nothing', ''],
] as const) {
  test(`a read that answers ${what} is not written back`, async (t) => {
    const { sandbox, gateway } = await tenant(t);
    sandbox.fault('read', { status: 200, body: typeof body === 'string' ? body : JSON.stringify(body) }, 100);
    await assert.rejects(manipulate(gateway), problem('UPSTREAM_INVALID_RESPONSE', { effect: 'none' }));
    assert.equal(count(sandbox, 'write'), 0);
  });
}

test('a 2xx to a write is a write, whatever its body says', async (t) => {
  for (const body of ['', '{}', '[]', '{"id":"x"}']) {
    const writes: string[] = [];
    const gateway = await scriptedTenant(t, (request, response) => {
      const action = { id: '1', name: NAME, version: 1 + writes.length, enabled: true };
      if (request.method === 'PUT') {
        let written = '';
        request.on('data', (chunk: Buffer) => (written += chunk.toString()));
        request.on('end', () => {
          writes.push(written);
          reply(response, 200, body);
        });
        return;
      }
      reply(response, 200, request.url?.includes('?') ? { entities: [action], total: 1 } : action);
    });
    await manipulate(gateway, NAME, at(1));
    await manipulate(gateway, NAME, at(2));
    assert.deepEqual(
      writes.map((write) => JSON.parse(write) as unknown),
      [1, 2].map((n) => ({
        id: '1',
        name: NAME,
        version: n,
        enabled: true,
        configuration: { dateProcessing: value(at(n)) },
      })),
    );
  }
});
