import { loadConfig } from '../config.ts';
import { ARCHIVE_USAGE, archiveCommand } from '../ledger/cli/archive.ts';
import { BACKUP_USAGE, backupCommand } from '../ledger/cli/backup.ts';
import { type Command, type Output, TERMINAL } from '../ledger/cli/command.ts';
import { DEAD_LETTERS_USAGE, deadLettersCommand } from '../ledger/cli/dead-letters.ts';
import { RECHECK_USAGE, recheckCommand } from '../ledger/cli/recheck.ts';
import { VERIFY_USAGE, verifyCommand } from '../ledger/cli/verify.ts';

const COMMANDS: Readonly<Record<string, { run: Command; usage: string }>> = {
  verify: { run: verifyCommand, usage: VERIFY_USAGE },
  archive: { run: archiveCommand, usage: ARCHIVE_USAGE },
  backup: { run: backupCommand, usage: BACKUP_USAGE },
  recheck: { run: recheckCommand, usage: RECHECK_USAGE },
  'dead-letters': { run: deadLettersCommand, usage: DEAD_LETTERS_USAGE },
};

/** `node src/cli/audit.ts COMMAND …`: looks after the ledger that the environment names. @returns the exit code */
export async function audit(
  [name = '', ...argv]: string[],
  env: NodeJS.ProcessEnv,
  { out, error }: Output,
): Promise<number> {
  const command = COMMANDS[name];
  const usage = command?.usage ?? `usage: node src/cli/audit.ts ${Object.keys(COMMANDS).join('|')} [--help]`;
  if ([name, ...argv].some((word) => word === '--help' || word === '-h')) {
    out(usage);
    return 0;
  }
  if (command === undefined) {
    error(usage);
    return 2;
  }
  try {
    const { ledger, calendarsDir } = loadConfig(env);
    return await command.run(argv, { ...ledger, calendarsDir }, { out, error });
  } catch (problem) {
    error((problem as Error).message);
    return 2;
  }
}

if (import.meta.main) {
  process.exitCode = await audit(process.argv.slice(2), process.env, TERMINAL);
}
