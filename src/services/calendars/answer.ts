import type { State } from '../../schemas/state.ts';
import { Problem } from '../../errors.ts';
import { createBudget } from '../date/budget.ts';
import { changesAfter } from '../date/business/state.ts';
import { NS_PER_SECOND } from '../date/engine/gregorian.ts';
import { formatMoment, stateOf } from '../date/state.ts';
import type { Calendar } from './compile.ts';
import type { CalendarFile } from './schema.ts';

const MOST_CHANGES = 10;

export const summaryOf = ({ name, zone, sha256 }: Calendar) => ({ name, timezone: zone, sha256 });

interface Answer extends Omit<CalendarFile, '$schema' | 'timezone'> {
  timezone: string;
  sha256: string;
  state: State | null;
  next_changes: { at: string; open: boolean; reason: string | null }[];
}

/** A calendar as it is told, with its state at a moment (epoch milliseconds). */
export function answerOf({ whole, sha256, zone, schedule, valid }: Calendar, epochMs: number): Answer {
  const { $schema: _, ...file } = whole;
  const said = { ...file, timezone: zone, sha256 };
  const epochNs = BigInt(Math.floor(epochMs)) * 1_000_000n;
  // A calendar that has run out still has rules to show.
  const isKnown = epochMs / 1000 >= valid.from && epochMs / 1000 < valid.to;
  if (schedule === null || !isKnown) return { ...said, state: null, next_changes: [] };
  const search = { disambiguation: 'compatible', budget: createBudget() } as const;
  return {
    ...said,
    state: stateOf(schedule, epochNs, zone, createBudget()),
    next_changes: changes(() => changesAfter(schedule, epochNs, MOST_CHANGES, search), zone),
  };
}

function changes(find: () => ReturnType<typeof changesAfter>, zone: string): Answer['next_changes'] {
  try {
    return find().map(({ at, open, reason }) => ({
      at: formatMoment(BigInt(at) * NS_PER_SECOND, zone),
      open,
      reason,
    }));
  } catch (error) {
    if (error instanceof Problem) return [];
    throw error;
  }
}
