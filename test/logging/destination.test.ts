import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { createDestination } from '../../src/logging/destination.ts';
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
    { onDropped: () => assert.fail('nothing is dropped') },
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
    onDropped: (lines) => dropped.push(lines),
  });
  for (let i = 0; i < 10; i += 1) destination.write(line(`number ${i}`));
  await turn();
  assert.equal(reader.read(), 'number 0\nnumber 1\nnumber 2\n');
  assert.deepEqual(dropped, []);
  destination.write(line('after'));
  assert.deepEqual(dropped, [7]);
});

test('a service whose log nobody reads goes on answering, counts what it drops, and stops', async (t) => {
  const child = spawn(process.execPath, ['src/server.ts'], {
    cwd: fileURLToPath(new URL('../..', import.meta.url)),
    env: {
      PATH: process.env['PATH'],
      PORT: '0',
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
  const long = 'x'.repeat(250);
  const dropped = async () =>
    Number(/^log_lines_dropped_total (\d+)$/m.exec(await (await fetch(`${url}/metrics`)).text())?.[1]);
  let sent = 0;
  // A pipe holds 64 kB and the buffer of the service 4 MiB more; each request leaves a line of some 700 bytes.
  while (sent < 60_000 && (sent % 2_000 !== 0 || sent === 0 || (await dropped()) === 0)) {
    const replies = await Promise.all(Array.from({ length: 100 }, () => fetch(`${url}/${long}`)));
    for (const reply of replies) {
      await reply.arrayBuffer();
      assert.equal(reply.status, 404);
    }
    sent += replies.length;
  }
  assert.equal((await fetch(`${url}/health/live`)).status, 200);
  child.kill('SIGTERM');
  const [code] = (await once(child, 'exit')) as [number | null];
  assert.equal(code, 0);
});
