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
}

/** A stretch as far as it is known: from the earliest moment that was asked about, or from its very start. */
interface Known extends Stretch {
  from: number;
  /** The changes at its start and its end, as they are told; undefined until they were asked for. */
  previous?: Transition | null;
  next?: Transition | null;
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
    const change = momentAt(zone, epoch, 1n).getTimeZoneTransition('previous');
    stretch.from = change === null ? -Infinity : change.epochMilliseconds / 1000;
    stretch.previous = told(change);
  }
  stretch.next ??= stretch.until === Infinity ? null : told(momentAt(zone, stretch.until));
  return { previous: stretch.previous, next: stretch.next };
}

const momentAt = (zone: string, epoch: number, nanoseconds = 0n) =>
  new Temporal.ZonedDateTime(BigInt(epoch) * NS_PER_SECOND + nanoseconds, zone);

/** Null for one that is beyond the year 9999, too. */
const told = (change: Temporal.ZonedDateTime | null): Transition | null =>
  change === null || change.year > 9999
    ? null
    : {
        instant: change.toInstant().toString(),
        offset_before: change.subtract({ nanoseconds: 1 }).offset,
        offset_after: change.offset,
      };

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
  checkRange(BigInt(epoch) * NS_PER_SECOND);
  const now = momentAt(zone, epoch);
  const change = now.getTimeZoneTransition('next');
  const offset = now.offsetNanoseconds / 1e9;
  return change === null
    ? { from: epoch, offset, until: Infinity, offsetAfter: offset }
    : {
        from: epoch,
        offset,
        until: change.epochMilliseconds / 1000,
        offsetAfter: change.offsetNanoseconds / 1e9,
      };
}
