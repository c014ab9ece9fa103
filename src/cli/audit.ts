import { loadConfig } from '../config.ts';
import { archiveCommand } from '../ledger/cli/archive.ts';
import { backupCommand } from '../ledger/cli/backup.ts';
import type { Command } from '../ledger/cli/command.ts';
import { deadLettersCommand } from '../ledger/cli/dead-letters.ts';
import { recheckCommand } from '../ledger/cli/recheck.ts';
import { verifyCommand } from '../ledger/cli/verify.ts';

const COMMANDS: Readonly<Record<string, Command>> = {
  verify: verifyCommand,
  archive: archiveCommand,
  backup: backupCommand,
  recheck: recheckCommand,
  'dead-letters': deadLettersCommand,
};

/** `node src/cli/audit.ts COMMAND …`: looks after the ledger that the environment names. */
async function main([name = '', ...argv]: string[]): Promise<number> {
  const command = COMMANDS[name];
  const error = (line: string) => void process.stderr.write(`${line}\n`);
  const out = (line: string) => void process.stdout.write(`${line}\n`);
  if (command === undefined) {
    error(`usage: node src/cli/audit.ts ${Object.keys(COMMANDS).join('|')}`);
    return 2;
  }
  try {
    const { ledger, calendarsDir } = loadConfig(process.env);
    return await command(argv, { ...ledger, calendarsDir }, { out, error });
  } catch (problem) {
    error((problem as Error).message);
    return 2;
  }
}

if (import.meta.main) process.exitCode = await main(process.argv.slice(2));
