/** The geometry of the drawing: which moments are shown, and what the clocks do in them. */
import { offsetMinutes, wallClock } from './time.ts';
import type { Transition } from './preview.ts';

export interface Change {
  at: number;
  /** Minutes. */
  before: number;
  after: number;
}

export interface OpenSpan {
  from: number;
  to: number;
}

export interface OpeningHours {
  days: number[];
  open: string;
  close: string;
}

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** A change so near is worth seeing. */
const NEAR = 36 * HOUR;
const SHORTEST = 9 * HOUR;
/** Opening hours of more days than that would be a smear. */
const MOST_DAYS = 40;

/** The changes of two previews, each once, in order. */
export function changesOf(transitions: (Transition | null | undefined)[]): Change[] {
  const changes = new Map<number, Change>();
  for (const one of transitions) {
    if (one === null || one === undefined) continue;
    const at = Date.parse(one.instant);
    changes.set(at, { at, before: offsetMinutes(one.offset_before), after: offsetMinutes(one.offset_after) });
  }
  return [...changes.values()].sort((a, b) => a.at - b.at);
}

/** Source and result with room around them, and a change that is near to either. */
export function windowOf(moments: number[], changes: Change[]): { from: number; to: number } {
  const near = changes.map(({ at }) => at).filter((at) => moments.some((one) => Math.abs(one - at) <= NEAR));
  const shown = [...moments, ...near];
  const [first, last] = [Math.min(...shown), Math.max(...shown)];
  const room = Math.max((SHORTEST - (last - first)) / 2, (last - first) * 0.2, 2 * HOUR);
  return { from: first - room, to: last + room };
}

/** The offset at a moment, in minutes; `fallback` where no change is known. */
export function offsetIn(changes: Change[], at: number, fallback: number): number {
  const before = changes.filter((change) => change.at <= at).at(-1);
  return before?.after ?? changes[0]?.before ?? fallback;
}

const minutesOf = (text: string) => Number(text.slice(0, 2)) * 60 + Number(text.slice(3, 5));

/** By date: the hours of a day that does not follow the week; undefined where it is closed. */
export type SpecialDays = ReadonlyMap<string, { open: string; close: string } | undefined>;

/** The spans of opening hours within a window, on the clock that `offset` tells. */
export function openSpans(
  week: OpeningHours[],
  window: { from: number; to: number },
  offset: (at: number) => number,
  special: SpecialDays = new Map(),
): OpenSpan[] {
  if (window.to - window.from > MOST_DAYS * DAY) return [];
  const spans: OpenSpan[] = [];
  for (let day = Math.floor(window.from / DAY) - 2; day <= window.to / DAY + 1; day += 1) {
    const weekday = ((((day + 3) % 7) + 7) % 7) + 1;
    const date = new Date(day * DAY).toISOString().slice(0, 10);
    const own = special.get(date);
    const hours = special.has(date)
      ? own === undefined
        ? []
        : [own]
      : week.filter(({ days }) => days.includes(weekday));
    for (const { open, close } of hours) {
      const [starts, ends] = [minutesOf(open), minutesOf(close)];
      const moment = (minutes: number) => {
        const local = day * DAY + minutes * 60_000;
        return local - offset(local - offset(local) * 60_000) * 60_000;
      };
      const span = { from: moment(starts), to: moment(ends <= starts ? ends + 1440 : ends) };
      if (span.to > window.from && span.from < window.to) {
        spans.push({ from: Math.max(span.from, window.from), to: Math.min(span.to, window.to) });
      }
    }
  }
  return spans;
}

const STEPS = [1, 2, 3, 6, 12, 24, 48, 168, 336, 744, 2208, 4416, 8784].map((hours) => hours * HOUR);

/** Moments to label, round on the zone's own clock, at most `most` of them. */
export function ticksOf(window: { from: number; to: number }, offset: number, most: number): number[] {
  const span = window.to - window.from;
  const step = STEPS.find((one) => span / one <= most) ?? Math.ceil(span / most / DAY) * DAY;
  const shift = offset * 60_000;
  const first = Math.ceil((window.from + shift) / step) * step - shift;
  return Array.from(
    { length: Math.max(0, Math.floor((window.to - first) / step) + 1) },
    (_, i) => first + i * step,
  );
}

/** What a change is called: the local times that are skipped, or come twice. */
export function changeText({ at, before, after }: Change): string {
  const [from, to] = [wallClock(at, before).time, wallClock(at, after).time];
  return after > before ? `${from}–${to} skipped` : `${to}–${from} twice`;
}
