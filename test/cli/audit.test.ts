import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { openTestLedger, temporaryDirectory } from '../ledger/storage.ts';
import { manipulate } from '../ledger/support.ts';

const AUDIT = join(import.meta.dirname, '../../src/cli/audit.ts');

const audit = (argv: string[], env: Record<string, string>) =>
  new Promise<{ code: number; out: string; error: string }>((resolve) => {
    const child = execFile(process.execPath, [AUDIT, ...argv], { env }, (_error, out, error) => {
      resolve({ code: child.exitCode ?? -1, out, error });
    });
  });

describe('the audit commands', { concurrency: true }, () => {
  test('read the configuration from the environment and answer with their exit code', async (t) => {
    const DATABASE_URL = `sqlite:${join(await temporaryDirectory(t), 'ledger.db')}`;
    const ledger = await openTestLedger({ databaseUrl: DATABASE_URL });
    await manipulate(ledger);
    await ledger.close();
    const verified = await audit(['verify'], { DATABASE_URL });
    assert.deepEqual([verified.code, verified.error], [0, '']);
    assert.match(verified.out, /^Intact: 3 entries in 1 chains, 0 checkpoints\.\n/);
    assert.equal((await audit(['dead-letters', 'list'], { DATABASE_URL })).code, 0);
  });

  test('2 and a line that says why when they cannot do it', async () => {
    const cases: [string[], Record<string, string>, RegExp][] = [
      [[], {}, /^usage: .*verify\|archive\|backup\|recheck\|dead-letters\n$/],
      [['verify'], { DATABASE_URL: 'sqlite:/nowhere/ledger.db' }, /^Could not tell: There is no ledger at/],
      [['verify'], { DATABASE_URL: 'mysql://x' }, /^DATABASE_URL must be/],
    ];
    for (const [argv, env, line] of cases) {
      const { code, error } = await audit(argv, env);
      assert.equal(code, 2);
      assert.match(error, line);
    }
  });
});
