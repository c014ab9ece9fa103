import { Problem } from '../../../errors.ts';
import { floorDiv, NS_PER_SECOND } from '../engine/gregorian.ts';
import { type Schedule, type Search, type Stretch, stretchesAfter, stretchesBefore } from './schedule.ts';

/** Epoch nanoseconds, the end excluded. */
export interface Span {
  fromNs: bigint;
  toNs: bigint;
}

/** A clock that runs while it is open and not paused. */
export interface OpenClock {
  schedule: Schedule;
  /** In order of time, none of them overlapping. */
  pauses: readonly Span[];
  search: Search;
}

const NEVER_ENOUGH = {
  1: 'It closes for good before the duration is over: give opening_hours a day, or shorten the duration.',
  [-1]: 'It was not open that long before the source: give opening_hours a day, or shorten the duration.',
};

/**
 * The moment at which that much open time has passed since another one (or lies before it, for `direction` -1); that
 * moment itself for no time. What ends with a shift ends at its close, and backwards at its opening.
 * @throws Problem `NO_OCCURRENCE`, and what settling a local time throws
 */
export function moveOpenTime(
  clock: OpenClock,
  sourceNs: bigint,
  amountNs: bigint,
  direction: 1 | -1,
): bigint {
  if (amountNs === 0n) return sourceNs;
  let left = amountNs;
  for (const { fromNs, toNs } of direction === 1
    ? spansAfter(clock, sourceNs)
    : spansBefore(clock, sourceNs)) {
    const length = toNs - fromNs;
    if (length >= left) return direction === 1 ? fromNs + left : toNs - left;
    left -= length;
  }
  throw new Problem('NO_OCCURRENCE', NEVER_ENOUGH[direction]);
}

/**
 * The open time between two moments, in nanoseconds; negative where the other one is earlier.
 * @throws Problem `NO_OCCURRENCE`, and what settling a local time throws
 */
export function openTimeBetween(clock: OpenClock, fromNs: bigint, toNs: bigint): bigint {
  if (toNs < fromNs) return -openTimeBetween(clock, toNs, fromNs);
  let sum = 0n;
  for (const span of spansAfter(clock, fromNs)) {
    if (span.fromNs >= toNs) break;
    sum += (span.toNs < toNs ? span.toNs : toNs) - span.fromNs;
  }
  return sum;
}

function* spansAfter({ schedule, pauses, search }: OpenClock, ns: bigint): Generator<Span> {
  for (const stretch of stretchesAfter(schedule, Number(floorDiv(ns, NS_PER_SECOND)), search)) {
    yield* unpaused(cutAt(stretch, ns, 1), pauses);
  }
}

function* spansBefore({ schedule, pauses, search }: OpenClock, ns: bigint): Generator<Span> {
  // The second that the moment is in, too.
  const epoch = Number(-floorDiv(-ns, NS_PER_SECOND));
  for (const stretch of stretchesBefore(schedule, epoch, search)) {
    yield* unpaused(cutAt(stretch, ns, -1), pauses).reverse();
  }
}

function cutAt({ from, to }: Stretch, ns: bigint, direction: 1 | -1): Span {
  const fromNs = BigInt(from) * NS_PER_SECOND;
  const toNs = BigInt(to) * NS_PER_SECOND;
  return direction === 1
    ? { fromNs: fromNs > ns ? fromNs : ns, toNs }
    : { fromNs, toNs: toNs < ns ? toNs : ns };
}

function unpaused({ fromNs, toNs }: Span, pauses: readonly Span[]): Span[] {
  const left: Span[] = [];
  let reached = fromNs;
  for (let next = firstAfter(pauses, fromNs); ; next++) {
    const pause = pauses[next];
    if (pause === undefined || pause.fromNs >= toNs) break;
    if (pause.fromNs > reached) left.push({ fromNs: reached, toNs: pause.fromNs });
    reached = pause.toNs;
  }
  if (reached < toNs) left.push({ fromNs: reached, toNs });
  return left;
}

/** The first of the spans in order that ends after a moment. */
function firstAfter(spans: readonly Span[], ns: bigint): number {
  let [low, high] = [0, spans.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const span = spans[middle];
    if (span !== undefined && span.toNs <= ns) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Joins pauses that overlap. */
export function unionOfSpans(spans: readonly Span[]): Span[] {
  const joined: Span[] = [];
  for (const { fromNs, toNs } of [...spans].sort((a, b) => (a.fromNs < b.fromNs ? -1 : 1))) {
    const before = joined.at(-1);
    if (before === undefined || fromNs > before.toNs) joined.push({ fromNs, toNs });
    else if (toNs > before.toNs) before.toNs = toNs;
  }
  return joined;
}
