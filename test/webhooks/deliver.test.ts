import assert from 'node:assert/strict';
import type { IncomingHttpHeaders } from 'node:http';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import type { AddressInfo } from 'node:net';
import { Webhook } from 'standardwebhooks';
import type { WebhooksOptions } from '../../src/plugins/webhooks.ts';
import { httpsReceiver, notification, receiver, start, tunnelTo } from './support.ts';

const SECRETS = ['the next secret of the receiver', 'the last secret of the receiver'].map(
  (secret) => `whsec_${Buffer.from(secret).toString('base64')}`,
);
const allowedHosts = ['127.0.0.1'];

test('delivers a signed body that the library verifies with each secret', async (t) => {
  const received: { headers: IncomingHttpHeaders; body: string; method?: string; url?: string }[] = [];
  const port = await receiver(t, (request, response) => {
    void text(request).then((body) => {
      const { headers, method = '', url = '' } = request;
      received.push({ headers, body, method, url });
      response.writeHead(204).end();
    });
  });
  const { webhooks, outcomes } = start(t, { secrets: SECRETS, allowedHosts });
  const message = notification(`http://127.0.0.1:${port}/hook?tenant=a%20b`);
  assert.deepEqual(await webhooks.deliver(message), { outcome: 'delivered' });
  assert.deepEqual(await webhooks.deliver(message), { outcome: 'delivered' });
  assert.deepEqual(outcomes, ['delivered', 'delivered']);
  assert.equal(received.length, 2);
  for (const { headers, body, method, url } of received) {
    assert.deepEqual([method, url], ['POST', '/hook?tenant=a%20b']);
    assert.equal(body, message.body);
    assert.equal(headers['content-type'], 'application/json');
    assert.equal(headers['webhook-id'], message.id);
    for (const secret of SECRETS) {
      new Webhook(secret).verify(body, headers as Record<string, string>);
    }
  }
});

test('a first try carries the request’s traceparent; a later one its trace, not said to be sampled', async (t) => {
  const received: unknown[] = [];
  const port = await receiver(t, (request, response) => {
    received.push(request.headers['traceparent']);
    request.resume();
    response.writeHead(204).end();
  });
  const { webhooks } = start(t, { secrets: SECRETS, allowedHosts });
  const traceId = '0af7651916cd43dd8448eb211c80319c';
  const body = `{"data":{"audit_record":{"trace_id":"${traceId}"}}}`;
  const message = { ...notification(`http://127.0.0.1:${port}/`), body };
  await webhooks.deliver({ ...message, traceparent: `00-${traceId}-b7ad6b7169203331-01` });
  await webhooks.deliver(message);
  await webhooks.deliver(notification(`http://127.0.0.1:${port}/`));
  const [first, later, none] = received;
  assert.equal(first, `00-${traceId}-b7ad6b7169203331-01`);
  assert.match(String(later), new RegExp(`^00-${traceId}-(?!b7ad6b7169203331)[0-9a-f]{16}-00$`));
  assert.equal(none, undefined);
});

test('only messages to the operator’s own receiver and to listed hosts are signed', async (t) => {
  const signed: [path: string | undefined, signed: boolean][] = [];
  const { port, ca } = await httpsReceiver(t, 'hooks.example.com', (request, response) => {
    signed.push([request.url, 'webhook-signature' in request.headers]);
    response.end();
  });
  const base = `https://hooks.example.com:${port}`;
  const deliver = async (path: string, options: Partial<WebhooksOptions>) => {
    const proxyUrl = await tunnelTo(t, port);
    const { webhooks } = start(t, { ca, secrets: SECRETS, proxyUrl, ...options });
    assert.deepEqual(await webhooks.deliver(notification(base + path)), { outcome: 'delivered' });
  };
  await deliver('/own', { url: `${base}/configured` });
  await deliver('/listed', { allowedHosts: ['hooks.example.com'] });
  await deliver('/suffix', { allowedHosts: ['*.example.com'] });
  await deliver('/other', { url: 'https://own.example.org/' });
  await deliver('/none', {});
  assert.deepEqual(signed, [
    ['/own', true],
    ['/listed', true],
    ['/suffix', true],
    ['/other', false],
    ['/none', false],
  ]);
});

test('2xx is delivered, 410 is final, everything else may be tried again', async (t) => {
  let status = 200;
  const port = await receiver(t, (_request, response) => response.writeHead(status).end('{}'));
  const { webhooks, outcomes } = start(t, { allowedHosts });
  const deliver = async () => {
    const result = await webhooks.deliver(notification(`http://127.0.0.1:${port}/`));
    return result.outcome === 'delivered' ? 'delivered' : result.final ? 'final' : 'again';
  };
  const expected: [status: number, outcome: string, event: string][] = [
    [200, 'delivered', 'delivered'],
    [202, 'delivered', 'delivered'],
    [400, 'again', 'retry'],
    [401, 'again', 'retry'],
    [404, 'again', 'retry'],
    [429, 'again', 'retry'],
    [500, 'again', 'retry'],
    [410, 'final', 'dead'],
  ];
  for (const [code, outcome, event] of expected) {
    status = code;
    assert.equal(await deliver(), outcome, String(code));
    assert.equal(outcomes.at(-1), event);
  }
});

test('a redirect is a failure and is not followed', async (t) => {
  let hits = 0;
  const elsewhere = await receiver(t, (_request, response) => {
    hits += 1;
    response.end();
  });
  let status = 301;
  const port = await receiver(t, (_request, response) => {
    response.writeHead(status, { location: `http://127.0.0.1:${elsewhere}/` }).end();
  });
  const { webhooks } = start(t, { allowedHosts });
  for (status of [301, 302, 303, 307, 308]) {
    const result = await webhooks.deliver(notification(`http://127.0.0.1:${port}/`));
    assert.equal(result.outcome === 'failed' && result.final, false);
    assert.match(result.outcome === 'failed' ? result.detail : '', /redirects are not followed/);
  }
  assert.equal(hits, 0);
});

test('Retry-After is honoured as seconds and as a date, and never beyond a day', async (t) => {
  let value = '';
  const port = await receiver(t, (_request, response) => {
    response.writeHead(429, value === '' ? {} : { 'retry-after': value }).end();
  });
  const now = Date.parse('2024-02-29T12:00:00Z');
  const { webhooks } = start(t, { allowedHosts }, () => now);
  const expected: [value: string, seconds: number | undefined][] = [
    ['120', 120],
    ['Thu, 29 Feb 2024 12:01:30 GMT', 90],
    ['99999999999999999999', 86_400],
    ['Thu, 29 Feb 2124 12:00:00 GMT', 86_400],
    ['Thu, 29 Feb 2024 11:59:00 GMT', undefined],
    ['0', undefined],
    ['-5', undefined],
    ['1.5', undefined],
    ['soon', undefined],
    ['', undefined],
  ];
  for (const [given, seconds] of expected) {
    value = given;
    const result = await webhooks.deliver(notification(`http://127.0.0.1:${port}/`));
    assert.equal(result.outcome === 'failed' && result.retryAfterSeconds, seconds, given);
  }
});

test('does not wait longer than the timeout, whether no answer comes or one never ends', async (t) => {
  const silent = createServer(() => {});
  silent.listen(0, '127.0.0.1');
  await once(silent, 'listening');
  t.after(() => silent.close());
  const { webhooks, outcomes } = start(t, { allowedHosts, timeoutMs: 60 });
  const { port } = silent.address() as AddressInfo;
  const result = await webhooks.deliver(notification(`http://127.0.0.1:${port}/`));
  assert.deepEqual(result, {
    outcome: 'failed',
    final: false,
    refused: false,
    detail: 'the receiver did not answer within 60 ms',
  });
  assert.deepEqual(outcomes, ['retry']);
});

test('an endless answer counts by its status, and its connection is dropped', async (t) => {
  let sent = 0;
  const closed: Promise<unknown>[] = [];
  const port = await receiver(t, (_request, response) => {
    closed.push(once(response, 'close'));
    response.writeHead(200);
    const more = () => {
      while (!response.destroyed) {
        sent += 65_536;
        if (!response.write(Buffer.alloc(65_536))) return void response.once('drain', more);
      }
    };
    more();
  });
  const { webhooks } = start(t, { allowedHosts, timeoutMs: 60_000 });
  const message = notification(`http://127.0.0.1:${port}/`);
  assert.deepEqual(await webhooks.deliver(message), { outcome: 'delivered' });
  await Promise.all(closed);
  assert.ok(sent < 32 * 1024 * 1024, `${sent} bytes were taken`);
});

test('a reset, garbage and an unknown name are failures to try again', async (t) => {
  const broken = createServer((socket) => socket.end('not HTTP at all\r\n\r\n'));
  broken.listen(0, '127.0.0.1');
  await once(broken, 'listening');
  t.after(() => broken.close());
  const reset = await receiver(t, (request) => request.socket.resetAndDestroy());
  const { webhooks } = start(t, { allowedHosts });
  const { webhooks: unresolved } = start(t, {
    lookup: (_name, _options, callback) =>
      callback(Object.assign(new Error('no such name'), { code: 'ENOTFOUND' }), '', 0),
  });
  const results = await Promise.all([
    webhooks.deliver(notification(`http://127.0.0.1:${(broken.address() as AddressInfo).port}/s3cret`)),
    webhooks.deliver(notification(`http://127.0.0.1:${reset}/s3cret`)),
    unresolved.deliver(notification('https://hooks.example.com/s3cret')),
  ]);
  for (const result of results) {
    assert.equal(result.outcome === 'failed' && result.final, false);
    assert.match(result.outcome === 'failed' ? result.detail : '', /^the receiver could not be reached: \w+/);
    assert.doesNotMatch(JSON.stringify(result), /s3cret/);
  }
});

test('a URL that is not allowed is refused for good, before anything is sent', async (t) => {
  let hits = 0;
  const port = await receiver(t, (_request, response) => {
    hits += 1;
    response.end();
  });
  const { webhooks, outcomes } = start(t);
  for (const url of [`http://127.0.0.1:${port}/`, `https://localhost:${port}/`, 'nonsense']) {
    assert.throws(() => webhooks.accept(url), { code: 'WEBHOOK_URL_REFUSED', status: 400 });
    const result = await webhooks.deliver(notification(url));
    assert.equal(result.outcome === 'failed' && result.final, true);
  }
  assert.deepEqual([hits, outcomes], [0, ['refused', 'refused', 'refused']]);
});

test('close aborts the deliveries in flight', async (t) => {
  const arrived = Promise.withResolvers<undefined>();
  const port = await receiver(t, () => arrived.resolve(undefined));
  const { webhooks } = start(t, { allowedHosts });
  const pending = webhooks.deliver(notification(`http://127.0.0.1:${port}/`));
  await arrived.promise;
  await webhooks.close();
  assert.equal((await pending).outcome, 'failed');
});
