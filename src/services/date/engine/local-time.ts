import { Problem } from '../../../errors.ts';
import type { Disambiguation, Resolution } from '../../../schemas/manipulation.ts';
import { joinLocal, localFields, NS_PER_DAY } from './gregorian.ts';
import { offsetAt } from './offsets.ts';
import { transitionAfter } from './transitions.ts';
import { pad2, pad4 } from '../input/text.ts';
import { fullOffset } from '../output/offset.ts';

/** A moment, and how the local time it came from was settled. */
export interface Moment {
  /** Nanoseconds since 1970-01-01T00:00Z, exact. */
  epochNs: bigint;
  resolution: Resolution;
}

/** What the clocks of a zone showed around one of their local times. */
interface Surroundings {
  /** The moments at which the clocks show that time: one; two in a fold, the earlier first; none in a gap. */
  moments: bigint[];
  /** Its reading with the offset of a day before and of a day after; these differ in a gap. */
  withOffsetBefore: bigint;
  withOffsetAfter: bigint;
}

/** The offset changes at most once within the two days looked at (see `offsets.ts`). */
export function surroundings(localNs: bigint, zone: string): Surroundings {
  const before = offsetAt(zone, localNs - NS_PER_DAY);
  const after = offsetAt(zone, localNs + NS_PER_DAY);
  const withOffsetBefore = localNs - before;
  const withOffsetAfter = localNs - after;
  if (before === after) return { moments: [withOffsetBefore], withOffsetBefore, withOffsetAfter };
  const moments: bigint[] = [];
  if (offsetAt(zone, withOffsetBefore) === before) moments.push(withOffsetBefore);
  if (offsetAt(zone, withOffsetAfter) === after) moments.push(withOffsetAfter);
  return { moments, withOffsetBefore, withOffsetAfter };
}

/**
 * The moment a local time stands for. In a gap, `later` (and `compatible`) reads it with the offset before the gap, which
 * lands after it, and `earlier` with the offset after; in a fold they choose between the two (RFC 5545 3.3.5, Temporal).
 * Throws `LOCAL_TIME_AMBIGUOUS` or `LOCAL_TIME_NONEXISTENT` for `reject`.
 */
export function settle(localNs: bigint, zone: string, disambiguation: Disambiguation): Moment {
  const { moments, withOffsetBefore, withOffsetAfter } = surroundings(localNs, zone);
  const [first, second] = moments;
  if (first === undefined) {
    if (disambiguation === 'reject') throw nonexistent(localNs, zone);
    return {
      epochNs: disambiguation === 'earlier' ? withOffsetAfter : withOffsetBefore,
      resolution: 'gap_shifted',
    };
  }
  if (second === undefined) return { epochNs: first, resolution: 'exact' };
  if (disambiguation === 'reject') throw ambiguous(localNs, zone, [first, second]);
  return disambiguation === 'later'
    ? { epochNs: second, resolution: 'fold_later' }
    : { epochNs: first, resolution: 'fold_earlier' };
}

/**
 * The first moment of a local day: midnight; the earlier of two; or, where the clocks skip it, the moment they do
 * (Temporal's startOfDay). Of a day skipped altogether, the start of the next.
 */
export const firstMomentOf = (epochDay: number, zone: string): bigint =>
  firstMomentAt(joinLocal(epochDay, 0n), zone);

/** The first moment at which the clocks show this local time, or have skipped it. */
export function firstMomentAt(localNs: bigint, zone: string): bigint {
  const { moments, withOffsetAfter } = surroundings(localNs, zone);
  // In a gap, the reading with the later offset lies before the change, so that the next change is the gap's own.
  return moments[0] ?? transitionAfter(withOffsetAfter, zone) ?? withOffsetAfter;
}

function clockText(localNs: bigint): string {
  const { year, month, day, hour, minute, second } = localFields(localNs);
  return `${pad4(year)}-${pad2(month)}-${pad2(day)}T${pad2(hour)}:${pad2(minute)}:${pad2(second)}`;
}

const ambiguous = (localNs: bigint, zone: string, moments: bigint[]): Problem =>
  new Problem(
    'LOCAL_TIME_AMBIGUOUS',
    `${clockText(localNs)} occurs twice in ${zone}: give its offset (${moments.map((moment) => fullOffset(localNs - moment)).join(' or ')}), or set disambiguation to earlier, later or compatible.`,
  );

const nonexistent = (localNs: bigint, zone: string): Problem =>
  new Problem(
    'LOCAL_TIME_NONEXISTENT',
    `${clockText(localNs)} does not occur in ${zone}, where the clocks skip it: give another time, or set disambiguation to earlier, later or compatible.`,
  );
