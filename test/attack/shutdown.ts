import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startSandbox } from '../../src/sandbox/index.ts';
import { type Lifetime, startProcess } from '../support/process.ts';
import { client, EXAMPLE, pointingTo } from '../support/service.ts';
import { stall, stalledClients } from './clients.ts';

/**
 * A service with one client of every stalled kind and manipulations in flight is told to stop. It must end with 0, with
 * each manipulation answered, and with its last checkpoint written.
 */
export async function stopAmongStalledClients(t: Lifetime, directory: string): Promise<void> {
  const sandbox = await startSandbox();
  t.after(() => sandbox.close());
  const keyFile = join(directory, 'checkpoint.pem');
  const checkpoints = join(directory, 'checkpoints');
  const { privateKey } = generateKeyPairSync('ed25519');
  writeFileSync(keyFile, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
  const service = startProcess(t, {
    ...pointingTo(sandbox),
    LOG_LEVEL: 'info',
    DATABASE_URL: `sqlite:${join(directory, 'ledger.db')}`,
    AUDIT_CHECKPOINT_KEY_FILE: keyFile,
    AUDIT_CHECKPOINT_DIR: checkpoints,
  });
  const url = await service.listening;
  const { post } = client(url);
  const before = existsSync(checkpoints) ? readdirSync(checkpoints).length : 0;

  const sockets = await Promise.all(stalledClients(JSON.stringify(EXAMPLE)).map((kind) => stall(url, kind)));
  t.after(() => sockets.forEach((socket) => socket.destroy()));
  const held = sandbox.requests.filter(({ endpoint }) => endpoint === 'write').length;
  sandbox.fault('write', { delayMs: 300 }, 4);
  const answers = Promise.allSettled(
    Array.from({ length: 4 }, async (_, n) => {
      const { status } = await post('/manipulations', { ...EXAMPLE, offset_minutes: n });
      return status;
    }),
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
  const statuses = await answers;
  // What had not been read when the stop began was not begun.
  assert.ok(statuses.some((answer) => answer.status === 'fulfilled' && answer.value === 200));
  await Promise.all(closed);
  assert.ok(readdirSync(checkpoints).length > before, 'the last checkpoint was written');
}
