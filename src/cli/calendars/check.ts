import type { Output } from '../../ledger/cli/command.ts';
import { isRefusal, loadCalendars, readSources } from '../../services/calendars/folder.ts';

/**
 * Checks the calendars of a folder as the service does when it reads them. @returns the exit code
 * @throws Error when the folder cannot be read
 */
export async function checkFolder(directory: string, { out, error }: Output): Promise<0 | 1> {
  const calendars = await loadCalendars(await readSources(directory, new Map()));
  let refused = 0;
  for (const [name, one] of calendars) {
    if (isRefusal(one)) {
      refused += 1;
      error(`REFUSED ${one.refused}.`);
    } else {
      const { zone, schedule, sha256 } = one.calendar;
      const hours = schedule === null ? ', no opening hours' : '';
      out(`ok ${name} (${zone}${hours}) sha256 ${sha256}`);
    }
  }
  out(
    calendars.size === 0
      ? `There is no calendar in ${directory}: a calendar is a file NAME.json.`
      : `${calendars.size} calendars, ${refused} refused.`,
  );
  return refused === 0 ? 0 : 1;
}
