import assert from 'node:assert/strict';
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, open, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { DatabaseSync } from 'node:sqlite';
import type { Readable } from 'node:stream';
import { describe, test, type TestContext } from 'node:test';
import { verifyCommand } from '../../src/ledger/cli/verify.ts';
import { openSqlite } from '../../src/ledger/sqlite/store.ts';
import { connect } from '../../src/ledger/sqlite/connection.ts';
import { forbidChanges } from '../../src/ledger/sqlite/schema.ts';
import { openTestLedger, temporaryDirectory } from './storage.ts';
import { claim, failure, intent, manipulate, outcome, testClock, until } from './support.ts';

const UNAVAILABLE = { name: 'Problem', code: 'LEDGER_UNAVAILABLE', status: 503 };

async function ledger(t: TestContext) {
  const file = join(await temporaryDirectory(t), 'ledger.db');
  const databaseUrl = `sqlite:${file}`;
  const opened = await openTestLedger({ databaseUrl });
  t.after(() => opened.close());
  return { ledger: opened, file, databaseUrl };
}

async function verify(databaseUrl: string): Promise<void> {
  const lines: string[] = [];
  const line = (text: string) => void lines.push(text);
  assert.equal(await verifyCommand([], { databaseUrl }, { out: line, error: line }), 0, lines.join('\n'));
}

/** Reads what `sqlite-child.ts` says. */
function listen(child: ChildProcessByStdio<null, Readable, null>) {
  const said = { begun: new Set<string>(), done: new Set<string>(), refused: [] as string[], closed: false };
  createInterface({ input: child.stdout }).on('line', (line) => {
    const [what = '', ...rest] = line.split(' ');
    if (what === 'begun' || what === 'done') said[what].add(rest.join(' '));
    if (what === 'refused') said.refused.push(rest.join(' '));
    if (what === 'closed') said.closed = true;
  });
  return said;
}

const CHILD = join(import.meta.dirname, 'sqlite-child.ts');

describe('SQLite that fails', { concurrency: 4 }, () => {
  test('locked by another process: refused, and served again when it is free', async (t) => {
    const { ledger: locked, file } = await ledger(t);
    await manipulate(locked);
    const other = new DatabaseSync(file);
    other.exec('BEGIN IMMEDIATE');
    const refused = { ...UNAVAILABLE, message: /locked by another process/ };
    await Promise.all([
      assert.rejects(locked.begin(intent(), { webhookUrl: null }), refused),
      assert.rejects(locked.check(), refused),
    ]);
    assert.equal((await locked.audit.list({}, 10)).items.length, 1, 'what was written can still be read');
    other.exec('ROLLBACK');
    other.close();
    await manipulate(locked);
    await locked.check();
  });

  test('a chain that begins while a checkpoint is made is not said to have ended', async (t) => {
    const file = join(await temporaryDirectory(t), 'ledger.db');
    const store = await openSqlite(file, { clock: testClock() });
    t.after(() => store.close());
    const begin = () =>
      store.begin({
        intent: intent(),
        claim: null,
        webhookUrl: null,
        at: Date.now(),
        leaseMs: 1_000,
        ttlMs: 1_000,
      });
    const [before, , after] = await Promise.all([store.heads(false), begin(), store.heads(false)]);
    await begin();
    assert.deepEqual(before, []);
    assert.deepEqual(
      after.map(({ ended }) => ended),
      [false],
    );
    assert.deepEqual(
      (await store.heads(true)).map(({ sequence, ended }) => [sequence, ended]),
      [[2, true]],
    );
  });

  test('read-only: refused, what was written can be read, and served again when it is writable', async (t) => {
    const { ledger: writable, file, databaseUrl } = await ledger(t);
    const before = intent();
    await writable.begin(before, { claim: claim('k'), webhookUrl: null });
    await writable.close();
    // SQLite takes a file for read-only whose header asks for a write version (byte 18) that it does not know.
    const setWriteVersion = async (version: number) => {
      const handle = await open(file, 'r+');
      await handle.write(Buffer.of(version), 0, 1, 18);
      await handle.close();
    };
    await setWriteVersion(9);
    const readOnly = await openTestLedger({ databaseUrl });
    t.after(() => readOnly.close());
    const refused = { ...UNAVAILABLE, message: /read-only/ };
    await assert.rejects(readOnly.begin(intent(), { webhookUrl: null }), refused);
    await assert.rejects(readOnly.check(), refused);
    assert.equal((await readOnly.audit.get(before.request_id))?.status, 'PROCESSING');
    // Nothing would be written by it; a connection that was opened for reading alone is not kept all the same.
    await assert.rejects(readOnly.claimExpired(0), refused);
    await setWriteVersion(2);
    await readOnly.check();
    await readOnly.complete(before, outcome(), null);
    assert.equal((await readOnly.begin(intent(), { claim: claim('k'), webhookUrl: null })).kind, 'replay');
    await readOnly.close();
    await verify(databaseUrl);
  });

  test('no room on the disk: refused before anything, nothing acknowledged is lost, the process lives', async (t) => {
    const file = join(await temporaryDirectory(t), 'ledger.db');
    // Files of this process and its children cannot grow beyond that (POSIX: units of 512 bytes).
    const child = spawn(
      'sh',
      ['-c', 'ulimit -f 1400 && exec "$@"', 'sh', process.execPath, CHILD, `sqlite:${file}`],
      // Not measured for coverage: the file for that would not fit either.
      { stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, NODE_V8_COVERAGE: '' } },
    );
    t.after(() => child.kill('SIGKILL'));
    const said = listen(child);
    const [code] = (await once(child, 'close')) as [number | null];
    assert.equal(code, 0, 'it ended by itself');
    assert.ok(said.closed);
    assert.ok(said.done.size > 20, `${said.done.size} were written before`);
    assert.ok(said.refused.length >= 50);
    assert.ok(
      said.refused.every((line) => /The ledger cannot be used now: the disk/.test(line)),
      said.refused[0] ?? '',
    );
    const after = await openTestLedger({ databaseUrl: `sqlite:${file}` });
    t.after(() => after.close());
    for (const id of said.begun) assert.ok(await after.audit.get(id), id);
    for (const id of said.done) assert.equal((await after.audit.get(id))?.status, 'SUCCESS');
    await manipulate(after);
    await after.close();
    await verify(`sqlite:${file}`);
  });

  test('killed in the middle, again and again: what was acknowledged is there', async (t) => {
    const file = join(await temporaryDirectory(t), 'ledger.db');
    const begun = new Set<string>();
    const done = new Set<string>();
    for (let run = 0; run < 4; run += 1) {
      const child = spawn(process.execPath, [CHILD, `sqlite:${file}`], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      t.after(() => child.kill('SIGKILL'));
      const said = listen(child);
      await until(() => said.done.size >= 20 + run * 7);
      child.kill('SIGKILL');
      await once(child, 'close');
      for (const id of said.begun) begun.add(id);
      for (const id of said.done) done.add(id);
      await verify(`sqlite:${file}`);
    }
    const after = await openTestLedger({ databaseUrl: `sqlite:${file}` });
    t.after(() => after.close());
    for (const id of begun) assert.ok(await after.audit.get(id), id);
    for (const id of done) assert.equal((await after.audit.get(id))?.status, 'SUCCESS');
    const taken = await after.claimExpired(1_000);
    assert.ok(taken.every((one) => !done.has(one.intent.request_id)));
    for (const id of begun) {
      const unfinished = taken.some((one) => one.intent.request_id === id);
      assert.equal((await after.audit.get(id))?.status === 'PROCESSING', unfinished);
    }
    for (const one of taken) await after.complete(one.intent, failure({ reconciled: true }), null);
    assert.equal((await after.gauges()).unreconciledIntents, 0);
    await after.close();
    await verify(`sqlite:${file}`);
  });

  test('a second process on the same file is refused in one line that says what to do', async (t) => {
    const { databaseUrl } = await ledger(t);
    await assert.rejects(openTestLedger({ databaseUrl }), {
      message: /^The ledger .* cannot be opened: another process uses it\. .*PostgreSQL[^\n]*$/,
    });
  });

  test('what is not a ledger is refused in one line', async (t) => {
    const directory = await temporaryDirectory(t);
    const text = join(directory, 'text.db');
    await writeFile(text, 'This is not a database at all. '.repeat(100));
    await mkdir(join(directory, 'folder'));
    for (const file of [text, join(directory, 'folder'), join(text, 'ledger.db')]) {
      await assert.rejects(openTestLedger({ databaseUrl: `sqlite:${file}` }), {
        message: /^The ledger .* cannot be opened: [^\n]+$/,
      });
    }
  });

  test('nothing on the service’s connection can change or delete an entry', async (t) => {
    const { ledger: filled, file } = await ledger(t);
    await manipulate(filled);
    const raw = new DatabaseSync(file);
    t.after(() => raw.close());
    const statements = [
      "UPDATE entries SET entry = '{}'",
      'DELETE FROM entries',
      'INSERT OR REPLACE INTO entries SELECT * FROM entries',
    ];
    for (const statement of statements.slice(0, 2)) {
      assert.throws(
        () => raw.exec(statement),
        /never (changed|deleted)/,
        'the triggers hold for every client',
      );
    }
    const service = connect(file);
    t.after(() => service.close());
    forbidChanges(service.database);
    const more = [
      'DROP TRIGGER entries_stay',
      'DROP TABLE entries',
      'ALTER TABLE entries RENAME TO others',
      "PRAGMA writable_schema = 1; DELETE FROM sqlite_schema WHERE name = 'entries_stay'",
      `ATTACH '${file}' AS again`,
    ];
    for (const statement of [...statements, ...more]) {
      assert.throws(() => service.database.exec(statement), statement);
    }
    assert.equal(service.all('SELECT * FROM entries').length, 3);
  });
});
