import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { verifyCommand } from '../../src/ledger/cli/verify.ts';
import { checkpointKey, openTestLedger } from '../ledger/storage.ts';
import { until } from '../ledger/support.ts';
import { EXAMPLE, startService } from '../support/service.ts';
import { temporaryDirectory } from '../support/temporary.ts';

test('what is in flight when the service stops ends well, also when its callers have left', async (t) => {
  const directory = temporaryDirectory(t);
  const databaseUrl = `sqlite:${join(directory, 'ledger.db')}`;
  const checkpointDir = join(directory, 'checkpoints');
  const checkpointKeyFile = await checkpointKey(directory);
  const { app, sandbox, url } = await startService(t, {
    DATABASE_URL: databaseUrl,
    AUDIT_CHECKPOINT_DIR: checkpointDir,
    AUDIT_CHECKPOINT_KEY_FILE: checkpointKeyFile,
  });
  sandbox.fault('write', { delayMs: 300 });
  const caller = new AbortController();
  const answers = [1, 2, 3].map((minutes) =>
    fetch(`${url}/manipulations`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ ...EXAMPLE, offset_minutes: minutes }),
      signal: caller.signal,
    }),
  );
  // The first one is at the tenant, the others wait for their turn at the same action.
  await until(() => sandbox.requests.some(({ endpoint }) => endpoint === 'write'));
  caller.abort();
  await Promise.allSettled(answers);
  await app.close();

  assert.equal(sandbox.requests.filter(({ endpoint }) => endpoint === 'write').length, 3);
  const ledger = await openTestLedger({ databaseUrl });
  const { items } = await ledger.audit.list({}, 10);
  await ledger.close();
  assert.deepEqual(
    items.map(({ status, webhook }) => [status, webhook?.status, webhook?.attempts]),
    Array(3).fill(['SUCCESS', 'delivered', 1]),
  );
  const lines: string[] = [];
  const line = (text: string) => void lines.push(text);
  const environment = { databaseUrl, checkpointDir, checkpointKeyFile };
  assert.equal(await verifyCommand([], environment, { out: line, error: line }), 0, lines.join('\n'));
});
