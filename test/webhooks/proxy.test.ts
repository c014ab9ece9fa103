import assert from 'node:assert/strict';
import { test } from 'node:test';
import { httpsReceiver, notification, start, tunnelTo } from './support.ts';

const NAME = 'hooks.example.com';

test('with an egress proxy every delivery is a tunnel through it, and what is refused never gets there', async (t) => {
  const received: (string | undefined)[] = [];
  const { port, ca } = await httpsReceiver(t, NAME, (request, response) => {
    received.push(request.headers.host);
    response.writeHead(204).end();
  });
  const tunnels: [target: string | undefined, credentials: string | undefined][] = [];
  const proxyUrl = await tunnelTo(t, port, tunnels);
  const lookup = () => assert.fail('the proxy resolves');
  const { webhooks } = start(t, { ca, lookup, proxyUrl });
  await webhooks.acceptResolved(`https://${NAME}/hook`);
  assert.deepEqual(await webhooks.deliver(notification(`https://${NAME}/hook`)), { outcome: 'delivered' });
  assert.deepEqual(tunnels, [[`${NAME}:443`, `Basic ${btoa('egress:s3cret')}`]]);
  assert.deepEqual(received, [NAME]);

  for (const url of ['https://127.0.0.1/', 'https://localhost/', 'https://169.254.169.254/']) {
    await assert.rejects(webhooks.acceptResolved(url), { code: 'WEBHOOK_URL_REFUSED' });
    assert.equal((await webhooks.deliver(notification(url))).outcome, 'failed');
  }
  assert.equal(tunnels.length, 1);
});
