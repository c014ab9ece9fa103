import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request } from 'node:http';
import { test } from 'node:test';
import { actionOf, client, pathOf, start } from './support.ts';

test('a status is answered as often as ordered, in order, and nothing is done', async (t) => {
  const sandbox = await start(t);
  const tenant = await client(sandbox);
  const action = actionOf(sandbox);
  sandbox.fault('write', { status: 503, body: { message: 'busy' }, headers: { 'retry-after': '7' } }, 2);
  sandbox.fault('write', { status: 500, body: 'oops' });
  const changed = { ...action, enabled: !action.enabled };
  const answers = [];
  for (let i = 0; i < 4; i++) answers.push(await tenant.call('PUT', pathOf(action), changed));
  assert.deepEqual(
    answers.map(({ status }) => status),
    [503, 503, 500, 200],
  );
  assert.equal(answers[0]?.headers.get('retry-after'), '7');
  assert.equal(await answers[2]?.text(), 'oops');
  assert.deepEqual(
    sandbox.requests.filter(({ endpoint }) => endpoint === 'write').map(({ applied }) => applied),
    [false, false, false, true],
  );
  assert.equal((await tenant.call('GET', pathOf(action))).status, 200);
});

test('a reset before leaves the action alone, a reset after has changed it', async (t) => {
  const sandbox = await start(t);
  const tenant = await client(sandbox);
  const action = actionOf(sandbox);
  const changed = { ...action, enabled: !action.enabled };
  sandbox.fault('write', { reset: 'before' });
  await assert.rejects(tenant.call('PUT', pathOf(action), changed));
  assert.deepEqual(actionOf(sandbox), action);
  sandbox.fault('write', { reset: 'after' });
  await assert.rejects(tenant.call('PUT', pathOf(action), changed));
  assert.deepEqual(actionOf(sandbox), changed);
  assert.deepEqual(
    sandbox.requests.slice(-2).map(({ status, applied }) => [status, applied]),
    [
      [null, false],
      [null, true],
    ],
  );
});

test('half an answer: well framed, cut off, or never continued', async (t) => {
  const sandbox = await start(t);
  const tenant = await client(sandbox);
  const path = pathOf(actionOf(sandbox));
  const whole = await (await tenant.call('GET', path)).text();
  sandbox.fault('read', { truncated: true });
  const half = await (await tenant.call('GET', path)).text();
  assert.ok(whole.startsWith(half) && half.length < whole.length && half.length > 0);
  sandbox.fault('read', { truncated: 'connection' });
  const cut = await tenant.call('GET', path);
  assert.equal(cut.status, 200);
  await assert.rejects(cut.text());
  sandbox.fault('read', { stall: true });
  const reader = (await tenant.call('GET', path)).body?.getReader();
  assert.equal(Buffer.from((await reader?.read())?.value ?? []).toString(), half);
  await reader?.cancel();
});

test('HTML instead of JSON, and bodies that are far too long', async (t) => {
  const sandbox = await start(t);
  const tenant = await client(sandbox);
  sandbox.fault('list', { html: true });
  const page = await tenant.call('GET', '');
  assert.equal(page.status, 200);
  assert.match(await page.text(), /^<!DOCTYPE html>/);
  sandbox.fault('list', { html: true, status: 502 });
  assert.equal((await tenant.call('GET', '')).status, 502);
  sandbox.fault('list', { bytes: 1_000_000 });
  assert.equal((await (await tenant.call('GET', '')).text()).length, 1_000_000);
  sandbox.fault('list', { endless: true });
  const endless = (await tenant.call('GET', '')).body?.getReader();
  let bytes = 0;
  while (bytes < 5_000_000) {
    const block = (await endless?.read())?.value as Uint8Array | undefined;
    assert.ok(block !== undefined);
    bytes += block.length;
  }
  await endless?.cancel();
});

test('a late answer is carried out even when its client has gone', async (t) => {
  const sandbox = await start(t);
  const tenant = await client(sandbox);
  const action = actionOf(sandbox);
  const changed = { ...action, enabled: !action.enabled };
  const begin = performance.now();
  sandbox.fault('write', { delayMs: 30 });
  assert.equal((await tenant.call('PUT', pathOf(action), action)).status, 200);
  assert.ok(performance.now() - begin >= 29);

  sandbox.fault('write', { delayMs: 60_000, when: 'after' });
  const late = request(`${sandbox.url}/api/v2/dataactions${pathOf(action)}`, {
    method: 'PUT',
    headers: {
      ...(sandbox.requests.at(-1)?.headers ?? {}),
      'content-length': Buffer.byteLength(JSON.stringify(changed)),
    },
  });
  late.end(JSON.stringify(changed));
  while (!sandbox.requests.at(-1)?.applied || actionOf(sandbox).enabled === action.enabled) {
    await new Promise((resolve) => setImmediate(resolve));
  }
  assert.equal(sandbox.requests.at(-1)?.status, null);
  const hungUp = once(late, 'error');
  late.destroy();
  await hungUp;
  assert.deepEqual(actionOf(sandbox), changed);
});

test('faults on one endpoint leave the others alone, and can be taken back', async (t) => {
  const sandbox = await start(t);
  const tenant = await client(sandbox);
  const path = pathOf(actionOf(sandbox));
  sandbox.fault('list', { status: 500 }, Infinity);
  assert.equal((await tenant.call('GET', '')).status, 500);
  assert.equal((await tenant.call('GET', path)).status, 200);
  assert.equal((await tenant.call('GET', '')).status, 500);
  sandbox.clearFaults('list');
  assert.equal((await tenant.call('GET', '')).status, 200);
  assert.throws(() => sandbox.fault('list', { reset: 'sometimes' } as never), TypeError);
  assert.throws(() => sandbox.fault('lists' as never, { status: 500 }), TypeError);
});
