import { Problem } from '../../../errors.ts';
import type { Disambiguation, Resolution } from '../../../schemas/manipulation.ts';
import type { Budget } from '../budget.ts';
import { COST } from '../budget.ts';
import { floorDiv, NS_PER_SECOND, weekdayOf } from '../engine/gregorian.ts';
import { firstMomentOf, settle } from '../engine/local-time.ts';
import { createClock } from '../engine/zone-clock.ts';

const DAY = 86_400;

/** Seconds since the midnight of the day on which it opens. */
export interface Hours {
  open: number;
  close: number;
}

/** A day that replaces the week; no hours when it is closed. */
export interface SpecialDay {
  hours: readonly Hours[];
  reason: string | null;
}

/** A time that is open or closed whatever the hours say; epoch seconds, the end excluded. */
export interface Override {
  from: number;
  to: number;
  open: boolean;
  reason: string | null;
}

/** When a centre is open. */
export interface Schedule {
  /** The zone on whose clock the hours are. */
  zone: string;
  /** Index 1 is Monday. */
  week: readonly (readonly Hours[])[];
  /** By epoch day. */
  special: ReadonlyMap<number, SpecialDay>;
  /** In order of time, none of them overlapping. */
  overrides: readonly Override[];
  /** What it knows (epoch seconds, the end excluded); null when it knows all time. */
  valid: Validity | null;
}

export interface Validity {
  from: number;
  to: number;
  firstDay: number;
  lastDay: number;
  /** Of the calendar, for the problem. */
  name: string;
}

/** A time during which it is open; epoch seconds, the end excluded. */
export interface Stretch {
  from: number;
  to: number;
  /** How the local time of its start was settled. */
  resolution: Resolution;
}

/** How a search settles local times, and what it may cost. */
export interface Search {
  disambiguation: Disambiguation;
  budget: Budget;
}

/** Of each day that is looked at, and of each opening on it. */
const DAY_STEPS = 2;
const OPENING_STEPS = 6;
/** Of each override that is passed. */
const OVERRIDE_STEPS = 3;
/** Entries of a calendar that are looked at for one step where all of them are. */
const ALL_AT_ONCE = 8;

/** How many days a search looks at together: few at first, as most answers are near. */
const FIRST_DAYS = 8;
const MOST_DAYS = 128;

/**
 * The open stretches after a moment in order of time, none of them overlapping; the first may have begun before. Two may
 * touch. It ends where nothing is open any more.
 * @throws Problem `NO_OCCURRENCE` where the budget or what a calendar knows ends
 */
export function* stretchesAfter(schedule: Schedule, epoch: number, search: Search): Generator<Stretch> {
  const end = lastOf(schedule, search.budget);
  let from = epoch;
  for (let days = FIRST_DAYS; from < end; days = Math.min(2 * days, MOST_DAYS)) {
    checkValid(schedule, from);
    const to = Math.min(from + days * DAY, schedule.valid?.to ?? Infinity);
    yield* openWithin(schedule, from, to, search);
    from = to;
  }
}

/** The same before a moment, the latest first. */
export function* stretchesBefore(schedule: Schedule, epoch: number, search: Search): Generator<Stretch> {
  const end = firstOf(schedule, search.budget);
  let to = epoch;
  for (let days = FIRST_DAYS; to > end; days = Math.min(2 * days, MOST_DAYS)) {
    checkValid(schedule, to - 1);
    const from = Math.max(to - days * DAY, schedule.valid?.from ?? -Infinity);
    yield* openWithin(schedule, from, to, search).reverse();
    to = from;
  }
}

/** @throws Problem `NO_OCCURRENCE` for a moment that the calendar says nothing about */
export function checkValid({ valid }: Schedule, epoch: number): void {
  if (valid === null || (epoch >= valid.from && epoch < valid.to)) return;
  throw outside(valid);
}

/** The same for an epoch day. @throws Problem `NO_OCCURRENCE` */
export function checkDay(valid: Validity | null, day: number): void {
  if (valid !== null && (day < valid.firstDay || day > valid.lastDay)) throw outside(valid);
}

function outside({ name, firstDay, lastDay }: Validity): Problem {
  const text = (day: number) => new Date(day * DAY * 1000).toISOString().slice(0, 10);
  return new Problem(
    'NO_OCCURRENCE',
    `The calendar ${name} is valid from ${text(firstDay)} to ${text(lastDay)}, and this goes beyond: use another, or change its valid_from and valid_until.`,
  );
}

/** After this nothing is open: Infinity where the week goes on. */
function lastOf({ week, special, overrides }: Schedule, budget: Budget): number {
  if (week.some((hours) => hours.length > 0)) return Infinity;
  budget.spend((special.size + overrides.length) / ALL_AT_ONCE);
  let last = -Infinity;
  for (const [day, { hours }] of special) if (hours.length > 0) last = Math.max(last, (day + 4) * DAY);
  for (const { to, open } of overrides) if (open) last = Math.max(last, to);
  return last;
}

function firstOf({ week, special, overrides }: Schedule, budget: Budget): number {
  if (week.some((hours) => hours.length > 0)) return -Infinity;
  budget.spend((special.size + overrides.length) / ALL_AT_ONCE);
  let first = Infinity;
  for (const [day, { hours }] of special) if (hours.length > 0) first = Math.min(first, (day - 2) * DAY);
  for (const { from, open } of overrides) if (open) first = Math.min(first, from);
  return first;
}

/**
 * What is open within a span of time, cut at its ends, in order, overlapping shifts counted once.
 * @throws Problem `NO_OCCURRENCE` where the budget ends, and what settling a local time throws
 */
function openWithin(
  schedule: Schedule,
  from: number,
  to: number,
  { disambiguation, budget }: Search,
): Stretch[] {
  const { zone, week, special, overrides } = schedule;
  const settled = settler(zone, disambiguation, budget);
  const found: Stretch[] = [];
  // Offsets reach a day, and what opened the day before, or before a day that the zone left out, may still be open.
  const last = Math.floor(to / DAY) + 1;
  for (let day = Math.floor(from / DAY) - 3; day <= last; day++) {
    const hours = special.get(day)?.hours ?? week[weekdayOf(day)] ?? [];
    budget.spend(DAY_STEPS + OPENING_STEPS * hours.length);
    for (const { open, close } of hours) {
      const opens = settled(day * DAY + open);
      const closes = settled(day * DAY + close).epoch;
      // Hours that lie in a gap altogether come to nothing, and so do those of a day that a zone left out.
      if (closes <= opens.epoch || closes <= from || opens.epoch >= to) continue;
      if (opens.resolution === 'gap_shifted' && isSkipped(day, zone)) continue;
      found.push({ from: opens.epoch, to: closes, resolution: opens.resolution });
    }
  }
  const merged = cut(union(found), from, to);
  return overrides.length === 0 ? merged : overridden(merged, overrides, from, to, budget);
}

/** Joins what overlaps or touches. */
function union(stretches: Stretch[]): Stretch[] {
  const joined: Stretch[] = [];
  for (const stretch of stretches.sort((a, b) => a.from - b.from)) {
    const before = joined.at(-1);
    if (before === undefined || stretch.from > before.to) joined.push({ ...stretch });
    else before.to = Math.max(before.to, stretch.to);
  }
  return joined;
}

function cut(stretches: readonly Stretch[], from: number, to: number): Stretch[] {
  return stretches
    .filter((one) => one.to > from && one.from < to)
    .map((one) =>
      one.from >= from
        ? { ...one, to: Math.min(one.to, to) }
        : { from, to: Math.min(one.to, to), resolution: 'exact' },
    );
}

/** The overrides cut their time out of the hours, and those that are open put theirs in. */
function overridden(
  hours: readonly Stretch[],
  overrides: readonly Override[],
  from: number,
  to: number,
  budget: Budget,
): Stretch[] {
  const within = overridesWithin(overrides, from, to);
  budget.spend(OVERRIDE_STEPS * within.length);
  const left: Stretch[] = [];
  let next = 0;
  for (const stretch of hours) {
    // Both are in order: what ended before this stretch began has no part in the later ones either.
    while ((within[next]?.to ?? Infinity) <= stretch.from) next++;
    let { from: reached, resolution } = stretch;
    for (let at = next; ; at++) {
      const override = within[at];
      if (override === undefined || override.from >= stretch.to) break;
      if (override.from > reached) left.push({ from: reached, to: override.from, resolution });
      [reached, resolution] = [override.to, 'exact'];
    }
    if (reached < stretch.to) left.push({ from: reached, to: stretch.to, resolution });
  }
  const added = within.filter(({ open }) => open).map((one) => ({ ...one, resolution: 'exact' as const }));
  return cut(union([...left, ...added]), from, to);
}

/** Those that reach into a span of time, found by halving. */
function overridesWithin(overrides: readonly Override[], from: number, to: number): readonly Override[] {
  let [low, high] = [0, overrides.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((overrides[middle]?.to ?? Infinity) <= from) low = middle + 1;
    else high = middle;
  }
  let end = low;
  while ((overrides[end]?.from ?? Infinity) < to) end++;
  return overrides.slice(low, end);
}

interface SettledTime {
  epoch: number;
  resolution: Resolution;
}

/** Settles local seconds. Away from transitions that is a subtraction. */
function settler(
  zone: string,
  disambiguation: Disambiguation,
  budget: Budget,
): (local: number) => SettledTime {
  const clock = createClock(zone, () => budget.spend(COST.transition));
  return (local) => {
    if (clock.isPlain(local, local + DAY)) return { epoch: clock.settle(local).epoch, resolution: 'exact' };
    budget.spend(COST.moment);
    const { epochNs, resolution } = settle(BigInt(local) * NS_PER_SECOND, zone, disambiguation);
    return { epoch: Number(floorDiv(epochNs, NS_PER_SECOND)), resolution };
  };
}

const isSkipped = (day: number, zone: string): boolean =>
  firstMomentOf(day, zone) === firstMomentOf(day + 1, zone);
