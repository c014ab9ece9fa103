import { existsSync, unlinkSync } from 'node:fs';
import { dirname } from 'node:path';
import { parseArgs } from 'node:util';
import { syncDirectory } from '../evidence/directory.ts';
import { connect } from '../sqlite/connection.ts';
import { markBackup } from '../sqlite/lock.ts';
import { command, OK } from './command.ts';

export const BACKUP_USAGE = `usage: npm run ledger:backup -- FILE

Copies the SQLite ledger of DATABASE_URL, as it stands at one moment, into a new file, while the service runs.

Exit code: 0 done; 2 it could not be done, and there is no FILE.`;

/** `ledger:backup`: the copy needs no log beside it. */
export const backupCommand = command('No backup: ', async (argv, { databaseUrl }, { out }) => {
  const [file, ...more] = parseArgs({ args: argv, allowPositionals: true }).positionals;
  if (file === undefined || more.length > 0) throw new Error(BACKUP_USAGE);
  if (!databaseUrl.startsWith('sqlite:'))
    throw new Error('the ledger is in PostgreSQL: back it up with pg_dump, or by archiving its WAL.');
  const ledger = databaseUrl.slice('sqlite:'.length);
  if (!existsSync(ledger)) throw new Error(`There is no ledger at ${ledger}.`);
  if (existsSync(file)) throw new Error(`${file} is there already: name a new file.`);
  out(`Backed up ${await copy(ledger, file)} entries to ${file}.`);
  return OK;
});

/** Returns the number of entries. */
async function copy(ledger: string, file: string): Promise<number> {
  const umask = process.umask(0o077);
  try {
    const source = connect(ledger, { readOnly: true });
    try {
      source.database.prepare('VACUUM INTO ?').run(file);
    } finally {
      source.close();
    }
    const made = connect(file, { readOnly: true });
    try {
      const { quick_check } = made.get('PRAGMA quick_check') as { quick_check: string };
      if (quick_check !== 'ok') throw new Error(`the copy is damaged: ${quick_check}`);
      return (made.get('SELECT count(*) AS count FROM entries') as { count: number }).count;
    } finally {
      made.close();
      markBackup(file);
      await syncDirectory(dirname(file));
    }
  } catch (error) {
    if (existsSync(file)) unlinkSync(file);
    throw error;
  } finally {
    process.umask(umask);
  }
}
