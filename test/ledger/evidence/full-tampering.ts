/**
 * The whole measure of what `audit:verify` finds: 1,000 random mutations of a ledger of 10,000 records (30,000 entries), each undone again.
 * `node test/ledger/evidence/full-tampering.ts [ROUNDS] [ENTRIES] [SEED]`
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { filledLedger, tamper } from './tampering.ts';

const [rounds = 1_000, entries = 30_000, seed = Date.now()] = process.argv.slice(2).map(Number);
const directory = await mkdtemp(join(tmpdir(), 'tampering-'));
try {
  const ledger = await filledLedger(directory, entries, 4);
  const started = performance.now();
  const made = await tamper(ledger, {
    rounds,
    seed,
    progress: (done) => {
      if (done % 100 === 0) process.stderr.write(`${done} `);
    },
  });
  const seconds = ((performance.now() - started) / 1000).toFixed(0);
  console.log(`\nseed ${seed}: ${rounds} mutations of ${made.entries} entries, all found, in ${seconds} s`);
  console.table(made.found);
} finally {
  await rm(directory, { recursive: true, force: true });
}
