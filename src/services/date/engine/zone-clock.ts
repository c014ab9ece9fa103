import { type Stretch, stretchAt } from './transitions.ts';

const DAY = 86_400;
/** The moment of a local time, in epoch seconds. */
export interface Settled {
  epoch: number;
  /** Null when the clocks show that time; in a gap, the local time they jump to. */
  gapEnd: number | null;
}

/**
 * A zone's clock for a search that goes through many moments in order, in whole seconds. It asks Temporal once for each
 * stretch between two transitions and does the rest by counting.
 */
export interface ZoneClock {
  offset(epoch: number): number;
  /** The end of the stretch that `offset` was last asked about; Infinity where none is known. */
  changesAt(): number;
  /** The earlier of two moments; in a gap, the reading with the offset before it (RFC 5545 3.3.5). */
  settle(local: number): Settled;
  /** Whether all local times of a range lie before the next transition, so that each occurs. */
  isPlain(first: number, last: number): boolean;
  /** The local time, after one that `isPlain` or `settle` was asked about, before which all are plain. */
  plainUntil(): number;
}

/** `onLook` hears of each stretch that Temporal is asked for, which costs a few microseconds. */
export function createClock(zone: string, onLook: () => void = () => undefined): ZoneClock {
  let from = Infinity;
  let { offset, until, offsetAfter }: Stretch = { offset: 0, until: -Infinity, offsetAfter: 0 };

  function look(epoch: number): void {
    onLook();
    ({ offset, until, offsetAfter } = stretchAt(zone, epoch));
    from = epoch;
  }

  /**
   * Makes the stretch one that began a day before the local time at least, so that only its end can matter, and that ended
   * days ago at most, as the one after it lasts longer than that.
   */
  function lookAround(local: number): void {
    const reading = local - offset;
    if (reading < from + DAY || reading >= until + 2 * DAY) look(local - 2 * DAY);
  }

  return {
    offset(epoch) {
      if (epoch < from || epoch >= until) look(epoch);
      return offset;
    },
    changesAt: () => until,
    settle(local) {
      lookAround(local);
      const before = local - offset;
      if (before < until) return { epoch: before, gapEnd: null };
      const after = local - offsetAfter;
      return after >= until ? { epoch: after, gapEnd: null } : { epoch: before, gapEnd: until + offsetAfter };
    },
    isPlain(first, last) {
      lookAround(first);
      return last - offset < until;
    },
    plainUntil: () => until + offset,
  };
}
