import { Problem } from '../../../errors.ts';
import { floorDiv, NS_PER_SECOND, splitLocal } from '../engine/gregorian.ts';
import { offsetAt } from '../engine/offsets.ts';
import { checkValid, type Schedule, type Search, stretchesAfter } from './schedule.ts';

/** Whether it is open at a moment, and until when that stays so. */
export interface OpenState {
  open: boolean;
  /** Of the holiday or the override that decides, if one does. */
  reason: string | null;
  /** Epoch seconds; null where no change is within reach. */
  changesAt: number | null;
}

/** @throws Problem `NO_OCCURRENCE` for a moment outside of what the calendar knows */
export function stateAt(schedule: Schedule, epochNs: bigint, search: Search): OpenState {
  const epoch = Number(floorDiv(epochNs, NS_PER_SECOND));
  checkValid(schedule, epoch);
  const { open, changesAt } = around(schedule, epoch, search);
  return { open, reason: reasonAt(schedule, epoch), changesAt };
}

function around(
  schedule: Schedule,
  epoch: number,
  search: Search,
): { open: boolean; changesAt: number | null } {
  let reached: number | null = null;
  try {
    for (const { from, to } of stretchesAfter(schedule, epoch, search)) {
      if (reached === null && from > epoch) return { open: false, changesAt: from };
      if (reached !== null && from > reached) return { open: true, changesAt: reached };
      reached = to;
    }
  } catch (error) {
    // It stays as it is for longer than a search goes, or for as long as the calendar knows.
    if (!(error instanceof Problem) || error.code !== 'NO_OCCURRENCE') throw error;
    return { open: reached !== null, changesAt: null };
  }
  return { open: reached !== null, changesAt: reached };
}

/** The reason of the override or of the special day that a moment lies in. */
function reasonAt({ zone, special, overrides }: Schedule, epoch: number): string | null {
  const override = overrides.find(({ from, to }) => epoch >= from && epoch < to);
  if (override !== undefined) return override.reason;
  const ns = BigInt(epoch) * NS_PER_SECOND;
  return special.get(splitLocal(ns + offsetAt(zone, ns)).day)?.reason ?? null;
}

/** A moment at which it opens or closes. */
export interface Change {
  /** Epoch seconds. */
  at: number;
  open: boolean;
  reason: string | null;
}

/** The next changes after a moment, as many as are within reach. */
export function changesAfter(schedule: Schedule, epochNs: bigint, most: number, search: Search): Change[] {
  const changes: Change[] = [];
  let { changesAt: at, open } = stateAt(schedule, epochNs, search);
  while (at !== null && changes.length < most) {
    open = !open;
    changes.push({ at, open, reason: reasonAt(schedule, at) });
    at = around(schedule, at, search).changesAt;
  }
  return changes;
}
