import { parseArgs } from 'node:util';
import { archive } from '../evidence/archive.ts';
import { readSigner } from '../evidence/checkpoint.ts';
import { openSql } from '../evidence/statements.ts';
import { anchorsOf } from '../evidence/verify.ts';
import { checkpointsFor } from './checkpoints.ts';
import { type Command, messageOf } from './command.ts';
import { describe, TAMPERED, UNKNOWN } from './verify.ts';

export const ARCHIVE_USAGE = `usage: npm run audit:archive -- --before 2026-01-01 --directory DIR

Moves the chains that ended before that date into files, behind a signed checkpoint in AUDIT_CHECKPOINT_DIR. Chains of the
current month stay, and those that are still needed; it says why.

Exit code: 0 done; 1 a chain was tampered with, and stays; 2 it could not be done.`;

/** `audit:archive`: see its usage. */
export const archiveCommand: Command = async (argv, config, { out, error }) => {
  try {
    const options = { before: { type: 'string' }, directory: { type: 'string' } } as const;
    const { before, directory } = parseArgs({ args: argv, options }).values;
    if (before === undefined || Number.isNaN(Date.parse(before)) || directory === undefined) {
      throw new Error(ARCHIVE_USAGE);
    }
    const { checkpointKeyFile, checkpointDir } = config;
    if (checkpointKeyFile === undefined || checkpointDir === undefined) {
      throw new Error('an archive is signed for: set AUDIT_CHECKPOINT_KEY_FILE and AUDIT_CHECKPOINT_DIR.');
    }
    const { anchoring, all } = await checkpointsFor(undefined, config);
    const sql = await openSql(config.databaseUrl, { write: true });
    let code = 0;
    try {
      for await (const result of archive({
        sql,
        directory,
        checkpointDirectory: checkpointDir,
        signer: await readSigner(checkpointKeyFile),
        anchors: anchorsOf(anchoring, all),
        now: Date.now(),
        before: new Date(before).toISOString(),
      })) {
        if ('done' in result)
          out(`Archived ${result.done.sequence} entries of chain ${result.chain}: ${result.done.file}`);
        else if ('kept' in result) out(`Kept chain ${result.chain}: ${result.kept}.`);
        else {
          error(`TAMPERED, kept: ${describe(result.tampered)}`);
          code = TAMPERED;
        }
      }
    } finally {
      await sql.close();
    }
    return code;
  } catch (problem) {
    error(messageOf(problem));
    return UNKNOWN;
  }
};
