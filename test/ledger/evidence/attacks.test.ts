import assert from 'node:assert/strict';
import { copyFile, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, before, describe, test, type TestContext } from 'node:test';
import pg from 'pg';
import { archiveCommand } from '../../../src/ledger/cli/archive.ts';
import { verifyCommand } from '../../../src/ledger/cli/verify.ts';
import { ENTRY_COLUMNS, type Entry, entryAfter, GENESIS } from '../../../src/ledger/journal/entry.ts';
import { type Cluster, startPostgres } from '../../support/postgres.ts';
import { checkpointKey, openTestLedger, runCommand, temporaryDirectory } from '../storage.ts';
import { intent, manipulate, testClock } from '../support.ts';

const DAY = 86_400_000;

/** What an attacker has: the database itself, beyond triggers and roles, and the folder of checkpoints. */
interface Attack {
  run: (sql: string) => Promise<unknown[]>;
  /** Adds an entry with its proper hash after `after`, or as the first one of a chain. */
  forge: (after: Pick<Entry, 'chain' | 'sequence' | 'hash'>, at: number) => Promise<void>;
  last: () => Promise<Entry>;
  checkpoints: () => Promise<string[]>;
  viewOf: () => Promise<void>;
}

interface Row {
  name: string;
  /** The ledger has an archived chain as well. */
  archived?: boolean;
  attack(of: Attack, directory: string): Promise<void>;
  /** Exit codes of `audit:verify`. */
  without: number;
  with: number;
  says: RegExp;
}

const hoursBefore = (at: string, hours: number): number => Date.parse(at) - hours * 3_600_000;
const timeOf = ({ entry }: Entry): string => (JSON.parse(entry) as { at: string }).at;

/** The rows of the table in docs/durability.md. */
const ROWS: Row[] = [
  {
    name: 'an entry edited',
    attack: async ({ run }) => {
      await run(`UPDATE entries SET entry = replace(entry, 'Production', 'Reduction') WHERE sequence = 4`);
    },
    without: 1,
    with: 1,
    says: /entry 4, record .*does not fit its hash/,
  },
  {
    name: 'the end of a chain cut off',
    attack: async ({ run }) => {
      await run('DELETE FROM entries WHERE sequence > 6');
    },
    without: 0,
    with: 1,
    says: /entry 7: it is cut off/,
  },
  {
    name: 'a chain removed whole, or the ledger emptied',
    attack: async ({ run }) => {
      await run('DELETE FROM entries');
    },
    without: 0,
    with: 1,
    says: /the whole chain is missing/,
  },
  {
    name: 'a chain computed anew from an edited entry on',
    attack: async ({ run, forge }) => {
      const [one] = (await run('SELECT * FROM entries WHERE sequence = 5')) as Entry[];
      const [previous] = (await run('SELECT * FROM entries WHERE sequence = 4')) as Entry[];
      assert.ok(one && previous);
      await run('DELETE FROM entries WHERE sequence > 4');
      for (let head = previous, left = 8; left > 0; left -= 1) {
        await forge(head, Date.parse(timeOf(one)));
        head = (await run('SELECT * FROM entries ORDER BY sequence DESC LIMIT 1'))[0] as Entry;
      }
    },
    without: 0,
    with: 1,
    says: /entry 12: it is not what .* was signed for|follows the end|cut off/,
  },
  {
    name: 'an entry forged behind the end of an ended chain',
    attack: async ({ forge, last }) => forge(await last(), Date.now() + 1000),
    without: 0,
    with: 1,
    says: /it follows the end of the chain/,
  },
  {
    name: 'a new chain dated before a checkpoint',
    attack: async ({ forge, last }) =>
      forge(
        { chain: '20200101-0badc0de', sequence: 0, hash: GENESIS },
        hoursBefore(timeOf(await last()), 72),
      ),
    without: 0,
    with: 1,
    says: /chain 20200101-0badc0de, entry 1, record .*before .*which does not have it/,
  },
  {
    name: 'a backdated entry at the end of a chain',
    attack: async ({ forge, last }) => {
      const end = await last();
      await forge(end, hoursBefore(timeOf(end), 1));
    },
    without: 1,
    with: 1,
    says: /its time is before that of the entry before it|follows the end/,
  },
  {
    name: 'entries replaced by a view',
    attack: ({ viewOf }) => viewOf(),
    without: 1,
    with: 1,
    says: /entries is not a table/,
  },
  {
    name: 'a trigger that protects entries removed',
    attack: async ({ run }) => {
      await run('DROP TRIGGER entries_remain');
    },
    without: 1,
    with: 1,
    says: /the trigger entries_remain/,
  },
  {
    name: 'a record forged into an archived range',
    archived: true,
    attack: async ({ forge }, directory) => {
      const [file = ''] = await readdir(join(directory, 'archives'));
      await forge(
        { chain: file.replace('.ndjson', ''), sequence: 3, hash: 'f'.repeat(64) },
        Date.now() - 100 * DAY,
      );
    },
    without: 1,
    with: 1,
    says: /was archived to entry 12 and is another one here/,
  },
  {
    name: 'the folder of checkpoints emptied, and the ledger with it',
    attack: async ({ run, checkpoints }) => {
      for (const file of await checkpoints()) await rm(file);
      await run('DELETE FROM entries');
    },
    without: 0,
    with: 2,
    says: /holds no checkpoint/,
  },
  {
    name: 'a checkpoint removed from the middle of the row',
    attack: async ({ checkpoints }) => {
      const [, second = ''] = await checkpoints();
      await rm(second);
    },
    without: 0,
    with: 2,
    says: /checkpoint 2, which comes before it, is missing/,
  },
];

let cluster: Cluster;
before(async () => {
  cluster = await startPostgres();
});
after(() => cluster.destroy());

const DATABASES: Record<string, (t: TestContext) => Promise<string>> = {
  sqlite: async (t) => `sqlite:${join(await temporaryDirectory(t), 'ledger.db')}`,
  postgres: () => cluster.createDatabase(),
};

/** A closed ledger of 12 entries in one chain, with its checkpoints, and an older one that was archived if asked. */
async function ledger(t: TestContext, databaseUrl: string, archived: boolean) {
  const directory = await temporaryDirectory(t);
  const checkpointDir = join(directory, 'checkpoints');
  const config = { databaseUrl, checkpointDir, checkpointKeyFile: await checkpointKey(directory) };
  if (archived) {
    const clock = testClock();
    clock.advance(-100 * DAY);
    const old = await openTestLedger({ ...config, clock });
    const timestamp = new Date(clock.now()).toISOString();
    for (let i = 0; i < 4; i += 1) await manipulate(old, { timestamp });
    await old.close();
    await attackOn(databaseUrl, checkpointDir, ({ run: query }) => query('DELETE FROM keys'), false);
    const argv = [
      '--before',
      new Date(Date.now() - 50 * DAY).toISOString(),
      '--directory',
      join(directory, 'archives'),
    ];
    const done = await runCommand(archiveCommand, argv, config);
    assert.match(done.text, /^Archived 1[0-9] entries/, done.text);
  }
  const now = await openTestLedger(config);
  for (let i = 0; i < 4; i += 1) await manipulate(now, {});
  await now.close();
  const again = await openTestLedger(config);
  await again.close();
  return { directory, config };
}

async function attackOn(
  databaseUrl: string,
  checkpointDir: string,
  work: (of: Attack) => Promise<unknown>,
  disarm = true,
): Promise<void> {
  const sqlite = databaseUrl.startsWith('sqlite:');
  const file = sqlite ? new DatabaseSync(databaseUrl.slice('sqlite:'.length)) : undefined;
  const client = sqlite ? undefined : new pg.Client({ connectionString: databaseUrl });
  await client?.connect();
  await client?.query('SET search_path TO ledger');
  const query = async (sql: string, values: (string | number | null)[] = []): Promise<unknown[]> => {
    if (file !== undefined) return file.prepare(sql.replaceAll(/\$\d+/g, '?')).all(...values);
    const { rows } = (await client?.query(sql, values)) ?? { rows: [] };
    return rows.map((row: Record<string, unknown>) =>
      typeof row['sequence'] === 'string' ? { ...row, sequence: Number(row['sequence']) } : row,
    );
  };
  const triggers = file?.prepare("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").all() ?? [];
  let view = false;
  try {
    if (disarm) {
      for (const { name } of triggers) await query(`DROP TRIGGER ${String(name)}`);
      await client?.query('ALTER TABLE entries DISABLE TRIGGER ALL');
    }
    let dropped = '';
    await work({
      run: async (sql) => {
        if (sql.startsWith('DROP TRIGGER')) {
          dropped = sql.slice('DROP TRIGGER '.length);
          return [];
        }
        return query(sql);
      },
      async forge({ chain, sequence, hash }, at) {
        const begun = intent({ timestamp: new Date(at).toISOString() });
        const content = { kind: 'intent', request_id: begun.request_id, intent: begun } as const;
        const entry = entryAfter({ chain, sequence, hash }, content, new Date(at).toISOString());
        await query(
          `INSERT INTO entries (${ENTRY_COLUMNS.join()}) VALUES (${ENTRY_COLUMNS.map((_, i) => `$${i + 1}`).join()})`,
          ENTRY_COLUMNS.map((column) => entry[column]),
        );
      },
      last: async () =>
        (await query('SELECT * FROM entries ORDER BY chain DESC, sequence DESC LIMIT 1'))[0] as Entry,
      checkpoints: async () => (await readdir(checkpointDir)).sort().map((name) => join(checkpointDir, name)),
      async viewOf() {
        await query('ALTER TABLE entries RENAME TO others');
        await query('CREATE VIEW entries AS SELECT * FROM others');
        view = true;
      },
    });
    // A careful attacker puts everything back.
    // eslint-disable-next-line @typescript-eslint/no-unnecessary-condition
    if (disarm && !view) {
      for (const { name, sql } of triggers) if (name !== dropped) await query(String(sql));
      await client?.query('ALTER TABLE entries ENABLE TRIGGER ALL');
      if (dropped !== '') await client?.query(`DROP TRIGGER ${dropped} ON entries`);
    }
  } finally {
    file?.close();
    await client?.end();
  }
}

for (const [engine, create] of Object.entries(DATABASES)) {
  describe(`attacks on a ledger in ${engine}`, { concurrency: 2 }, () => {
    for (const row of ROWS) {
      test(`${row.name}: ${row.without} without checkpoints, ${row.with} with them`, async (t) => {
        const databaseUrl = await create(t);
        const { config, directory } = await ledger(t, databaseUrl, row.archived === true);
        const intact = await runCommand(verifyCommand, [], config);
        assert.equal(intact.code, 0, intact.text);
        await attackOn(databaseUrl, config.checkpointDir, (attack) => row.attack(attack, directory));
        const alone = await runCommand(verifyCommand, [], { databaseUrl });
        assert.equal(alone.code, row.without, alone.text);
        assert.match(alone.text, /\nNot checked: .*$/);
        const anchored = await runCommand(verifyCommand, [], config);
        assert.equal(anchored.code, row.with, anchored.text);
        assert.match(anchored.text, row.says);
        assert.match(anchored.text, /\nNot checked: .*$/);
      });
    }

    test('younger checkpoints removed: 2 where entries follow, or the service would have written one since', async (t) => {
      const databaseUrl = await create(t);
      const { config } = await ledger(t, databaseUrl, false);
      const { checkpointDir } = config;
      const before = await readdir(checkpointDir);
      const later = await openTestLedger(config);
      await manipulate(later, {});
      await later.close();
      assert.equal((await runCommand(verifyCommand, [], config)).code, 0);
      for (const name of await readdir(checkpointDir)) {
        if (!before.includes(name)) await rm(join(checkpointDir, name));
      }
      const followed = await runCommand(verifyCommand, [], config);
      assert.equal(followed.code, 2, followed.text);
      assert.match(followed.text, /which says that the service had stopped: younger ones are missing/);

      const clock = testClock();
      clock.advance(-3 * 3_600_000);
      const empty = { ...config, databaseUrl: await create(t), checkpointDir: `${checkpointDir}-other` };
      await (await openTestLedger({ ...empty, clock })).close();
      const [, closing = ''] = (await readdir(empty.checkpointDir)).sort();
      await rm(join(empty.checkpointDir, closing));
      const silent = await runCommand(verifyCommand, [], empty);
      assert.equal(silent.code, 2, silent.text);
      assert.match(
        silent.text,
        /when the service had not stopped; it was killed, or younger ones were removed/,
      );
    });

    test('ledger and checkpoints set back together: 1 against a copy kept elsewhere', async (t) => {
      const databaseUrl = await create(t);
      const { config } = await ledger(t, databaseUrl, false);
      const [newest = ''] = (await readdir(config.checkpointDir)).sort().reverse();
      const young = join(config.checkpointDir, newest);
      const elsewhere = join(await temporaryDirectory(t), newest);
      await copyFile(young, elsewhere);
      await attackOn(databaseUrl, config.checkpointDir, async ({ run: query }) => {
        for (const name of (await readdir(config.checkpointDir)).sort().slice(1)) {
          await rm(join(config.checkpointDir, name));
        }
        await query('DELETE FROM entries');
      });
      assert.equal((await runCommand(verifyCommand, [], config)).code, 0);
      const found = await runCommand(verifyCommand, ['--checkpoint', elsewhere], config);
      assert.equal(found.code, 1, found.text);
      assert.match(found.text, /the whole chain is missing/);
    });
  });
}
