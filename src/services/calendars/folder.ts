import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { CALENDAR_NAME } from '../date/business/named-calendar.ts';
import { type Calendar, CalendarFault, compileCalendar, extended } from './compile.ts';
import { lineOf } from './json-lines.ts';
import { readCalendarFile } from './read.ts';
import type { CalendarFile } from './schema.ts';

/** Larger than any calendar that the schema takes. */
const LARGEST_BYTES = 4_194_304;
const NAME = new RegExp(CALENDAR_NAME);

/** The text of a file of the folder, and what tells whether it has changed since. */
export interface Source {
  name: string;
  /** Null for one that is too large. */
  text: string | null;
  stamp: string;
}

/** The calendars of a folder, or why one of them cannot be used. */
export type Loaded = ReadonlyMap<string, Accepted | Refusal>;

export interface Accepted {
  calendar: Calendar;
  /** Its own file and those that it extends: while they are these, it need not be made again. */
  from: readonly Source[];
}

export interface Refusal {
  /** One sentence: the file, the line, the path and what to change. */
  refused: string;
}

export const isRefusal = (one: Accepted | Refusal): one is Refusal => 'refused' in one;

/**
 * Reads the folder's files; those whose stamp is that of before are not read again. A file that changes while it is read
 * is read again.
 * @throws Error when the folder cannot be read
 */
export async function readSources(
  directory: string,
  before: ReadonlyMap<string, Source>,
): Promise<ReadonlyMap<string, Source>> {
  const sources = new Map<string, Source>();
  for (const entry of (await readdir(directory)).sort()) {
    if (!entry.endsWith('.json') || entry.startsWith('.')) continue;
    const name = entry.slice(0, -'.json'.length);
    const source = await readSource(name, join(directory, entry), before.get(name));
    if (source !== undefined) sources.set(name, source);
  }
  return sources;
}

async function readSource(name: string, path: string, before?: Source): Promise<Source | undefined> {
  try {
    for (let tries = 0; ; tries++) {
      const stamp = await stampOf(path);
      if (stamp === undefined) return undefined;
      if (stamp === before?.stamp) return before;
      const [, size] = stamp.split(' ');
      if (Number(size) > LARGEST_BYTES) return { name, text: null, stamp };
      const text = await readFile(path, 'utf8');
      // Else it was written while it was read. One that is written all the time is read again at the next look.
      if ((await stampOf(path)) === stamp || tries === 3) return { name, text, stamp };
    }
  } catch (error) {
    // It went away between the list and the read.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Of a regular file, also behind a link; undefined for anything else. */
async function stampOf(path: string): Promise<string | undefined> {
  const { ino, size, mtimeNs, ctimeNs, isFile } = await stat(path, { bigint: true }).then((one) => ({
    ino: one.ino,
    size: one.size,
    mtimeNs: one.mtimeNs,
    ctimeNs: one.ctimeNs,
    isFile: one.isFile(),
  }));
  return isFile ? `${ino} ${size} ${mtimeNs} ${ctimeNs}` : undefined;
}

/**
 * Every calendar of the folder, checked and made ready; those whose files are as before are taken over. Others get their turn
 * between two files. It throws nothing: what does not fit is refused.
 */
export async function loadCalendars(
  sources: ReadonlyMap<string, Source>,
  before: Loaded = new Map(),
): Promise<Loaded> {
  const loaded = new Map<string, Accepted | Refusal>();
  for (const [name, source] of sources) {
    const earlier = before.get(name);
    const isSame =
      earlier !== undefined &&
      !isRefusal(earlier) &&
      earlier.from.every((one) => sources.get(one.name) === one);
    if (!isSame) await setImmediate();
    loaded.set(name, isSame ? earlier : load(source, sources));
  }
  return loaded;
}

function load(source: Source, sources: ReadonlyMap<string, Source>): Accepted | Refusal {
  const from: Source[] = [];
  try {
    return { calendar: compileCalendar(wholeOf(source, sources, [], from)), from };
  } catch (error) {
    if (error instanceof Refused) return { refused: error.message };
    if (!(error instanceof CalendarFault)) throw error;
    return { refused: refusalAt(source, error.path, error.message) };
  }
}

class Refused extends Error {
  override name = 'Refused';
}

/** A file with what it extends; each that was read is added to `from`. @throws Refused */
function wholeOf(
  source: Source,
  sources: ReadonlyMap<string, Source>,
  by: readonly string[],
  from: Source[],
): CalendarFile {
  const { name } = source;
  const file = `${name}.json`;
  if (!NAME.test(name)) {
    throw new Refused(`${file}: a calendar’s name has letters, digits, dots, dashes and underscores only`);
  }
  if (source.text === null) throw new Refused(`${file}: is larger than ${LARGEST_BYTES} bytes`);
  from.push(source);
  const read = readCalendarFile(name, source.text);
  if (read.fault !== undefined) {
    throw new Refused(refusal(name, read.fault.line, read.fault.path, read.fault.message));
  }
  const base = read.file.extends;
  if (base === undefined) return read.file;
  if (base === name || by.includes(base)) {
    throw new Refused(refusalAt(source, '/extends', 'extends itself in a circle'));
  }
  const next = sources.get(base);
  if (next === undefined) throw new Refused(refusalAt(source, '/extends', `there is no calendar ${base}`));
  return extended(read.file, wholeOf(next, sources, [...by, name], from));
}

const refusalAt = ({ name, text }: Source, path: string, message: string): string =>
  refusal(name, lineOf(text ?? '', path), path, message);

const refusal = (name: string, line: number, path: string, message: string): string =>
  `${name}.json line ${line}: ${path === '' ? '' : `${path} `}${message}`;
