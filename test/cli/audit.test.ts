import assert from 'node:assert/strict';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, test } from 'node:test';
import { filledLedger } from '../ledger/evidence/tampering.ts';
import { openTestLedger, temporaryDirectory } from '../ledger/storage.ts';
import { manipulate } from '../ledger/support.ts';
import { runScript } from '../support/process.ts';
import { runAudit } from './run-audit.ts';

describe('the audit commands', { concurrency: true }, () => {
  test('read the configuration from the environment and answer with their exit code', async (t) => {
    const DATABASE_URL = `sqlite:${join(await temporaryDirectory(t), 'ledger.db')}`;
    const ledger = await openTestLedger({ databaseUrl: DATABASE_URL });
    await manipulate(ledger);
    await ledger.close();
    const verified = await runScript('src/cli/audit.ts', ['verify'], { DATABASE_URL });
    assert.deepEqual([verified.code, verified.error], [0, '']);
    assert.match(verified.out, /^Intact: 3 entries in 1 chains, 0 checkpoints\.\n/);
    assert.equal((await runAudit(['dead-letters', 'list'], { DATABASE_URL })).code, 0);
  });

  test('2 and a line that says why when they cannot do it', async () => {
    const cases: [string[], Record<string, string>, RegExp][] = [
      [[], {}, /^usage: .*verify\|archive\|backup\|recheck\|dead-letters \[--help\]\n$/],
      [['archive'], {}, /^usage: npm run audit:archive/],
      [['backup'], {}, /^No backup: usage: npm run ledger:backup/],
      [['backup', 'x'], { DATABASE_URL: 'sqlite:/nowhere/ledger.db' }, /^No backup: There is no ledger at/],
      [['dead-letters'], {}, /^usage: npm run webhooks:dead/],
      [['dead-letters', 'list', '--limit', '0'], {}, /^usage: npm run webhooks:dead/],
      [['recheck', '--from', 'soon'], {}, /--from/],
      [['verify', '--verifier-key'], {}, /^Could not tell: AUDIT_CHECKPOINT_KEY_FILE is not set/],
      [['verify', '--nonsense'], {}, /nonsense/],
      [['verify'], { DATABASE_URL: 'sqlite:/nowhere/ledger.db' }, /^Could not tell: There is no ledger at/],
      [['verify'], { DATABASE_URL: 'mysql://x' }, /^DATABASE_URL must be/],
    ];
    const answers = await Promise.all(cases.map(([argv, env]) => runAudit(argv, env)));
    for (const [n, [argv, , line]] of cases.entries()) {
      const { code, error } = answers[n] ?? { code: -1, error: '' };
      assert.equal(code, 2, argv.join(' '));
      assert.match(error, line);
    }
  });

  test('--help says how it is used and what its exit codes mean, whatever the environment', async () => {
    const wrong = { PORT: 'nonsense' };
    const names = ['verify', 'archive', 'backup', 'recheck', 'dead-letters'];
    const answers = await Promise.all([
      ...names.map((name) => runAudit([name, '--help'], wrong)),
      runScript('src/cli/keys.ts', ['--help'], wrong),
      runScript('src/cli/keys.ts', ['create', '-h'], wrong),
    ]);
    for (const { code, out, error } of answers) {
      assert.deepEqual([code, error], [0, '']);
      assert.match(out, /^usage: npm run (audit|ledger|webhooks|keys)\S* /);
      assert.match(out, /\nExit code: 0 /);
    }
    const all = await runAudit(['--help'], wrong);
    assert.deepEqual([all.code, all.error], [0, '']);
  });

  test('1 for a ledger that was tampered with, 2 for a name or a scope that no key can have', async (t) => {
    const { databaseUrl: DATABASE_URL, file } = await filledLedger(await temporaryDirectory(t), 6, 1);
    const db = new DatabaseSync(file);
    db.exec('DROP TRIGGER entries_stay');
    db.exec("UPDATE entries SET entry = replace(entry, 'action', 'Action') WHERE sequence = 2");
    db.close();
    const found = await runScript('src/cli/audit.ts', ['verify'], { DATABASE_URL });
    assert.equal(found.code, 1, found.error);
    assert.match(found.error, /^TAMPERED: .*entries_stay.*\nTAMPERED: chain \S+, entry 2/);
    assert.equal(
      (await runScript('src/cli/keys.ts', ['create', '--id', 'a b', '--scopes', 'audit:read'], {})).code,
      2,
    );
    assert.equal(
      (await runScript('src/cli/keys.ts', ['create', '--id', 'a', '--scopes', 'all'], {})).code,
      2,
    );
    const made = await runScript('src/cli/keys.ts', ['create', '--id', 'a', '--scopes', 'audit:read'], {});
    assert.equal(made.code, 0);
    assert.match(made.out, /^ {2}cxd_\S+$/m);
  });
});
