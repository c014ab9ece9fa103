import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { checkpointKey } from '../ledger/storage.ts';
import type { Lifetime } from '../support/process.ts';
import { client, EXAMPLE } from '../support/service.ts';
import { stall, stalledClients } from './clients.ts';
import { startTarget } from './target.ts';

/**
 * A service with one client of every stalled kind and manipulations in flight is told to stop. It must end with 0, with
 * each manipulation answered, and with its last checkpoint written.
 */
export async function stopAmongStalledClients(t: Lifetime, directory: string): Promise<void> {
  const keyFile = await checkpointKey(directory);
  const checkpoints = join(directory, 'checkpoints');
  const { sandbox, service, url } = await startTarget(t, directory, {
    AUDIT_CHECKPOINT_KEY_FILE: keyFile,
    AUDIT_CHECKPOINT_DIR: checkpoints,
  });
  const { post } = client(url);
  const before = existsSync(checkpoints) ? readdirSync(checkpoints).length : 0;

  const sockets = await Promise.all(stalledClients(JSON.stringify(EXAMPLE)).map((kind) => stall(url, kind)));
  t.after(() => sockets.forEach((socket) => socket.destroy()));
  const wanted = Array.from({ length: 4 }, (_, n) => ({ ...EXAMPLE, offset_minutes: n }));
  const values = new Set<unknown>();
  for (const { action_name: _, ...request } of wanted) {
    values.add((await post('/manipulations/preview', request)).body.output_timestamp);
  }
  const held = sandbox.requests.filter(({ endpoint }) => endpoint === 'write').length;
  sandbox.fault('write', { delayMs: 300 }, 4);
  const answers = Promise.allSettled(
    wanted.map(async (request) => (await post('/manipulations', request)).status),
  );
  while (sandbox.requests.filter(({ endpoint }) => endpoint === 'write').length <= held) {
    await new Promise((resolve) => setImmediate(resolve));
  }
  const closed = sockets.map(async (socket) => {
    if (!socket.destroyed) await new Promise((resolve) => socket.once('close', resolve));
  });
  const ended = await service.stop();
  assert.deepEqual(ended, { code: 0, signal: null }, service.output());
  for (const socket of sockets) socket.resume();
  // What had not been read when the stop began was not begun, and what was written was answered.
  const answered = (await answers).filter((answer) => answer.status === 'fulfilled' && answer.value === 200);
  const applied = sandbox.requests.filter(
    ({ endpoint, applied: done, body }) => endpoint === 'write' && done && values.has(valueIn(body)),
  );
  assert.ok(answered.length > 0);
  assert.equal(applied.length, answered.length);
  await Promise.all(closed);
  assert.ok(readdirSync(checkpoints).length > before, 'the last checkpoint was written');
}

function valueIn(body: string): unknown {
  const { configuration } = JSON.parse(body) as {
    configuration: { dateProcessing: { computedValue: unknown } };
  };
  return configuration.dateProcessing.computedValue;
}
