import { parseArgs } from 'node:util';
import { type Output, TERMINAL } from '../ledger/cli/command.ts';
import { checkFolder } from './calendars/check.ts';
import { importICalendar } from './calendars/icalendar.ts';
import { publicHolidays } from './calendars/public-holidays.ts';
import { nameFor, Unusable, UsageError, writeCalendar, yearsOf } from './calendars/files.ts';

const USAGE = `usage: npm run calendars -- COMMAND

  check DIR
      Checks every calendar of a folder as the service would, what they extend included.

  import FILE.ics --name NAME [--timezone ZONE] [--years 2026-2028] [--out NAME.json]
      Makes a calendar of an iCalendar file: whole days become holidays, events with times become closings.
      Events that only tell of a change of the clocks are left out. --years is needed where an event recurs for ever.

  holidays --country GB [--region ENG] --years 2026-2028 [--types public,bank] [--language en]
           [--timezone ZONE] [--name NAME] [--out NAME.json]
      Makes a calendar of a country's public holidays, from date-holidays. Look at it before you use it.

import and holidays print the calendar, or write it to --out. They need the development dependencies (npm ci).
Exit code: 0 done and nothing wrong; 1 a file does not fit, or holds nothing to import; 2 it could not be done.`;

const OPTIONS = {
  country: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
  language: { type: 'string' },
  name: { type: 'string' },
  out: { type: 'string' },
  region: { type: 'string' },
  timezone: { type: 'string' },
  types: { type: 'string', default: 'public' },
  years: { type: 'string' },
} as const;

/** `node src/cli/calendars.ts COMMAND …`: makes and checks the files of calendars. @returns the exit code */
export async function calendars(argv: string[], output: Output): Promise<number> {
  try {
    return await run(argv, output);
  } catch (error) {
    output.error((error as Error).message);
    return error instanceof Unusable ? 1 : 2;
  }
}

async function run(argv: string[], { out, error: say }: Output): Promise<number> {
  const { positionals, values } = parseArgs({ args: argv, allowPositionals: true, options: OPTIONS });
  if (values.help) {
    out(USAGE);
    return 0;
  }
  const [command, operand, ...more] = positionals;
  const years = yearsOf(values.years);
  if (command === 'check' && operand !== undefined && more.length === 0) {
    return checkFolder(operand, { out, error: say });
  }
  if (command === 'import' && operand !== undefined && more.length === 0) {
    const name = nameFor(values, undefined);
    if (name === undefined) throw new UsageError('Say what it is called: --name NAME.');
    const { timezone } = values;
    await writeCalendar(await importICalendar(operand, { name, timezone, years, say }), values.out, out);
    return 0;
  }
  if (command === 'holidays' && operand === undefined) {
    const { country, region, language, timezone, types } = values;
    if (country === undefined || years === undefined)
      throw new UsageError('Say which: --country GB --years 2026-2028.');
    const name = nameFor(values, [country, region, 'holidays'].join('-').replace('--', '-').toLowerCase());
    const wanted = { name, country, region, language, timezone, years, types: types.split(','), say };
    await writeCalendar(await publicHolidays(wanted), values.out, out);
    return 0;
  }
  throw new UsageError(USAGE);
}

if (import.meta.main) {
  process.exitCode = await calendars(process.argv.slice(2), TERMINAL);
}
