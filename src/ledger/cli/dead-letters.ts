import { parseArgs } from 'node:util';
import type { DeadLetter } from '../../services/ports.ts';
import { openSql } from '../evidence/statements.ts';
import { DEAD_LETTERS, deadLetterOf, type DeadRow } from '../outbox/statements.ts';
import { type Command, messageOf } from './command.ts';
import { resend } from './resend.ts';

export const DEAD_LETTERS_USAGE = `usage: npm run webhooks:dead -- list [--limit N] | resend ID... | resend --all

  list     the webhooks that will not be tried again by themselves, newest first, as NDJSON (100 unless --limit)
  resend   puts them back to the start of their schedule; a running service sends them within seconds

Exit code: 0 done; 2 it could not be done.`;

/** `webhooks:dead`: see its usage. */
export const deadLettersCommand: Command = async (argv, { databaseUrl }, { out, error }) => {
  try {
    const options = {
      limit: { type: 'string', default: '100' },
      all: { type: 'boolean', default: false },
    } as const;
    const { positionals, values } = parseArgs({ args: argv, options, allowPositionals: true });
    const [action, ...ids] = positionals;
    const limit = Number(values.limit);
    if (!Number.isInteger(limit) || limit < 1) throw new Error(DEAD_LETTERS_USAGE);
    if (action === 'list' && ids.length === 0) {
      for (const letter of await deadLetters(databaseUrl, limit)) out(JSON.stringify(letter));
    } else if (action === 'resend' && ids.length > 0 !== values.all) {
      const which = values.all ? (await deadLetters(databaseUrl, 1_000_000)).map(({ id }) => id) : ids;
      out(`${await resend(databaseUrl, which)} of ${which.length} will be sent again.`);
    } else throw new Error(DEAD_LETTERS_USAGE);
    return 0;
  } catch (problem) {
    error(messageOf(problem));
    return 2;
  }
};

async function deadLetters(databaseUrl: string, limit: number): Promise<DeadLetter[]> {
  const sql = await openSql(databaseUrl);
  try {
    return ((await sql.all(DEAD_LETTERS, [limit])) as DeadRow[]).map(deadLetterOf);
  } finally {
    await sql.close();
  }
}
