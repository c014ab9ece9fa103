import assert from 'node:assert/strict';
import { copyFile, link, mkdir, rename, rm, stat, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import { backupCommand } from '../../src/ledger/cli/backup.ts';
import { verifyCommand } from '../../src/ledger/cli/verify.ts';
import { openTestLedger, temporaryDirectory } from './storage.ts';
import { intent, manipulate } from './support.ts';

async function opened(t: TestContext) {
  const directory = await temporaryDirectory(t);
  const file = join(directory, 'ledger.db');
  const ledger = await openTestLedger({ databaseUrl: `sqlite:${file}` });
  t.after(() => ledger.close());
  return { directory, file, ledger };
}

const lines: string[] = [];
const output = {
  out: (line: string) => void lines.push(line),
  error: (line: string) => void lines.push(line),
};

const unavailable = { code: 'LEDGER_UNAVAILABLE' };

describe('the files of a SQLite ledger', { concurrency: true }, () => {
  test('after a clean stop a copy of the database file alone has every entry, also when it was read', async (t) => {
    for (let round = 0; round < 5; round += 1) {
      const { directory, file, ledger } = await opened(t);
      const ids = [];
      for (let i = 0; i < 5; i += 1) ids.push(await manipulate(ledger, {}));
      await ledger.audit.list({}, 10);
      await ledger.close();
      await mkdir(join(directory, 'copy'));
      const copy = join(directory, 'copy', 'ledger.db');
      await copyFile(file, copy);
      const again = await openTestLedger({ databaseUrl: `sqlite:${copy}` });
      for (const id of ids) assert.equal((await again.audit.get(id))?.status, 'SUCCESS');
      await again.close();
    }
  });

  test('are for their owner alone', async (t) => {
    const { file, ledger } = await opened(t);
    await manipulate(ledger, {});
    for (const suffix of ['', '-wal', '-shm', '-lock'])
      assert.equal((await stat(`${file}${suffix}`)).mode & 0o777, 0o600, suffix);
  });

  test('a second process is refused through a symbolic link', async (t) => {
    const { directory, file } = await opened(t);
    await symlink(file, join(directory, 'link.db'));
    const second = openTestLedger({ databaseUrl: `sqlite:${join(directory, 'link.db')}` });
    await assert.rejects(second, /another process uses it/);
  });

  test('a second process is refused when the lock file was removed, and the first one notices', async (t) => {
    const { file, ledger } = await opened(t);
    await rm(`${file}-lock`);
    await assert.rejects(openTestLedger({ databaseUrl: `sqlite:${file}` }), /another process uses it/);
    await assert.rejects(ledger.check(), unavailable);
  });

  test('a file with a second name is refused', async (t) => {
    const { directory, file, ledger } = await opened(t);
    await ledger.close();
    await link(file, join(directory, 'other.db'));
    await assert.rejects(openTestLedger({ databaseUrl: `sqlite:${file}` }), /hard link/);
  });

  for (const [what, change] of Object.entries({
    deleted: (file: string) => rm(file),
    replaced: async (file: string) => {
      await copyFile(file, `${file}.copy`);
      await rename(`${file}.copy`, file);
    },
  })) {
    test(`a database file that is ${what} under the service: nothing is acknowledged, readiness fails`, async (t) => {
      const { file, ledger } = await opened(t);
      await manipulate(ledger, {});
      await change(file);
      await assert.rejects(ledger.begin(intent(), { webhookUrl: null }), unavailable);
      await assert.rejects(ledger.check(), unavailable);
      await assert.rejects(ledger.check(), /was deleted or replaced/);
    });
  }

  test('ledger:backup copies what stands while the service writes, and the copy opens and verifies', async (t) => {
    const { directory, file, ledger } = await opened(t);
    const id = await manipulate(ledger, {});
    const writing = Array.from({ length: 20 }, () => manipulate(ledger, {}));
    const copy = join(directory, 'backup.db');
    assert.equal(await backupCommand([copy], { databaseUrl: `sqlite:${file}` }, output), 0, lines.join('\n'));
    await Promise.all(writing);
    assert.equal((await stat(copy)).mode & 0o777, 0o600);
    assert.equal(await verifyCommand([], { databaseUrl: `sqlite:${copy}` }, output), 0);
    const restored = await openTestLedger({ databaseUrl: `sqlite:${copy}` });
    t.after(() => restored.close());
    assert.equal((await restored.audit.get(id))?.status, 'SUCCESS');
    await manipulate(restored, {});
    assert.equal(
      await backupCommand([copy], { databaseUrl: `sqlite:${file}` }, output),
      2,
      'never overwrites',
    );
  });

  test('a backup that is restored beside the log of another database is refused until that is moved away', async (t) => {
    const { directory, file, ledger } = await opened(t);
    await manipulate(ledger, {});
    const backup = join(directory, 'backup.db');
    assert.equal(await backupCommand([backup], { databaseUrl: `sqlite:${file}` }, output), 0);
    await manipulate(ledger, {});
    const place = join(directory, 'crashed');
    await mkdir(place);
    // As a killed process leaves it, with the backup copied over the database.
    await copyFile(`${file}-wal`, join(place, 'ledger.db-wal'));
    await copyFile(backup, join(place, 'ledger.db'));
    const url = `sqlite:${join(place, 'ledger.db')}`;
    await assert.rejects(openTestLedger({ databaseUrl: url }), /restored backup beside the log of another/);
    await rm(join(place, 'ledger.db-wal'));
    const restored = await openTestLedger({ databaseUrl: url });
    await manipulate(restored, {});
    await restored.close();
    const again = await openTestLedger({ databaseUrl: url });
    await again.close();
    assert.equal(await verifyCommand([], { databaseUrl: url }, output), 0);
  });
});
