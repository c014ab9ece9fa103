import { randomUUID } from 'node:crypto';
import { rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { CalendarFault, compileCalendar } from '../../services/calendars/compile.ts';
import { readCalendarFile } from '../../services/calendars/read.ts';
import type { CalendarFile } from '../../services/calendars/schema.ts';

/** The command line does not say what to do. */
export class UsageError extends Error {
  override name = 'UsageError';
}

/** What was read does not make a calendar. */
export class Unusable extends Error {
  override name = 'Unusable';
}

export interface Years {
  first: number;
  last: number;
}

const MOST_YEARS = 50;

/** Of `2026` or `2026-2028`. @throws UsageError */
export function yearsOf(text: string | undefined): Years | undefined {
  if (text === undefined) return undefined;
  const [, first, last = first] = /^(\d{4})(?:-(\d{4}))?$/.exec(text) ?? [];
  const years = { first: Number(first), last: Number(last) };
  if (first === undefined || years.last < years.first || years.last - years.first >= MOST_YEARS) {
    throw new UsageError(`--years is a year or a range of at most ${MOST_YEARS}, such as 2026-2028.`);
  }
  return years;
}

/**
 * The calendar's name: said, or that of the file to be written, as the two must agree.
 * @throws UsageError
 */
export function nameFor<T extends string | undefined>(
  { name, out }: { name?: string | undefined; out?: string | undefined },
  fallback: T,
): string | T {
  const fromFile = out === undefined ? undefined : basename(out, '.json');
  if (out !== undefined && (!out.endsWith('.json') || (name ?? fromFile) !== fromFile)) {
    throw new UsageError(`--out must be called ${name ?? 'NAME'}.json: a calendar's file bears its name.`);
  }
  return name ?? fromFile ?? fallback;
}

/**
 * Prints a calendar, or writes it at once as a whole, so that a service that follows the folder never reads half of it.
 * @throws Unusable when the service would refuse it
 */
export async function writeCalendar(
  calendar: CalendarFile,
  file: string | undefined,
  print: (text: string) => void,
): Promise<void> {
  const text = JSON.stringify(calendar, null, 2);
  assertFits(calendar.name, text);
  if (file === undefined) {
    print(text);
    return;
  }
  const beside = join(dirname(file), `.${basename(file)}.${randomUUID()}`);
  try {
    await writeFile(beside, `${text}\n`, { flag: 'wx' });
    await rename(beside, file);
  } catch (error) {
    await rm(beside, { force: true });
    throw error;
  }
}

function assertFits(name: string, text: string): void {
  const { file, fault } = readCalendarFile(name, text);
  if (fault !== undefined) throw new Unusable(`It would not be a calendar: ${fault.path} ${fault.message}.`);
  try {
    compileCalendar(file);
  } catch (error) {
    if (!(error instanceof CalendarFault)) throw error;
    throw new Unusable(`It would not be a calendar: ${error.path} ${error.message}.`);
  }
}

/** The dates that a calendar knows when it was made for some years only. */
export const validFor = (years: Years | undefined): Pick<CalendarFile, 'valid_from' | 'valid_until'> =>
  years === undefined ? {} : { valid_from: `${years.first}-01-01`, valid_until: `${years.last}-12-31` };

/**
 * Loads a library that only development needs.
 * @throws Error that says how to get it
 */
export async function needed<T>(name: string, load: () => Promise<T>): Promise<T> {
  try {
    return await load();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw error;
    throw new Error(`This needs ${name}, a development dependency: run npm ci without --omit=dev.`);
  }
}

/** The longest that a calendar file takes. */
const LONGEST_REASON = 256;

/** One reason of all that fall on a day, each named once. */
export const reasonOf = (reasons: readonly string[]): string =>
  [...new Set(reasons)].join('; ').slice(0, LONGEST_REASON);
