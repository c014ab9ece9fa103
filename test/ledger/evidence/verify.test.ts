import assert from 'node:assert/strict';
import { createPublicKey } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, test, type TestContext } from 'node:test';
import type { CommandConfig } from '../../../src/ledger/cli/command.ts';
import { verifyCommand } from '../../../src/ledger/cli/verify.ts';
import { checkpointKey, runCommand, temporaryDirectory } from '../storage.ts';
import { filledLedger, tamper } from './tampering.ts';

const verify = (argv: string[], config: CommandConfig) => runCommand(verifyCommand, argv, config);

async function ledger(t: TestContext, entries = 60, runs = 2) {
  const directory = await temporaryDirectory(t);
  return { directory, ...(await filledLedger(directory, entries, runs)) };
}

function change(file: string, sql: string): void {
  const db = new DatabaseSync(file);
  const triggers = db.prepare("SELECT sql FROM sqlite_master WHERE type = 'trigger'").all();
  db.exec(`DROP TRIGGER entries_stay; DROP TRIGGER entries_remain; ${sql}`);
  for (const trigger of triggers) db.exec(String(trigger['sql']));
  db.close();
}

describe('audit:verify', () => {
  test('a sample of the mutations is found, each of them', async (t) => {
    const made = await tamper(await ledger(t, 600, 3), { rounds: 90, seed: 20240229 });
    assert.ok(made.entries >= 600);
    assert.deepEqual(made.found, { edit: 15, rehash: 15, swap: 15, delete: 15, insert: 15, cut: 15 });
  });

  test('0 for an intact ledger, with its checkpoints, with one of them and without', async (t) => {
    const { databaseUrl, checkpointDir, checkpointKeyFile } = await ledger(t);
    const all = await verify([], { databaseUrl, checkpointDir, checkpointKeyFile });
    assert.equal(all.code, 0, all.text);
    assert.match(all.text, /^Intact: 60 entries in 2 chains, [1-9] checkpoints\./);
    const [oldest = ''] = (await readdir(checkpointDir)).sort();
    const one = await verify(['--checkpoint', join(checkpointDir, oldest)], {
      databaseUrl,
      checkpointKeyFile,
    });
    assert.equal(one.code, 0, one.text);
    const publicKey = `${checkpointKeyFile}.pub`;
    const pem = createPublicKey(await readFile(checkpointKeyFile)).export({ type: 'spki', format: 'pem' });
    await writeFile(publicKey, pem);
    const outside = await verify([], { databaseUrl, checkpointDir, checkpointKeyFile: publicKey });
    assert.equal(outside.code, 0, 'the public key is enough');
    const none = await verify([], { databaseUrl });
    assert.equal(none.code, 0);
    assert.match(none.text, /Not checked: without checkpoints/);
  });

  test('1 and the first bad record when one was changed', async (t) => {
    const { databaseUrl, file } = await ledger(t);
    const db = new DatabaseSync(file);
    const bad = db
      .prepare("SELECT * FROM entries WHERE kind = 'outcome' ORDER BY chain, sequence LIMIT 1")
      .get();
    db.close();
    change(file, `UPDATE entries SET entry = replace(entry, '12.5', '12.6') WHERE kind = 'outcome'`);
    const { code, text } = await verify([], { databaseUrl });
    assert.equal(code, 1);
    const [first = ''] = text.split('\n');
    assert.ok(
      first.includes(
        `chain ${String(bad?.['chain'])}, entry ${String(bad?.['sequence'])}, record ${String(bad?.['request_id'])}`,
      ),
      text,
    );
  });

  test('1 when the end was cut off: against a checkpoint only', async (t) => {
    const { databaseUrl, file, checkpointDir, checkpointKeyFile } = await ledger(t);
    change(file, 'DELETE FROM entries WHERE sequence > 20');
    assert.equal((await verify([], { databaseUrl })).code, 0);
    const [newest = ''] = (await readdir(checkpointDir)).sort().reverse();
    const named = await verify(['--checkpoint', join(checkpointDir, newest)], {
      databaseUrl,
      checkpointKeyFile,
    });
    assert.equal(named.code, 1);
    assert.match(named.text, /entry 21: it is cut off/);
    assert.equal((await verify([], { databaseUrl, checkpointDir, checkpointKeyFile })).code, 1);
  });

  test('1 when everything was deleted', async (t) => {
    const { databaseUrl, file, checkpointDir, checkpointKeyFile } = await ledger(t);
    change(file, 'DELETE FROM entries');
    const { code, text } = await verify([], { databaseUrl, checkpointDir, checkpointKeyFile });
    assert.equal(code, 1);
    assert.match(text, /the whole chain is missing/);
  });

  test('2 when it could not be told', async (t) => {
    const { directory, databaseUrl, file, checkpointDir, checkpointKeyFile } = await ledger(t);
    const [name = ''] = await readdir(checkpointDir);
    const checkpoint = join(checkpointDir, name);
    const other = await checkpointKey(directory, 'other.pem');
    const unknown: [string[], CommandConfig, RegExp][] = [
      [[], { databaseUrl: `sqlite:${directory}/nothing.db` }, /There is no ledger/],
      [[], { databaseUrl: `sqlite:${checkpointKeyFile}` }, /not a database/],
      [['--checkpoint', checkpoint], { databaseUrl }, /AUDIT_CHECKPOINT_KEY_FILE/],
      [['--checkpoint', checkpoint], { databaseUrl, checkpointKeyFile: other }, /another key/],
      [['--checkpoint', `${checkpoint}x`], { databaseUrl, checkpointKeyFile }, /ENOENT/],
      [['--checkpoint', checkpointKeyFile], { databaseUrl, checkpointKeyFile }, /cannot be used/],
      [[], { databaseUrl, checkpointKeyFile: file, checkpointDir }, /cannot be read as PEM/],
      [['--checkpiont', 'x'], { databaseUrl }, /checkpiont/],
    ];
    for (const [argv, config, message] of unknown) {
      const { code, text } = await verify(argv, config);
      assert.equal(code, 2, text);
      assert.match(text, message);
    }
    const signed = await readFile(checkpoint, 'utf8');
    await writeFile(checkpoint, signed.replace(/^time 2/m, 'time 1'));
    const forged = await verify([], { databaseUrl, checkpointKeyFile, checkpointDir });
    assert.equal(forged.code, 2);
    assert.match(forged.text, /its signature is wrong/);
  });
});
