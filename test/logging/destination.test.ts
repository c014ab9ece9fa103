import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { createDestination } from '../../src/logging/destination.ts';
import { SERVICE_ARGUMENTS, SERVICE_ENVIRONMENT } from '../support/process.ts';
import { temporaryDirectory } from '../support/temporary.ts';

const line = (text: string) => `${text}\n`;
const turn = () => new Promise((resolve) => setImmediate(resolve));

/** A reader that takes nothing until it is told to. */
function stalledReader() {
  let taken = '';
  let waiting = '';
  return {
    write: (text: string) => (waiting += text),
    get writableLength() {
      return waiting.length;
    },
    read() {
      taken += waiting;
      waiting = '';
      return taken;
    },
  };
}

test('lines of one turn of the event loop are written together, in their order', async () => {
  const writes: string[] = [];
  const destination = createDestination(
    { write: (text) => writes.push(text), writableLength: 0 },
    { onRoom: () => assert.fail('nothing is dropped') },
  );
  destination.write(line('one'));
  destination.write(line('two'));
  assert.deepEqual(writes, []);
  await turn();
  destination.write(line('three'));
  destination.flush();
  assert.deepEqual(writes, ['one\ntwo\n', 'three\n']);
});

test('a reader that stalls costs lines beyond the limit, which are counted when there is room again', async () => {
  const reader = stalledReader();
  const dropped: number[] = [];
  const destination = createDestination(reader, {
    limitBytes: 20,
    onRoom: (lines) => dropped.push(lines),
  });
  for (let i = 0; i < 10; i += 1) destination.write(line(`number ${i}`));
  await turn();
  assert.equal(reader.read(), 'number 0\nnumber 1\nnumber 2\n');
  assert.deepEqual(dropped, []);
  destination.write(line('after'));
  assert.deepEqual(dropped, [7]);
});

test('a service whose log is not read goes on answering, counts what it drops, and stops', async (t) => {
  const child = spawn(process.execPath, SERVICE_ARGUMENTS, {
    cwd: fileURLToPath(new URL('../..', import.meta.url)),
    env: {
      ...SERVICE_ENVIRONMENT,
      DATABASE_URL: `sqlite:${join(temporaryDirectory(t), 'ledger.db')}`,
      LOG_LEVEL: 'info',
    },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  t.after(() => child.kill('SIGKILL'));
  const url = await new Promise<string>((resolve) => {
    let text = '';
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
      const found = /listening at (http:[^"]+)/.exec(text)?.[1];
      if (found !== undefined) resolve(found);
    });
  });
  child.stdout.pause();
  const dropped = async () =>
    Number(/^log_lines_dropped_total (\d+)$/m.exec(await (await fetch(`${url}/metrics`)).text())?.[1]);
  // A pipe holds 64 kB and the buffer of the service 4 MiB more; each request leaves a line of some 700 bytes.
  while ((await dropped()) === 0) await Promise.all(Array.from({ length: 10 }, () => refusedOften(url, 100)));
  assert.equal((await fetch(`${url}/health/live`)).status, 200);
  child.kill('SIGTERM');
  const [code] = (await once(child, 'exit')) as [number | null];
  assert.equal(code, 0);
});

/** Asks for what is not there, four times at once on one connection, as fast as answers come. */
async function refusedOften(url: string, times: number): Promise<void> {
  const { port } = new URL(url);
  const socket = connect(Number(port), '127.0.0.1').setEncoding('latin1');
  const path = 'x'.repeat(250);
  const requests =
    `GET /${path} HTTP/1.1\r\nhost: 127.0.0.1\r\nx-request-id: ${path.slice(0, 128)}\r\n\r\n`.repeat(4);
  let answers = '';
  socket.on('data', (text: string) => (answers += text));
  for (let sent = 4; sent <= times; sent += 4) {
    socket.write(requests);
    while (answers.split('HTTP/1.1 404').length <= sent) await once(socket, 'data');
  }
  socket.destroy();
}
