import { watch } from 'node:fs';
import { Problem } from '../../errors.ts';
import type { Calendars } from '../date/business/named-calendar.ts';
import type { Events } from '../events.ts';
import type { Clock } from '../ports.ts';
import type { Calendar } from './compile.ts';
import { isRefusal, type Loaded, loadCalendars, readSources, type Source } from './folder.ts';
import { nearestNames } from './nearest.ts';

/** Also where the system does not tell of changes, as on network drives, one is seen within this time. */
const RESCAN_MS = 5_000;
/** After a change, so that what is written in several pieces is mostly read once. */
const SETTLE_MS = 50;

export interface CalendarStore extends Calendars {
  /** @throws Problem `CALENDAR_NOT_FOUND` or `INVALID_CALENDAR` */
  find(name: string): Calendar;
  /** Those that can be used, by name. */
  list(): Calendar[];
  /** Looks for changes now. Resolves when what it found is in use. */
  refresh(): Promise<void>;
  close(): Promise<void>;
}

/** What stands in the place of a folder where there is none. */
export const noCalendars: CalendarStore = {
  find: (name) => {
    throw new Problem(
      'CALENDAR_NOT_FOUND',
      `There is no calendar ${name}: this service has none. Its operator sets CALENDARS_DIR.`,
    );
  },
  list: () => [],
  refresh: async () => {},
  close: async () => {},
};

/**
 * The calendars of a folder, read again when they change. A file is checked whole before it takes the place of the
 * version before; one that does not fit leaves that version in use. Each change is told once, as an event.
 * @throws Error when the folder cannot be read
 */
export async function openCalendars(
  directory: string,
  { events, clock }: { events: Events; clock: Pick<Clock, 'sleep'> },
): Promise<CalendarStore> {
  let sources: ReadonlyMap<string, Source> = new Map();
  let loaded: Loaded = new Map();
  let inUse: ReadonlyMap<string, Calendar> = new Map();
  let refused: ReadonlyMap<string, string> = new Map();
  let folderIsLost = false;

  async function scan(): Promise<void> {
    const found = await readSources(directory, sources);
    const isSame =
      found.size === sources.size && [...found].every(([name, one]) => sources.get(name) === one);
    if (isSame) return;
    const nextInUse = new Map<string, Calendar>();
    const nextRefused = new Map<string, string>();
    loaded = await loadCalendars(found, loaded);
    sources = found;
    for (const [name, one] of loaded) {
      const before = inUse.get(name);
      if (isRefusal(one)) {
        nextRefused.set(name, one.refused);
        if (before !== undefined) nextInUse.set(name, before);
      } else {
        const { calendar } = one;
        nextInUse.set(name, before?.sha256 === calendar.sha256 ? before : calendar);
      }
    }
    const [before, refusedBefore] = [inUse, refused];
    // One assignment each, in one turn of the event loop: a request sees the folder before the change or after it.
    inUse = nextInUse;
    refused = nextRefused;
    tell(before, refusedBefore);
  }

  function tell(before: ReadonlyMap<string, Calendar>, refusedBefore: ReadonlyMap<string, string>): void {
    for (const [name, detail] of refused) {
      if (refusedBefore.get(name) !== detail) events.emit('calendar.read', { name, accepted: false, detail });
    }
    for (const [name, calendar] of inUse) {
      const isNew = before.get(name) !== calendar || refusedBefore.has(name);
      if (isNew && !refused.has(name)) {
        events.emit('calendar.read', { name, accepted: true, detail: `sha256 ${calendar.sha256}` });
      }
    }
    for (const name of new Set([...before.keys(), ...refusedBefore.keys()])) {
      if (!inUse.has(name) && !refused.has(name)) {
        events.emit('calendar.read', { name, accepted: true, detail: 'removed' });
      }
    }
  }

  // Scans come one after the other, so that an older look at the folder never replaces a newer one.
  let scanning: Promise<void> = Promise.resolve();
  const refresh = (): Promise<void> => (scanning = scanning.catch(() => {}).then(scan));
  await refresh();

  const stop = new AbortController();
  const isStopped = () => stop.signal.aborted;
  let wake = () => {};
  const watcher = watch(directory, { persistent: false }, () => wake());
  // Where the folder itself is replaced or watching ends, the scans go on.
  watcher.on('error', () => watcher.close());

  async function follow(): Promise<void> {
    while (!isStopped()) {
      const changed = new Promise<void>((resolve) => (wake = resolve));
      const due = new AbortController();
      const signal = AbortSignal.any([stop.signal, due.signal]);
      await Promise.race([
        clock.sleep(RESCAN_MS, signal),
        changed.then(() => clock.sleep(SETTLE_MS, signal)),
      ]).catch(() => {});
      due.abort();
      if (isStopped()) return;
      await refresh().then(
        () => (folderIsLost = false),
        (error: unknown) => {
          if (folderIsLost) return;
          folderIsLost = true;
          const detail = `the folder cannot be read: ${(error as Error).message}`;
          events.emit('calendar.read', { name: '*', accepted: false, detail });
        },
      );
    }
  }
  const following = follow();

  return {
    find(name) {
      const calendar = inUse.get(name);
      if (calendar !== undefined) return calendar;
      const why = refused.get(name);
      if (why !== undefined) {
        throw new Problem(
          'INVALID_CALENDAR',
          `The calendar ${name} cannot be used, as its file does not fit: ${why}. Its operator must correct it.`,
        );
      }
      const near = nearestNames(name, [...inUse.keys()]);
      throw new Problem(
        'CALENDAR_NOT_FOUND',
        `There is no calendar ${name}. ${near.length === 0 ? 'GET /calendars lists those that there are.' : `Did you mean ${near.join(', ')}?`}`,
      );
    },
    list: () => [...inUse.values()],
    refresh,
    async close() {
      stop.abort();
      watcher.close();
      await following;
      await scanning.catch(() => {});
    },
  };
}
