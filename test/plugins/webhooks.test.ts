import assert from 'node:assert/strict';
import { test } from 'node:test';
import Fastify from 'fastify';
import { startSandbox } from '../../src/sandbox/index.ts';
import { webhooks } from '../../src/plugins/webhooks.ts';
import { notification } from '../webhooks/support.ts';

test('app.webhooks delivers to the sandbox’s receiver, and is closed with the app', async (t) => {
  const sandbox = await startSandbox();
  t.after(() => sandbox.close());
  const app = Fastify();
  t.after(() => app.close());
  await app.register(webhooks, {
    secrets: [sandbox.webhookSecret],
    allowedHosts: [new URL(sandbox.url).host],
    clock: { now: () => Date.now() },
  });
  app.webhooks.accept(sandbox.webhookUrl);
  const message = notification(sandbox.webhookUrl);
  assert.deepEqual(await app.webhooks.deliver(message), { outcome: 'delivered' });
  const [delivery] = sandbox.webhooks;
  assert.deepEqual([delivery?.id, delivery?.valid, delivery?.body], [message.id, true, message.body]);
  await app.close();
  assert.equal((await app.webhooks.deliver(message)).outcome, 'failed');
  assert.equal(sandbox.webhooks.length, 1);
});

test('a secret that cannot be used stops the start', async (t) => {
  const app = Fastify();
  t.after(() => app.close());
  const options = {
    secrets: ['%'],
    allowedHosts: [],
    clock: { now: () => Date.now() },
  };
  await assert.rejects(
    async () => app.register(webhooks, options),
    /WEBHOOK_SECRET: secret 1 of 1 is not base64/,
  );
});
