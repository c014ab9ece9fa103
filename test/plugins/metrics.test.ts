import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EXAMPLE, startService } from '../support/service.ts';

test('a webhook on its way is in the very next scrape', async (t) => {
  const service = await startService(t);
  const oldest = async () => {
    const { body } = await service.get<string>('/metrics');
    return Number(/^webhook_outbox_oldest_seconds (\S+)$/m.exec(body)?.[1]);
  };
  assert.equal(await oldest(), 0);
  service.sandbox.fault('webhook', { status: 503, delayMs: 20 });
  const { body } = await service.post('/manipulations', EXAMPLE);
  assert.equal(body.webhook?.status, 'pending');
  assert.ok((await oldest()) > 0);
});
