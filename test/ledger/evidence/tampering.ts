import assert from 'node:assert/strict';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { readPublicKey } from '../../../src/ledger/evidence/checkpoint.ts';
import { readCheckpoints } from '../../../src/ledger/evidence/directory.ts';
import {
  anchorsOf,
  emptySummary,
  type Finding,
  findings,
  type StoredEntry,
} from '../../../src/ledger/evidence/verify.ts';
import { claim, failure, intent, outcome } from '../support.ts';
import { checkpointKey, openTestLedger } from '../storage.ts';
import { createRandom } from '../../support/random.ts';
import { MUTATIONS } from './mutations.ts';

/** A SQLite ledger with at least that many entries, in several chains, closed. */
export async function filledLedger(directory: string, entries: number, runs = 3) {
  const databaseUrl = `sqlite:${join(directory, 'ledger.db')}`;
  const checkpointDir = join(directory, 'checkpoints');
  const checkpointKeyFile = await checkpointKey(directory);
  for (let run = 0; run < runs; run += 1) {
    const ledger = await openTestLedger({ databaseUrl, checkpointKeyFile, checkpointDir });
    const manipulations = Math.ceil(entries / 3 / runs);
    for (let done = 0; done < manipulations; done += 100) {
      await Promise.all(
        Array.from({ length: Math.min(100, manipulations - done) }, async (_, i) => {
          const begun = intent({ action_name: `action-${i}` });
          await ledger.begin(begun, { webhookUrl: null, claim: claim(begun.request_id) });
          await ledger.dispatch(begun.request_id);
          await ledger.complete(begun, i % 10 === 0 ? failure() : outcome(), null);
        }),
      );
    }
    await ledger.close();
  }
  return { databaseUrl, file: join(directory, 'ledger.db'), checkpointDir, checkpointKeyFile };
}

const SELECT = 'SELECT * FROM entries ORDER BY chain, sequence';

/**
 * Mutates a ledger `rounds` times, each time undone again, and asserts that each mutation is found and that the ledger is
 * clean before and after. Returns how many of each kind were made and found.
 */
export async function tamper(
  { file, checkpointDir, checkpointKeyFile }: Awaited<ReturnType<typeof filledLedger>>,
  {
    rounds,
    seed,
    progress = () => undefined,
  }: { rounds: number; seed: number; progress?: (made: number) => void },
): Promise<{ entries: number; found: Record<string, number> }> {
  const { checkpoints } = await readCheckpoints(checkpointDir, await readPublicKey(checkpointKeyFile));
  const anchors = anchorsOf(checkpoints, checkpoints);
  const db = new DatabaseSync(file);
  const summary = emptySummary();
  const first = async (): Promise<Finding | undefined> => {
    const rows = db.prepare(SELECT).iterate() as Iterable<unknown> as Iterable<StoredEntry>;
    for await (const finding of findings(rows, anchors, summary)) return finding;
    return undefined;
  };
  try {
    assert.equal(await first(), undefined, 'the untouched ledger is clean');
    const { entries } = summary;
    db.exec('DROP TRIGGER entries_stay; DROP TRIGGER entries_remain');
    const random = createRandom(seed);
    const kinds = Object.keys(MUTATIONS);
    const found: Record<string, number> = {};
    for (let made = 0; made < rounds; made += 1) {
      const kind = kinds[made % kinds.length] ?? '';
      db.exec('BEGIN');
      const what = MUTATIONS[kind]?.(db, random);
      const finding = await first();
      db.exec('ROLLBACK');
      assert.ok(finding, `seed ${seed}, round ${made}: ${kind} of ${what} was not found`);
      assert.ok(finding.chain.length > 0 && finding.sequence >= 1 && finding.reason.length > 0);
      found[kind] = (found[kind] ?? 0) + 1;
      progress(made + 1);
    }
    assert.equal(await first(), undefined, 'the ledger is clean again');
    return { entries, found };
  } finally {
    db.close();
  }
}
