import assert from 'node:assert/strict';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, before, describe, test, type TestContext } from 'node:test';
import pg from 'pg';
import { archiveCommand } from '../../../src/ledger/cli/archive.ts';
import type { CommandConfig } from '../../../src/ledger/cli/command.ts';
import { verifyCommand } from '../../../src/ledger/cli/verify.ts';
import { type Cluster, startPostgres } from '../../support/postgres.ts';
import { checkpointKey, openTestLedger, runCommand, temporaryDirectory } from '../storage.ts';
import { claim, intent, manipulate, notification, outcome, testClock } from '../support.ts';

const DAY = 86_400_000;

/** A ledger of three months: one run long ago, one that left something open, and one of today. */
async function threeMonths(t: TestContext, databaseUrl: string) {
  const directory = await temporaryDirectory(t);
  const checkpointDir = join(directory, 'checkpoints');
  const checkpointKeyFile = await checkpointKey(directory);
  const config: CommandConfig = { databaseUrl, checkpointDir, checkpointKeyFile };
  const ids: Record<'old' | 'open' | 'young', string[]> = { old: [], open: [], young: [] };
  const runs = [
    ['old', -100],
    ['open', -65],
    ['young', 0],
  ] as const;
  for (const [name, days] of runs) {
    const clock = testClock();
    clock.advance(days * DAY);
    const ledger = await openTestLedger({ ...config, clock });
    const timestamp = new Date(clock.now()).toISOString();
    for (let i = 0; i < 12; i += 1) ids[name].push(await manipulate(ledger, { timestamp }));
    const begun = intent({ timestamp });
    await ledger.begin(begun, { claim: claim(name), webhookUrl: null });
    if (name !== 'open') await ledger.complete(begun, outcome(), null);
    const hooked = intent({ timestamp });
    const sent = notification(hooked.request_id);
    await ledger.begin(hooked, { webhookUrl: sent.url });
    await ledger.complete(hooked, outcome(), sent);
    await ledger.outbox.start(async () => ({ outcome: 'delivered' }));
    await ledger.outbox.attempt(sent.id, 10_000);
    await ledger.close();
  }
  return { directory, archives: join(directory, 'archives'), config, ids };
}

const tomorrow = () => new Date(Date.now() + DAY).toISOString().slice(0, 10);

/** What holds of archiving, whatever the database. */
async function archives(
  t: TestContext,
  databaseUrl: string,
  expireOldKeys: () => Promise<void>,
  chains: () => Promise<string[]>,
): Promise<void> {
  const { archives: directory, config, ids } = await threeMonths(t, databaseUrl);
  await expireOldKeys();
  const [old = ''] = await chains();
  const argv = ['--before', tomorrow(), '--directory', directory];
  const first = await runCommand(archiveCommand, argv, config);
  assert.equal(first.code, 0, first.text);
  assert.match(first.text, new RegExp(`^Archived 40 entries of chain ${old}: ${old}\\.ndjson$`, 'm'));
  assert.match(first.text, /^Kept chain .*: it has an intent that is not finished\.$/m);
  assert.deepEqual(await readdir(directory), [`${old}.ndjson`]);
  assert.equal((await chains()).length, 2);

  const verified = await runCommand(verifyCommand, [], config);
  assert.equal(verified.code, 0, verified.text);
  const archived = await runCommand(verifyCommand, ['--archive', join(directory, `${old}.ndjson`)], config);
  assert.equal(archived.code, 0, archived.text);
  assert.match(archived.text, /^Intact: 40 entries in 1 chains/);
  const again = await runCommand(archiveCommand, argv, config);
  assert.equal(again.code, 0);
  assert.doesNotMatch(again.text, /Archived/);

  const ledger = await openTestLedger(config);
  t.after(() => ledger.close());
  for (const id of ids.old) assert.equal(await ledger.audit.get(id), null);
  for (const id of [...ids.open, ...ids.young]) assert.equal((await ledger.audit.get(id))?.status, 'SUCCESS');
  assert.equal((await ledger.audit.list({}, 100)).items.length, 28);
  await manipulate(ledger);
}

describe('audit:archive', () => {
  let cluster: Cluster;
  before(async () => {
    cluster = await startPostgres();
  });
  after(() => cluster.destroy());

  test('SQLite: old chains go to files behind a signed checkpoint, the rest still verifies', async (t) => {
    const file = join(await temporaryDirectory(t), 'ledger.db');
    await archives(
      t,
      `sqlite:${file}`,
      async () => undefined,
      async () => {
        const db = new DatabaseSync(file);
        const rows = db.prepare('SELECT DISTINCT chain FROM entries ORDER BY chain').all();
        db.close();
        return rows.map((row) => String(row['chain']));
      },
    );
  });

  test('PostgreSQL: the same', async (t) => {
    const databaseUrl = await cluster.createDatabase();
    const expireOldKeys = async () => {
      const client = new pg.Client({ connectionString: databaseUrl });
      await client.connect();
      // PostgreSQL's own clock, which no test can set, gave them their time.
      await client.query(`UPDATE ledger.keys SET expires_at = 0 WHERE key = 'old'`);
      await client.end();
    };
    await archives(t, databaseUrl, expireOldKeys, async () => {
      const client = new pg.Client({ connectionString: databaseUrl });
      await client.connect();
      const { rows } = await client.query<{ chain: string }>(
        'SELECT DISTINCT chain FROM ledger.entries ORDER BY chain',
      );
      await client.end();
      return rows.map(({ chain }) => chain);
    });
  });

  test('PostgreSQL: a changed, a deleted and a cut off entry are found', async (t) => {
    const databaseUrl = await cluster.createDatabase();
    const { config } = await threeMonths(t, databaseUrl);
    assert.equal((await runCommand(verifyCommand, [], config)).code, 0);
    const client = new pg.Client({ connectionString: databaseUrl });
    await client.connect();
    t.after(() => client.end());
    const changes = [
      `UPDATE ledger.entries SET entry = replace(entry, '12.5', '12.6') WHERE sequence = 6`,
      `UPDATE ledger.entries SET status = 'FAILED' WHERE sequence = 6`,
      'DELETE FROM ledger.entries WHERE sequence = 7',
      'DELETE FROM ledger.entries WHERE sequence > 30',
    ];
    for (const change of changes) {
      await client.query(
        'CREATE TABLE copy AS TABLE ledger.entries; ALTER TABLE ledger.entries DISABLE TRIGGER ALL',
      );
      await client.query(change);
      assert.equal((await runCommand(verifyCommand, [], config)).code, 1, change);
      await client.query(`TRUNCATE ledger.entries; INSERT INTO ledger.entries TABLE copy; DROP TABLE copy;
         ALTER TABLE ledger.entries ENABLE TRIGGER ALL`);
    }
    assert.equal((await runCommand(verifyCommand, [], config)).code, 0);
  });

  test('beside a service that is running', async (t) => {
    const file = join(await temporaryDirectory(t), 'ledger.db');
    const { archives: directory, config } = await threeMonths(t, `sqlite:${file}`);
    const ledger = await openTestLedger(config);
    t.after(() => ledger.close());
    await manipulate(ledger);
    const { code, text } = await runCommand(
      archiveCommand,
      ['--before', tomorrow(), '--directory', directory],
      config,
    );
    assert.equal(code, 0, text);
    await manipulate(ledger);
    assert.equal((await runCommand(verifyCommand, [], config)).code, 0);
    const raw = new DatabaseSync(file);
    t.after(() => raw.close());
    assert.throws(() => raw.exec('DELETE FROM entries'), /never deleted/, 'the trigger is there again');
  });

  test('a run that was cut short: 2 until the next one has finished it', async (t) => {
    const file = join(await temporaryDirectory(t), 'ledger.db');
    const { archives: directory, config } = await threeMonths(t, `sqlite:${file}`);
    const argv = ['--before', tomorrow(), '--directory', directory];
    const db = new DatabaseSync(file);
    t.after(() => db.close());
    db.exec('CREATE TABLE copy AS SELECT * FROM entries');
    assert.equal((await runCommand(archiveCommand, argv, config)).code, 0);
    db.exec(
      'INSERT INTO entries SELECT * FROM copy WHERE chain = (SELECT min(chain) FROM copy) AND sequence > 17',
    );
    const half = await runCommand(verifyCommand, [], config);
    assert.equal(half.code, 2);
    assert.match(half.text, /is still here in part; run audit:archive again/);
    const { text } = await runCommand(archiveCommand, argv, config);
    assert.match(text, /^Archived 40 entries/m);
    assert.equal(
      db.prepare('SELECT count(*) AS left FROM entries WHERE chain = (SELECT min(chain) FROM copy)').get()?.[
        'left'
      ],
      0,
    );
  });

  test('a chain that was tampered with is not dropped', async (t) => {
    const file = join(await temporaryDirectory(t), 'ledger.db');
    const { archives: directory, config } = await threeMonths(t, `sqlite:${file}`);
    const db = new DatabaseSync(file);
    db.exec(
      `DROP TRIGGER entries_stay; UPDATE entries SET entry = replace(entry, '12.5', '1.25') WHERE sequence = 6`,
    );
    db.close();
    const { code, text } = await runCommand(
      archiveCommand,
      ['--before', tomorrow(), '--directory', directory],
      config,
    );
    assert.equal(code, 1);
    assert.match(text, /^TAMPERED, kept: chain .*, entry 6/m);
    assert.equal((await runCommand(verifyCommand, [], config)).code, 1);
  });

  test('a changed or shortened archive is found', async (t) => {
    const file = join(await temporaryDirectory(t), 'ledger.db');
    const { archives: directory, config } = await threeMonths(t, `sqlite:${file}`);
    await runCommand(archiveCommand, ['--before', tomorrow(), '--directory', directory], config);
    const [name = ''] = await readdir(directory);
    const path = join(directory, name);
    const text = await readFile(path, 'utf8');
    const shorter = text.split('\n').slice(0, 30).join('\n');
    for (const changed of [text.replace('12.5', '12.6'), shorter, text.replace(/^.*\n/, '')]) {
      await writeFile(path, changed);
      assert.equal((await runCommand(verifyCommand, ['--archive', path], config)).code, 1);
    }
    await writeFile(path, 'nonsense\n');
    assert.equal((await runCommand(verifyCommand, ['--archive', path], config)).code, 2);
  });

  test('2 without a key, a date or a directory', async (t) => {
    const directory = await temporaryDirectory(t);
    const databaseUrl = `sqlite:${join(directory, 'ledger.db')}`;
    assert.equal((await runCommand(archiveCommand, [], { databaseUrl })).code, 2);
    const unsigned = await runCommand(archiveCommand, ['--before', tomorrow(), '--directory', directory], {
      databaseUrl,
    });
    assert.equal(unsigned.code, 2);
    assert.match(unsigned.text, /AUDIT_CHECKPOINT_KEY_FILE/);
  });
});
