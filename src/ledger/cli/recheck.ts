import { parseArgs } from 'node:util';
import { Problem } from '../../errors.ts';
import { isRefusal, loadCalendars, readSources } from '../../services/calendars/folder.ts';
import { noCalendars } from '../../services/calendars/store.ts';
import { type Calendars, tzdbVersion } from '../../services/date/index.ts';
import { recheck } from '../../services/manipulations/recheck.ts';
import type { Intent } from '../../services/ports.ts';
import { intentIn } from '../journal/records.ts';
import { withSql } from '../evidence/statements.ts';
import { command, OK, WRONG } from './command.ts';

export const RECHECK_USAGE = `usage: npm run audit:recheck [-- --from DATE] [--to DATE] [--ahead]

Computes the stored records again under the tz database of this Node and lists those that would come out differently.
Nothing is written. CALENDARS_DIR is read for records that a calendar decided.

  --from, --to   only records that were accepted from then on, before then (RFC 3339, or a date)
  --ahead        only records whose result lies in the future

Exit code: 0 none would come out differently; 1 some would; 2 it could not be done.`;

/** A manipulation that failed wrote nothing that could be wrong now. */
const WRITTEN = `SELECT i.entry AS intent FROM entries i
  LEFT JOIN entries o ON o.request_id = i.request_id AND o.kind = 'outcome'
  WHERE i.kind = 'intent' AND (o.status IS NULL OR o.status <> 'FAILED') ORDER BY i.place`;

/** `audit:recheck`: which records would come out differently today. */
export const recheckCommand = command('Could not tell: ', async (argv, config, { out, error }) => {
  const options = {
    from: { type: 'string' },
    to: { type: 'string' },
    ahead: { type: 'boolean', default: false },
  } as const;
  const { values } = parseArgs({ args: argv, options });
  const [from, to] = [timeOf('--from', values.from), timeOf('--to', values.to)];
  const isAsked = ({ timestamp, output_instant }: Intent) =>
    (from === undefined || Date.parse(timestamp) >= from) &&
    (to === undefined || Date.parse(timestamp) < to) &&
    (!values.ahead || (output_instant !== null && Date.parse(output_instant) > Date.now()));
  const calendars = await calendarsIn(config.calendarsDir ?? null);
  const counts = { checked: 0, different: 0 };
  const left = new Map<string, number>();
  await withSql(config.databaseUrl, async (sql) => {
    for await (const row of sql.stream(WRITTEN)) {
      const intent = intentIn(row as { intent: string });
      if (!isAsked(intent)) continue;
      const result = recheck(intent, calendars);
      if (result.kind === 'not recheckable') {
        left.set(result.why, (left.get(result.why) ?? 0) + 1);
        continue;
      }
      counts.checked += 1;
      if (result.kind === 'same') continue;
      counts.different += 1;
      out(
        `DIFFERENT: record ${intent.request_id}, action ${JSON.stringify(intent.action_name)}: ${intent.output_timestamp} (tz database ${intent.tzdb_version}) would be ${result.today} (${tzdbVersion}).`,
      );
    }
  });
  for (const [why, count] of left) error(`Not recheckable, ${records(count)}: ${why.replace(/\.$/, '')}.`);
  out(
    `${records(counts.checked)} computed again under tz database ${tzdbVersion}: ${counts.different || 'none'} would come out differently.`,
  );
  return counts.different === 0 ? OK : WRONG;
});

const records = (count: number): string => `${count} record${count === 1 ? '' : 's'}`;

function timeOf(option: string, text: string | undefined): number | undefined {
  const time = text === undefined ? undefined : Date.parse(text);
  if (Number.isNaN(time)) throw new Error(`${option} is a moment or a date, such as 2026-06-01.`);
  return time;
}

/** The calendars as they are now. @throws Error when the folder cannot be read */
async function calendarsIn(directory: string | null): Promise<Calendars> {
  if (directory === null) return noCalendars;
  const loaded = await loadCalendars(await readSources(directory, new Map()));
  return {
    find(name) {
      const one = loaded.get(name);
      if (one === undefined)
        throw new Problem('CALENDAR_NOT_FOUND', `the calendar ${name} is not there any more`);
      if (isRefusal(one))
        throw new Problem('INVALID_CALENDAR', `the calendar ${name} cannot be used: ${one.refused}`);
      return one.calendar;
    },
  };
}
