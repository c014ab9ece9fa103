import { parseArgs } from 'node:util';
import { archive } from '../evidence/archive.ts';
import { readSigner } from '../evidence/checkpoint.ts';
import { type Sql, withSql } from '../evidence/statements.ts';
import { anchorsOf, describe } from '../evidence/verify.ts';
import { checkpointsFor } from './checkpoints.ts';
import { command, OK, WRONG } from './command.ts';

export const ARCHIVE_USAGE = `usage: npm run audit:archive -- --before 2026-01-01 --directory DIR

Moves the chains that ended before that date into files, behind a signed checkpoint in AUDIT_CHECKPOINT_DIR. Chains of the
current month stay, and those that are still needed; it says why.

Exit code: 0 done; 1 a chain was tampered with, and stays; 2 it could not be done.`;

/** `audit:archive`: see its usage. */
export const archiveCommand = command('', async (argv, config, { out, error }) => {
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
  const signer = await readSigner(checkpointKeyFile);
  let code = OK;
  const archiveAll = async (sql: Sql) => {
    for await (const result of archive({
      sql,
      directory,
      checkpointDirectory: checkpointDir,
      signer,
      anchors: anchorsOf(anchoring, all),
      now: Date.now(),
      before: new Date(before).toISOString(),
    })) {
      if ('done' in result)
        out(`Archived ${result.done.sequence} entries of chain ${result.chain}: ${result.done.file}`);
      else if ('kept' in result) out(`Kept chain ${result.chain}: ${result.kept}.`);
      else {
        error(`TAMPERED, kept: ${describe(result.tampered)}`);
        code = WRONG;
      }
    }
  };
  await withSql(config.databaseUrl, archiveAll, { write: true });
  return code;
});
