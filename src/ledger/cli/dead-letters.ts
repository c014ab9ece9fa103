import { parseArgs } from 'node:util';
import { type Sql, withSql } from '../evidence/statements.ts';
import { DEAD_LETTERS, deadLetterOf, type DeadRow, RESEND } from '../outbox/statements.ts';
import { command, OK } from './command.ts';

export const DEAD_LETTERS_USAGE = `usage: npm run webhooks:dead -- list [--limit N] | resend ID... | resend --all

  list     the webhooks that will not be tried again by themselves, newest first, as NDJSON (100 unless --limit)
  resend   puts them back to the start of their schedule; a running service sends them within seconds

Exit code: 0 done; 2 it could not be done.`;

/** `webhooks:dead`: see its usage. */
export const deadLettersCommand = command('', async (argv, { databaseUrl }, { out }) => {
  const options = {
    limit: { type: 'string', default: '100' },
    all: { type: 'boolean', default: false },
  } as const;
  const { positionals, values } = parseArgs({ args: argv, options, allowPositionals: true });
  const [action, ...ids] = positionals;
  const limit = Number(values.limit);
  const lists = action === 'list' && ids.length === 0;
  const resends = action === 'resend' && ids.length > 0 !== values.all;
  if (!Number.isInteger(limit) || limit < 1 || (!lists && !resends)) throw new Error(DEAD_LETTERS_USAGE);
  const dead = (most: number) =>
    withSql(databaseUrl, async (sql) =>
      ((await sql.all(DEAD_LETTERS, [most])) as DeadRow[]).map(deadLetterOf),
    );
  if (lists) {
    for (const letter of await dead(limit)) out(JSON.stringify(letter));
    return OK;
  }
  const which = values.all ? (await dead(1_000_000)).map(({ id }) => id) : ids;
  let count = 0;
  const again = async (all: Sql['all']) => {
    for (const id of which) count += (await all(RESEND, [id])).length;
  };
  await withSql(databaseUrl, (sql) => sql.transaction(again), { write: true });
  out(`${count} of ${which.length} will be sent again.`);
  return OK;
});
