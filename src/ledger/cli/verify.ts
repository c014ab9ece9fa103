import { parseArgs } from 'node:util';
import { ALL_ENTRIES, archivedEntries } from '../evidence/archive.ts';
import { IDLE_INTERVAL_MS, INTERVAL_MS } from '../evidence/checkpointer.ts';
import { ORIGIN, readPublicKey } from '../evidence/checkpoint.ts';
import { verifierKey } from '../evidence/note.ts';
import { schemaFaults } from '../evidence/schema.ts';
import { withSql } from '../evidence/statements.ts';
import {
  type Anchors,
  anchorsOf,
  describe,
  emptySummary,
  type Finding,
  findings,
  type StoredEntry,
  type Summary,
} from '../evidence/verify.ts';
import { type Checkpoints, checkpointsFor } from './checkpoints.ts';
import { command, type CommandConfig, FAILED, OK, type Output, WRONG } from './command.ts';

export const VERIFY_USAGE = `usage: npm run audit:verify [-- --checkpoint FILE] [--archive FILE] [--verifier-key]

Reads the whole ledger of DATABASE_URL and says whether it is as it was written, held against every checkpoint in
AUDIT_CHECKPOINT_DIR. AUDIT_CHECKPOINT_KEY_FILE may hold the public key alone. The last line says what was not checked.

  --checkpoint FILE   hold it against this checkpoint, a copy that was kept elsewhere for instance
  --archive FILE      read an archive instead of the ledger
  --verifier-key      print the public key as other tools for signed notes (c2sp.org/signed-note) take it

Exit code: 0 intact; 1 tampered with, and the first bad record is named; 2 could not tell.`;

/** How far the clocks of instances may be apart: a chain of another instance may seem that much older. */
const SKEW_MS = 2 * 3_600_000;

/**
 * Reads the whole ledger, or an archive of it, and says whether it is as it was written. Beside the chains themselves it
 * holds them against the checkpoint that is named or, without one, against all of AUDIT_CHECKPOINT_DIR.
 */
export const verifyCommand = command('Could not tell: ', async (argv, config, output) => {
  const options = {
    checkpoint: { type: 'string' },
    archive: { type: 'string' },
    'verifier-key': { type: 'boolean', default: false },
  } as const;
  const { checkpoint, archive, ...values } = parseArgs({ args: argv, options }).values;
  if (values['verifier-key']) {
    if (config.checkpointKeyFile === undefined) throw new Error('AUDIT_CHECKPOINT_KEY_FILE is not set.');
    output.out(verifierKey(ORIGIN, await readPublicKey(config.checkpointKeyFile)));
    return OK;
  }
  // Read before the entries: a checkpoint that is made meanwhile would be ahead of them.
  const checkpoints = await checkpointsFor(checkpoint, config);
  const skewMs = config.databaseUrl.startsWith('sqlite:') ? 0 : SKEW_MS;
  const anchors = anchorsOf(checkpoints.anchoring, checkpoints.all, skewMs);
  const summary = emptySummary();
  const bad =
    archive === undefined
      ? await verifyLedger(config, anchors, summary, output)
      : await report(findings(archivedEntries(archive), forArchive(anchors), summary), output);
  const open = archive === undefined ? doubts(checkpoints, summary, config) : [];
  for (const { file, reason } of checkpoints.unusable)
    open.push(`the checkpoint ${file} cannot be used: ${reason}`);
  for (const doubt of open) output.error(`Could not tell: ${doubt}.`);
  const read = `${summary.entries} entries in ${summary.chains} chains, ${checkpoints.anchoring.length} checkpoints`;
  if (bad === 0 && open.length === 0) output.out(`Intact: ${read}.`);
  (bad + open.length > 0 ? output.error : output.out)(`Not checked: ${notChecked(checkpoints, summary)}.`);
  return bad > 0 ? WRONG : open.length > 0 ? FAILED : OK;
});

/** Prints each finding; returns how many. */
async function report(found: AsyncIterable<Finding>, { error }: Output): Promise<number> {
  let bad = 0;
  for await (const finding of found) {
    error(`TAMPERED: ${describe(finding)}`);
    bad += 1;
  }
  return bad;
}

function verifyLedger(
  { databaseUrl }: CommandConfig,
  anchors: Anchors,
  summary: Summary,
  output: Output,
): Promise<number> {
  return withSql(databaseUrl, async (sql) => {
    const faults = await schemaFaults(sql, databaseUrl);
    for (const fault of faults) output.error(`TAMPERED: ${fault}.`);
    const entries = sql.stream(ALL_ENTRIES) as AsyncIterable<StoredEntry>;
    return faults.length + (await report(findings(entries, anchors, summary), output));
  });
}

/** What keeps the ledger from being called intact although nothing in it is wrong. */
function doubts({ all }: Checkpoints, summary: Summary, { checkpointDir }: CommandConfig): string[] {
  const found = summary.leftovers.map(
    (chain) => `the archived chain ${chain} is still here in part; run audit:archive again, which drops it`,
  );
  if (checkpointDir !== undefined && all.length === 0)
    found.push(
      `AUDIT_CHECKPOINT_DIR (${checkpointDir}) holds no checkpoint, and the service writes one when it starts`,
    );
  const newest = all.at(-1);
  if (newest === undefined || checkpointDir === undefined) return found;
  const { number, at, closed } = newest.checkpoint;
  if (number > 0 && !closed && Date.now() - Date.parse(at) > IDLE_INTERVAL_MS + 3 * INTERVAL_MS)
    found.push(
      `the newest checkpoint is of ${at}, when the service had not stopped; it was killed, or younger ones were removed`,
    );
  if (closed && summary.beyond > 0)
    found.push(
      `entries were written after the checkpoint of ${at}, which says that the service had stopped: younger ones are missing`,
    );
  if (summary.youngest > Date.parse(at) + 3 * INTERVAL_MS) {
    const written = new Date(summary.youngest).toISOString();
    found.push(
      `entries were written until ${written}, and the newest checkpoint is of ${at}: younger ones are missing, or could not be written`,
    );
  }
  return found;
}

/** Completes a sentence. */
function notChecked({ anchoring, all }: Checkpoints, { beyond }: Summary): string {
  const last = anchoring.at(-1);
  if (last === undefined) {
    return 'without checkpoints, whether entries were cut off at an end, whole chains removed or added, or all of it computed anew; and the states of webhooks';
  }
  const archived = new Set(all.flatMap(({ checkpoint }) => checkpoint.archived.map(({ chain }) => chain)))
    .size;
  return [
    `${beyond} entries younger than the last checkpoint (number ${last.checkpoint.number}, ${last.checkpoint.at}), which can be cut off or forged`,
    'whether ledger and checkpoints were set back together (hold the ledger against a copy kept elsewhere: --checkpoint FILE)',
    ...(archived > 0 ? [`${archived} archived chains (--archive FILE)`] : []),
    'the states of webhooks',
  ].join('; ');
}

/** An archive holds one chain, from its beginning to where it was archived: no other one is missing from it. */
function forArchive(anchors: Anchors): Anchors {
  const file = 'its archiving checkpoint';
  const byChain = new Map(
    [...anchors.archived].map(([chain, one]) => [chain, [{ ...one, at: null, ended: true, file }]]),
  );
  return { ...anchors, byChain, archived: new Map(), partial: true };
}
