import { Temporal } from '../../temporal.ts';
import { floorDiv, NS_PER_SECOND } from './gregorian.ts';
import { checkRange } from './offsets.ts';

/** A change of a zone's offset, as an answer tells it. */
export interface Transition {
  instant: string;
  offset_before: string;
  offset_after: string;
}

/** A time during which a zone's offset stays the same, and what it changes to; all in whole seconds. */
export interface Stretch {
  offset: number;
  /** Infinity where no change is known. */
  until: number;
  offsetAfter: number;
  /** The change at its end, or null where none is known before the year 10000. */
  next: Transition | null;
}

/** A stretch as far as it is known: from the earliest moment that was asked about, or from its very start. */
interface Known extends Stretch {
  from: number;
  /** The change at its start; undefined until it was asked for. */
  previous: Transition | null | undefined;
}

/** More than the changes of a century; then the zone's are looked up anew. */
const STRETCHES_KEPT = 256;

/** In order, and none twice. Zones are those of the tz database and whole-minute offsets, so their number is bounded. */
const stretchesOf = new Map<string, Known[]>();

/**
 * The stretch that a moment (epoch seconds) of a zone is in. Temporal is asked once for each; after that it is found by
 * halving.
 * @throws Problem `OUT_OF_RANGE`
 */
export const stretchAt = (zone: string, epoch: number): Stretch => known(zone, epoch);

/** The changes of offset before (or at) and after a moment, or null where none is known. */
export function transitionsAround(
  zone: string,
  epochNs: bigint,
): { previous: Transition | null; next: Transition | null } {
  checkRange(epochNs);
  const epoch = Number(floorDiv(epochNs, NS_PER_SECOND));
  const stretch = known(zone, epoch);
  if (stretch.previous === undefined) {
    const change = new Temporal.ZonedDateTime(BigInt(epoch) * NS_PER_SECOND + 1n, zone).getTimeZoneTransition(
      'previous',
    );
    stretch.from = change === null ? -Infinity : change.epochMilliseconds / 1000;
    stretch.previous = change === null ? null : told(change.subtract({ nanoseconds: 1 }), change);
  }
  return { previous: stretch.previous, next: stretch.next };
}

/** The next change of offset after a moment, or null where none is known. */
export function transitionAfter(epochNs: bigint, zone: string): bigint | null {
  checkRange(epochNs);
  const { until } = known(zone, Number(floorDiv(epochNs, NS_PER_SECOND)));
  return until === Infinity ? null : BigInt(until) * NS_PER_SECOND;
}

function known(zone: string, epoch: number): Known {
  let stretches = stretchesOf.get(zone);
  if (stretches === undefined) stretchesOf.set(zone, (stretches = []));
  const index = firstEndingAfter(stretches, epoch);
  const candidate = stretches[index];
  if (candidate !== undefined && candidate.from <= epoch) return candidate;

  const found = ask(zone, epoch);
  if (candidate?.until === found.until) {
    candidate.from = epoch;
    return candidate;
  }
  if (stretches.length >= STRETCHES_KEPT) stretchesOf.set(zone, [found]);
  else stretches.splice(index, 0, found);
  return found;
}

function firstEndingAfter(stretches: readonly Known[], epoch: number): number {
  let low = 0;
  let high = stretches.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((stretches[middle]?.until ?? Infinity) <= epoch) low = middle + 1;
    else high = middle;
  }
  return low;
}

function ask(zone: string, epoch: number): Known {
  const epochNs = BigInt(epoch) * NS_PER_SECOND;
  checkRange(epochNs);
  const now = new Temporal.ZonedDateTime(epochNs, zone);
  const change = now.getTimeZoneTransition('next');
  const offset = now.offsetNanoseconds / 1e9;
  const begun = { from: epoch, offset, previous: undefined };
  return change === null
    ? { ...begun, until: Infinity, offsetAfter: offset, next: null }
    : {
        ...begun,
        until: change.epochMilliseconds / 1000,
        offsetAfter: change.offsetNanoseconds / 1e9,
        next: change.year > 9999 ? null : told(now, change),
      };
}

const told = (before: Temporal.ZonedDateTime, after: Temporal.ZonedDateTime): Transition => ({
  instant: after.toInstant().toString(),
  offset_before: before.offset,
  offset_after: after.offset,
});
