/**
 * Open time, counted minute by minute: the clock of the zone is laid out as a row of minutes, each shift opens and closes
 * where that row shows its times, and what is open is counted one minute after the other. It shares no code with the service.
 */
import { Temporal } from '../../../../src/services/temporal.ts';
import type { Random } from '../../../support/random.ts';
import { zoneList } from '../zone-list.ts';

const DAY = 1440;
/** Minutes on each side of the middle of what is laid out. */
const REACH = 8 * DAY;

export interface Shift {
  days: number[];
  open: string;
  close: string;
}

export type Holiday = string | { date: string; open: string; close: string };

/** Epoch minutes. */
export interface Pause {
  from: number;
  to: number;
}

/** Of a calendar: open or closed whatever the hours say; of two that overlap, the later in the list holds. */
export interface Override extends Pause {
  open: boolean;
}

export interface MinutesCase {
  zone: string;
  source: number;
  shifts: Shift[];
  holidays: Holiday[];
  /** Null where the request brings its hours itself, else those of a calendar. */
  overrides: Override[] | null;
  pauses: Pause[];
  /** Minutes of open time. */
  amount: number;
  /** Epoch minutes, on either side of the source. */
  until: number;
}

export interface Minutes {
  /** Whether it is open in the minute that begins then, pauses taken out. */
  isOpen(minute: number): boolean;
  /** Open minutes from one to another, negative backwards. */
  between(from: number, to: number): number;
  /** The minute at which that much open time has passed; undefined where that is not laid out. */
  after(from: number, amount: number): number | undefined;
  before(from: number, amount: number): number | undefined;
}

/** Lays out the minutes around the source; undefined where the clock left a day out, or has parts of minutes. */
export function layOut({
  zone,
  source,
  shifts,
  holidays,
  overrides,
  pauses,
}: MinutesCase): Minutes | undefined {
  const first = source - REACH;
  const clock = clockOf(zone, first, source + REACH);
  if (clock === undefined) return undefined;
  const { local, firstShown } = clock;
  const open = new Uint8Array(2 * REACH);

  /** The minute at which the clock first shows this time; of one that it skips, as much after the gap as it lies in it. */
  const opensAt = (time: number): number | undefined => {
    const shown = firstShown(time);
    if (shown !== undefined) return shown;
    // Walk to the end of the gap, and to its beginning.
    let after = time;
    while (after < time + DAY && firstShown(after) === undefined) after++;
    let before = time;
    while (before > time - DAY && firstShown(before) === undefined) before--;
    return firstShown(time + (after - before - 1));
  };

  const special = new Map<string, { open: string; close: string }[]>();
  for (const one of holidays) {
    const date = typeof one === 'string' ? one : one.date;
    special.set(date, [...(special.get(date) ?? []), ...(typeof one === 'string' ? [] : [one])]);
  }
  for (let day = Math.floor(local(0) / DAY); day <= Math.floor(local(2 * REACH - 1) / DAY); day++) {
    const date = new Date(day * DAY * 60_000);
    const own = special.get(date.toISOString().slice(0, 10));
    const hours = own ?? shifts.filter(({ days }) => days.includes(date.getUTCDay() || 7));
    for (const { open: opens, close: closes } of hours) {
      const [from, to] = [minuteOf(opens), minuteOf(closes)];
      const start = opensAt(day * DAY + from);
      const end = opensAt(day * DAY + (to <= from ? to + DAY : to));
      if (start === undefined || end === undefined) continue;
      for (let at = start; at < end; at++) open[at] = 1;
    }
  }
  const set = ({ from, to }: Pause, value: 0 | 1) => {
    for (let at = Math.max(from, first); at < Math.min(to, source + REACH); at++) open[at - first] = value;
  };
  for (const override of overrides ?? []) set(override, override.open ? 1 : 0);
  for (const pause of pauses) set(pause, 0);

  const isOpen = (minute: number): boolean => open[minute - first] === 1;
  /** A day at each end is not sure: what opened before it is not seen. */
  const isSure = (minute: number): boolean => Math.abs(minute - source) < REACH - 3 * DAY;
  return {
    isOpen,
    between(from, to) {
      let count = 0;
      for (let at = Math.min(from, to); at < Math.max(from, to); at++) count += Number(isOpen(at));
      return to < from && count > 0 ? -count : count;
    },
    after(from, amount) {
      let left = amount;
      let at = from;
      for (; left > 0 && isSure(at); at++) left -= Number(isOpen(at));
      return left > 0 ? undefined : at;
    },
    before(from, amount) {
      let left = amount;
      let at = from;
      for (; left > 0 && isSure(at); at--) left -= Number(isOpen(at - 1));
      return left > 0 ? undefined : at;
    },
  };
}

const minuteOf = (text: string): number => Number(text.slice(0, 2)) * 60 + Number(text.slice(3));

/** Local minutes of each minute from `first` on, and the other way round. */
function clockOf(zone: string, first: number, last: number) {
  const locals = new Int32Array(last - first);
  let at = Temporal.Instant.fromEpochMilliseconds(first * 60_000).toZonedDateTimeISO(zone);
  for (let minute = first; minute < last;) {
    const change = zone.startsWith('+') || zone.startsWith('-') ? null : at.getTimeZoneTransition('next');
    const offset = at.offsetNanoseconds / 60e9;
    const changeMinute = change === null ? last : change.epochMilliseconds / 60_000;
    if (!Number.isInteger(offset) || !Number.isInteger(changeMinute)) return undefined;
    if (change !== null && Math.abs(change.offsetNanoseconds - at.offsetNanoseconds) >= 12 * 3_600e9)
      return undefined;
    for (; minute < Math.min(last, changeMinute); minute++) locals[minute - first] = minute + offset;
    if (change !== null) at = change;
  }
  const lowest = (locals[0] ?? 0) - DAY;
  const shown = new Int32Array(locals.length + 3 * DAY).fill(-1);
  for (let index = locals.length - 1; index >= 0; index--) shown[(locals[index] ?? 0) - lowest] = index;
  return {
    local: (index: number): number => locals[index] ?? 0,
    firstShown: (time: number): number | undefined => {
      const index = shown[time - lowest] ?? -1;
      return index === -1 ? undefined : index;
    },
  };
}

const time = (random: Random): string =>
  `${String(random.integer(0, 23)).padStart(2, '0')}:${random.pick(['00', '00', '15', '30', '45'])}`;

/** From 1975 to 2037, half of them within three days of a change of clocks. */
export function randomCase(random: Random): MinutesCase {
  const zone = random.pick(zoneList);
  let source = random.integer(Date.UTC(1975, 0, 1) / 60_000, Date.UTC(2037, 0, 1) / 60_000);
  if (random.next() < 0.5 && !/^[+-]/.test(zone)) {
    const at = Temporal.Instant.fromEpochMilliseconds(source * 60_000).toZonedDateTimeISO(zone);
    const change = at.getTimeZoneTransition('previous');
    if (change !== null && change.epochMilliseconds > Date.UTC(1975, 0, 1))
      source = Math.floor(change.epochMilliseconds / 60_000) + random.integer(-3 * DAY, 3 * DAY);
  }
  const date = () =>
    new Date((source + random.integer(-5 * DAY, 5 * DAY)) * 60_000).toISOString().slice(0, 10);
  const span = (): Pause => {
    const from = source + random.integer(-3 * DAY, 3 * DAY);
    return { from, to: from + random.integer(1, DAY) };
  };
  const pauses = Array.from({ length: random.pick([0, 0, 1, 3]) }, span);
  const overrides = Array.from({ length: random.pick([0, 1, 3, 12]) }, () => ({
    ...span(),
    open: random.next() < 0.4,
  }));
  return {
    zone,
    source,
    shifts: Array.from({ length: random.integer(1, 4) }, () => ({
      days: [1, 2, 3, 4, 5, 6, 7].filter(() => random.next() < 0.7),
      open: time(random),
      close: time(random),
    })),
    holidays: Array.from({ length: random.integer(0, 3) }, () =>
      random.next() < 0.5 ? date() : { date: date(), open: time(random), close: time(random) },
    ),
    overrides: random.next() < 0.5 ? overrides : null,
    pauses,
    amount: random.integer(1, random.pick([60, 600, 2 * DAY])),
    until: source + random.integer(-4 * DAY, 4 * DAY),
  };
}
