import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import { Webhook } from 'standardwebhooks';
import type { RequestRecord } from '../../src/sandbox/index.ts';
import { actionOf, client, pathOf, postToken, start } from './support.ts';

test('the webhook receiver checks signatures and keeps what came', async (t) => {
  const sandbox = await start(t);
  const body = '{"type":"manipulation.completed"}';
  const deliver = async (headers: Record<string, string>) =>
    (await fetch(sandbox.webhookUrl, { method: 'POST', body, headers })).status;
  const now = new Date();
  const sign = (secret: string) => ({
    'webhook-id': 'msg_1',
    'webhook-timestamp': String(Math.floor(now.getTime() / 1000)),
    'webhook-signature': new Webhook(secret).sign('msg_1', now, body),
  });
  const right = sign(sandbox.webhookSecret);
  const wrong = sign(`whsec_${Buffer.from('another').toString('base64')}`);
  assert.equal(await deliver(right), 204);
  assert.equal(await deliver(wrong), 401);
  const both = `${wrong['webhook-signature']} ${right['webhook-signature']}`;
  assert.equal(await deliver({ ...right, 'webhook-signature': both }), 204);
  assert.equal(await deliver({}), 204);
  sandbox.fault('webhook', { status: 410 });
  assert.equal(await deliver(right), 410);
  assert.deepEqual(
    sandbox.webhooks.map(({ id, valid, status }) => [id, valid, status]),
    [
      ['msg_1', true, 204],
      ['msg_1', false, 401],
      ['msg_1', true, 204],
      [null, false, 204],
      ['msg_1', true, 410],
    ],
  );
  assert.equal(sandbox.webhooks[0]?.body, body);
});

test('another process can do over HTTP what this one can', async (t) => {
  const sandbox = await start(t);
  const tenant = await client(sandbox);
  const ask = async (method: string, command: string, body?: unknown) => {
    const init = { method, body: body === undefined ? null : JSON.stringify(body) };
    const answer = await fetch(`${sandbox.url}/_sandbox/${command}`, init);
    const text = await answer.text();
    return { status: answer.status, body: (text === '' ? undefined : JSON.parse(text)) as unknown };
  };
  const fault = { endpoint: 'list', fault: { status: 500 }, times: 'always' };
  assert.equal((await ask('POST', 'faults', fault)).status, 204);
  assert.equal((await tenant.call('GET', '')).status, 500);
  assert.equal((await tenant.call('GET', '')).status, 500);
  assert.equal((await ask('DELETE', 'faults?endpoint=list')).status, 204);
  assert.equal((await tenant.call('GET', '')).status, 200);

  const records = await ask('GET', 'requests?endpoint=list');
  assert.deepEqual(
    (records.body as RequestRecord[]).map(({ status }) => status),
    [500, 500, 200],
  );
  assert.deepEqual((await ask('GET', 'webhooks')).body, []);

  const action = actionOf(sandbox);
  const changed = { ...action, enabled: !action.enabled };
  assert.equal((await ask('PUT', 'actions', changed)).status, 204);
  const found = await ask('GET', `actions?name=${action.name}`);
  assert.deepEqual(found.body, [changed]);
  assert.equal((await ask('DELETE', `actions?id=${action.id}`)).status, 200);
  assert.equal((await tenant.call('GET', pathOf(action))).status, 404);

  assert.equal((await ask('POST', 'configure', { versions: 'etag' })).status, 200);
  assert.equal(sandbox.settings.versions, 'etag');
  const misspelt = await ask('POST', 'configure', { verions: 1 });
  assert.match((misspelt.body as { message: string }).message, /verions/);
  assert.equal((await ask('POST', 'faults', { endpoint: 'list', fault: { status: 'x' } })).status, 400);
  assert.equal((await ask('POST', 'faults', '{')).status, 400);
  assert.equal((await ask('GET', 'nothing')).status, 404);
  await ask('POST', 'revoke-tokens');
  assert.equal((await tenant.call('GET', '')).status, 401);
  await ask('POST', 'reset');
  assert.equal(sandbox.requests.length, 0);
  assert.equal(sandbox.settings.versions, 'none');
  assert.deepEqual(actionOf(sandbox), action);
});

test('records are bounded, and can be left out', async (t) => {
  const few = await start(t, { record: 3 });
  for (let i = 0; i < 20; i++) await postToken(few, { scope: `s${i}` });
  assert.ok(few.requests.length >= 3 && few.requests.length <= 6);
  assert.match(few.requests.at(-1)?.body ?? '', /scope=s19/);
  const none = await start(t, { record: false });
  await postToken(none);
  assert.equal(none.requests.length, 0);
});

test('runs alone, says where it is, and stops on SIGTERM', async (t) => {
  const child = spawn(process.execPath, ['src/sandbox/main.ts', '--rate-per-second', '5'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  t.after(() => child.kill('SIGKILL'));
  child.stdout.setEncoding('utf8');
  const [line] = (await once(child.stdout, 'data')) as [string];
  const url = /^Sandbox tenant at (http:\/\/127\.0\.0\.1:\d+): CXONE_BASE_URL='\1' .*\n$/.exec(line)?.[1];
  assert.ok(url !== undefined, line);
  assert.equal((await fetch(`${url}/.well-known/openid-configuration`)).status, 200);
  child.kill('SIGTERM');
  assert.deepEqual(await once(child, 'exit'), [0, null]);
});
