import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import type { Socket } from 'node:net';
import { test } from 'node:test';
import { gone, stall, stalledClients } from '../attack/clients.ts';
import { EXAMPLE, startService } from '../support/service.ts';

const FAST = { uploadWindowMs: 500, lingerMs: 500, unreadMs: 500, checkMs: 50 };

test('clients that stall lose their socket, and others are served meanwhile', async (t) => {
  const { app, url, get, post } = await startService(t, {}, { connections: FAST });
  const kinds = stalledClients(JSON.stringify(EXAMPLE)).filter(
    // These Node ends by itself, after the times that it has for headers and for idle connections.
    ({ title }) => !/nothing|request line|header|idle/.test(title),
  );
  const held = new Set<number | undefined>();
  app.server.on('connection', (socket) => {
    const { remotePort } = socket;
    held.add(remotePort);
    socket.once('close', () => held.delete(remotePort));
  });
  const sockets = await Promise.all(kinds.map((kind) => stall(url, kind)));
  const ports = sockets.map(({ localPort }) => localPort);
  t.after(() => sockets.forEach((socket) => socket.destroy()));
  assert.equal((await get('/health/live')).status, 200);
  assert.equal((await post('/manipulations', EXAMPLE)).status, 200);
  while (ports.some((port) => held.has(port))) await new Promise((resolve) => setImmediate(resolve));
});

test('a client that sends 2 MiB before it reads gets its answer, whatever refuses it', async (t) => {
  const { url } = await startService(t, { AUTH_MODE: 'off', BODY_LIMIT_BYTES: '65536' });
  const body = Buffer.alloc(2 * 1024 * 1024, ' ');
  const send = async (path: string, headers: Record<string, string>, chunked: boolean) => {
    const outgoing = request(url + path, {
      method: 'POST',
      headers: { ...headers, ...(chunked ? {} : { 'content-length': body.length }) },
    });
    const answered = once(outgoing, 'response') as Promise<[IncomingMessage]>;
    outgoing.end(body);
    const [response] = await answered;
    response.resume();
    await once(response, 'end');
    return response.statusCode;
  };
  const json = { 'content-type': 'application/json' };
  for (let n = 0; n < 20; n += 1) {
    for (const chunked of [true, false]) {
      assert.equal(await send('/manipulations', json, chunked), 413);
      assert.equal(await send('/manipulations/batch', json, chunked), 413);
      assert.equal(await send('/manipulations', { 'content-type': 'text/csv' }, chunked), 415);
    }
  }
});

test('a connection that sends many requests without reading an answer is closed', async (t) => {
  const { url } = await startService(t);
  const request = 'GET /health/live HTTP/1.1\r\nhost: x\r\n\r\n';
  const few = await stall(url, { title: 'few', sent: request.repeat(8) });
  const many = await stall(url, { title: 'many', sent: request.repeat(50) });
  t.after(() => few.destroy());
  await gone(many);
  assert.ok(!few.destroyed);
});

test('connections beyond the bounds are closed, in all and from one address', async (t) => {
  const { url, get } = await startService(t, {}, { connections: { perAddress: 5 } });
  const idle = { title: 'idle', sent: 'GET /health/live HTTP/1.1\r\nhost: x\r\n\r\n' };
  const sockets: Socket[] = [];
  for (let n = 0; n < 5; n += 1) sockets.push(await stall(url, idle));
  t.after(() => sockets.forEach((socket) => socket.destroy()));
  const sixth = await stall(url, idle);
  await gone(sixth);
  assert.ok(sockets.every((socket) => !socket.destroyed));
  const freed = once(sockets[0] ?? sixth, 'close');
  sockets[0]?.destroy();
  await freed;
  while (
    !(await get('/health/live').then(
      () => true,
      () => false,
    ))
  );
});

test('an upload that goes on for ever ends, and that of a batch may go on', async (t) => {
  const { app, url } = await startService(t, {}, { connections: { uploadMs: 100, checkMs: 20 } });
  const trickle = async (path: string) => {
    const head = `POST ${path} HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 900000\r\n\r\n[`;
    const socket = await stall(url, { title: path, sent: head, drip: ' ' });
    t.after(() => socket.destroy());
    return socket;
  };
  const batch = await trickle('/manipulations/batch');
  const single = await trickle('/manipulations');
  await gone(single);
  assert.ok(!batch.destroyed);
  assert.ok(app.server.listening);
});
