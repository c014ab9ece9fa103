import assert from 'node:assert/strict';
import type { LookupFunction } from 'node:net';
import { test } from 'node:test';
import { AddressRefused, guardedConnector } from '../../src/webhooks/connector.ts';
import { createUrlRules } from '../../src/webhooks/url-rules.ts';
import { httpsReceiver, notification, receiver, resolver, start } from './support.ts';

const NAME = 'hooks.example.com';

test('delivers over https to an internal receiver that is named, checking its certificate', async (t) => {
  const { port, ca } = await httpsReceiver(t, NAME, (_request, response) => response.writeHead(204).end());
  const { lookup, asked } = resolver('127.0.0.1');
  const trusting = start(t, { allowedHosts: [NAME], lookup, ca });
  const url = `https://${NAME}:${port}/`;
  assert.deepEqual(await trusting.webhooks.deliver(notification(url)), { outcome: 'delivered' });
  assert.deepEqual(asked, [NAME]);

  const doubting = start(t, { allowedHosts: [NAME], lookup });
  const untrusted = await doubting.webhooks.deliver(notification(url));
  assert.match(untrusted.outcome === 'failed' ? untrusted.detail : '', /DEPTH_ZERO_SELF_SIGNED_CERT/);
  const other = start(t, { allowedHosts: ['other.example.com'], lookup, ca });
  const misnamed = await other.webhooks.deliver(notification(`https://other.example.com:${port}/`));
  assert.match(misnamed.outcome === 'failed' ? misnamed.detail : '', /ERR_TLS_CERT_ALTNAME_INVALID/);
});

const INTERNAL = [
  ['127.0.0.1'],
  ['10.0.0.1'],
  ['169.254.169.254'],
  ['168.63.129.16'],
  ['0.0.0.0'],
  ['::1'],
  ['::'],
  ['::7f00:1'],
  ['::ffff:127.0.0.1'],
  ['64:ff9b::7f00:1'],
  ['2002:7f00:1::'],
  ['fe80::1'],
  ['8.8.8.8', '127.0.0.1'],
  ['2606:4700:4700::1111', 'fd12::1'],
];

test('a name that leads to an address which is not public is refused, but not for good', async (t) => {
  let hits = 0;
  const { port, ca } = await httpsReceiver(t, NAME, (_request, response) => {
    hits += 1;
    response.end();
  });
  for (const addresses of INTERNAL) {
    for (const allowedHosts of [[], ['*.example.com']]) {
      const { webhooks, outcomes } = start(t, { allowedHosts, ca, ...resolver(...addresses) });
      webhooks.accept(`https://${NAME}:${port}/`);
      const result = await webhooks.deliver(notification(`https://${NAME}:${port}/`));
      assert.equal(result.outcome === 'failed' && result.final, false, addresses.join());
      assert.match(result.outcome === 'failed' ? result.detail : '', /leads to .*, which is not public/);
      assert.deepEqual(outcomes, ['refused']);
    }
  }
  assert.equal(hits, 0);
});

test('a named host may lead into the network, but never to metadata', async (t) => {
  for (const address of ['169.254.169.254', '168.63.129.16', '0.0.0.0', 'fd00:ec2::254']) {
    const { webhooks, outcomes } = start(t, { allowedHosts: [NAME], ...resolver(address) });
    const result = await webhooks.deliver(notification(`https://${NAME}/`));
    assert.match(result.outcome === 'failed' ? result.detail : '', /which is not public/);
    assert.deepEqual(outcomes, ['refused']);
  }
});

test('http is refused when a named host leads out of the network', async (t) => {
  const { webhooks, outcomes } = start(t, { allowedHosts: [NAME], ...resolver('8.8.8.8') });
  const result = await webhooks.deliver(notification(`http://${NAME}/`));
  assert.match(result.outcome === 'failed' ? result.detail : '', /not in an internal network/);
  assert.deepEqual(outcomes, ['refused']);
});

test('a literal address is never looked up, and checked all the same', async (t) => {
  let hits = 0;
  const port = await receiver(t, (_request, response) => {
    hits += 1;
    response.end();
  });
  const { lookup, asked } = resolver('8.8.8.8');
  const named = start(t, { allowedHosts: ['127.0.0.1'], lookup });
  assert.deepEqual(await named.webhooks.deliver(notification(`http://2130706433:${port}/`)), {
    outcome: 'delivered',
  });
  assert.deepEqual([hits, asked], [1, []]);
});

test('a literal address is refused by the connector itself, not only by the URL’s check', async () => {
  const connect = guardedConnector(createUrlRules([]), { timeoutMs: 1000 });
  for (const hostname of ['127.0.0.1', '169.254.169.254', '[::1]', '::1', '::ffff:7f00:1']) {
    const refused = Promise.withResolvers<Error | null>();
    connect({ hostname, protocol: 'https:', port: '' }, (error, _socket) => refused.resolve(error));
    assert.ok((await refused.promise) instanceof AddressRefused, hostname);
  }
});

test('the connected peer counts, whatever the lookup said', async (t) => {
  let hits = 0;
  const { port, ca } = await httpsReceiver(t, NAME, (_request, response) => {
    hits += 1;
    response.end();
  });
  // Public when it is checked, this machine when it is connected to.
  let reads = 0;
  const fickle = {
    family: 4,
    get address() {
      reads += 1;
      return reads === 1 ? '8.8.8.8' : '127.0.0.1';
    },
  };
  const lookup: LookupFunction = (_name, _options, callback) => callback(null, [fickle]);
  const { webhooks, outcomes } = start(t, { ca, lookup });
  const result = await webhooks.deliver(notification(`https://${NAME}:${port}/`));
  assert.match(
    result.outcome === 'failed' ? result.detail : '',
    /leads to 127\.0\.0\.1, which is not public/,
  );
  assert.deepEqual([outcomes, hits], [['refused'], 0]);
  assert.ok(reads > 1);
});
