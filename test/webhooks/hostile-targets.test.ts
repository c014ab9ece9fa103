import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer, type LookupFunction } from 'node:net';
import { type TestContext, test } from 'node:test';
import { HOSTILE_NAMES, hostileUrls, type Resolution } from '../attack/webhook-targets.ts';
import { notification, start } from './support.ts';

/** Counts connections, and answers nothing. */
async function sentinel(t: TestContext) {
  let connections = 0;
  const server = createServer((socket) => {
    connections += 1;
    socket.destroy();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  return { port: (server.address() as AddressInfo).port, connections: () => connections };
}

test('about 500 URLs that lead inside are refused, and nothing is connected to', async (t) => {
  const { port, connections } = await sentinel(t);
  const urls = hostileUrls(port);
  assert.ok(urls.length >= 500, String(urls.length));
  for (const allowedHosts of [[], ['*.example.com']]) {
    const { webhooks } = start(t, {
      allowedHosts,
      // Names among them, such as 127.0.0.1%2e.example.com, lead inside too.
      lookup: (_host, _options, callback) => callback(null, [{ address: '127.0.0.1', family: 4 }]),
    });
    for (const url of urls) {
      assert.equal((await webhooks.deliver(notification(url))).outcome, 'failed', url);
    }
  }
  assert.equal(connections(), 0);
});

test('whatever a resolver answers or throws is a failed try, and nothing is connected to', async (t) => {
  const { port, connections } = await sentinel(t);
  assert.ok(HOSTILE_NAMES.length >= 40);
  for (const [index, answers] of HOSTILE_NAMES.entries()) {
    let asked = 0;
    const lookup = ((_host: string, _options: unknown, callback: (...result: unknown[]) => void) => {
      const answer: Resolution = answers[Math.min(asked, 1)];
      asked += 1;
      if (answer === 'throw') throw new Error('the resolver is broken');
      if (answer === 'error') callback(Object.assign(new Error('no name'), { code: 'ENOTFOUND' }));
      else callback(null, answer);
    }) as unknown as LookupFunction;
    const { webhooks } = start(t, { lookup, timeoutMs: 2_000 });
    const url = `https://rebind-${index}.example.com:${port}/`;
    await webhooks.acceptResolved(url).catch((error: unknown) => {
      assert.equal((error as { code: string }).code, 'WEBHOOK_URL_REFUSED');
    });
    asked = 0;
    for (let n = 0; n < 2; n += 1) {
      const result = await webhooks.deliver(notification(url));
      assert.equal(result.outcome, 'failed', `${index}: ${JSON.stringify(answers)}`);
    }
  }
  assert.equal(connections(), 0);
});

test('a name that leads inside is refused at the door; one that is not found is left to the delivery', async (t) => {
  const names: Record<string, string[]> = {
    '10.0.0.1.nip.io': ['10.0.0.1'],
    'mixed.example.com': ['8.8.8.8', '127.0.0.1'],
    'public.example.com': ['8.8.8.8'],
    'unknown.example.com': [],
  };
  const { webhooks } = start(t, {
    lookup: (host, _options, callback) =>
      callback(
        null,
        (names[host] ?? []).map((address) => ({ address, family: 4 })),
      ),
  });
  const refused = { code: 'WEBHOOK_URL_REFUSED' };
  await assert.rejects(webhooks.acceptResolved('https://10.0.0.1.nip.io/'), {
    ...refused,
    message: /10\.0\.0\.1\.nip\.io leads to 10\.0\.0\.1, which is not public/,
  });
  await assert.rejects(webhooks.acceptResolved('https://mixed.example.com/'), refused);
  await assert.rejects(webhooks.acceptResolved('https://localhost./'), refused);
  await assert.rejects(webhooks.acceptResolved('https://127.0.0.1../'), refused);
  await webhooks.acceptResolved('https://public.example.com/');
  await webhooks.acceptResolved('https://unknown.example.com/');
});
