import { parseArgs } from 'node:util';
import { ALL_ENTRIES, archivedEntries } from '../evidence/archive.ts';
import { openSql } from '../evidence/statements.ts';
import { type Anchors, anchorsOf, type Finding, findings, type StoredEntry } from '../evidence/verify.ts';
import { checkpointsFor } from './checkpoints.ts';
import { type Command, type CommandConfig, messageOf } from './command.ts';

export const INTACT = 0;
export const TAMPERED = 1;
export const UNKNOWN = 2;

/**
 * `audit:verify [--checkpoint FILE] [--archive FILE]`: reads the whole ledger, or an archive of it, and says whether it is
 * as it was written. Beside the chains themselves it holds them against the checkpoint that is named or, without one,
 * against all of AUDIT_CHECKPOINT_DIR. Exits 0 when intact, 1 when tampered with, 2 when that could not be told.
 */
export const verifyCommand: Command = async (argv, config, { out, error }) => {
  try {
    const options = { checkpoint: { type: 'string' }, archive: { type: 'string' } } as const;
    const { checkpoint, archive } = parseArgs({ args: argv, options }).values;
    // Read before the entries: a checkpoint that is made meanwhile would be ahead of them.
    const { anchoring, all, unreadable } = await checkpointsFor(checkpoint, config);
    const anchors = anchorsOf(anchoring, all);
    const summary = { chains: 0, entries: 0 };
    let bad = 0;
    const source = archive === undefined ? everyEntry(config) : archivedEntries(archive);
    for await (const finding of findings(
      source,
      archive === undefined ? anchors : forArchive(anchors),
      summary,
    )) {
      error(`TAMPERED: ${describe(finding)}`);
      bad += 1;
    }
    for (const { file, reason } of unreadable) error(`The checkpoint ${file} cannot be used: ${reason}.`);
    const read = `${summary.entries} entries in ${summary.chains} chains, ${anchoring.length} checkpoints`;
    if (bad > 0) return TAMPERED;
    if (unreadable.length > 0) {
      error(`Could not tell: ${read}, and some checkpoints that cannot be used.`);
      return UNKNOWN;
    }
    out(`Intact: ${read}.`);
    if (anchoring.length === 0) out('Without a checkpoint, an end that was cut off cannot be noticed.');
    return INTACT;
  } catch (problem) {
    error(`Could not tell: ${messageOf(problem)}`);
    return UNKNOWN;
  }
};

export const describe = ({ chain, sequence, requestId, reason }: Finding): string =>
  `chain ${chain}, entry ${sequence}${requestId === null ? '' : `, record ${requestId}`}: ${reason}.`;

async function* everyEntry({ databaseUrl }: CommandConfig): AsyncGenerator<StoredEntry> {
  const sql = await openSql(databaseUrl);
  try {
    yield* sql.stream(ALL_ENTRIES) as AsyncIterable<StoredEntry>;
  } finally {
    await sql.close();
  }
}

/** An archive holds one chain, from its beginning to where it was archived: no other one is missing from it. */
function forArchive({ archived }: Anchors): Anchors {
  const byChain = new Map(
    [...archived].map(([chain, one]) => [chain, [{ ...one, ended: true, file: 'its archiving checkpoint' }]]),
  );
  return { byChain, archived: new Map(), partial: true };
}
