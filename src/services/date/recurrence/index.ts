import type { Budget } from '../budget.ts';
import { floorDiv, NS_PER_SECOND, splitLocal } from '../engine/gregorian.ts';
import { offsetAt } from '../engine/offsets.ts';
import { type GapPolicy, nextOnCalendar } from './calendar-rule.ts';
import { nextInExactTime } from './exact-rule.ts';
import { parseRecurrence } from './text.ts';

export type { GapPolicy };

/** The first occurrence strictly after a moment, in epoch nanoseconds, or null when there is none. */
export type NextAfter = (afterNs: bigint) => bigint | null;

/**
 * A recurrence set (RFC 5545): the occurrences of its rule and its RDATEs, less its EXDATEs. `sourceNs` is where one
 * without `DTSTART` starts.
 * @throws Problem `INVALID_RECURRENCE_RULE` or `UNKNOWN_TIME_ZONE`; and, when it is asked for an occurrence,
 * `OUT_OF_RANGE`, and `NO_OCCURRENCE` where the search is given up
 */
export function recurrenceOf(
  text: string,
  sourceNs: bigint,
  targetZone: string,
  policy: GapPolicy,
  budget: Budget,
): NextAfter {
  budget.spend(text.length);
  const recurrence = parseRecurrence(text, sourceNs, targetZone);
  const { rule, additional, excludedMoments, excludedDays, zone } = recurrence;
  const isExcluded = (epoch: number): boolean =>
    excludedMoments.has(epoch) || (excludedDays.size > 0 && excludedDays.has(dayAt(epoch, zone)));
  const dates = additional.filter((epoch) => !isExcluded(epoch)).sort((a, b) => a - b);
  const isExact = rule.freq === 'HOURLY' || rule.freq === 'MINUTELY' || rule.freq === 'SECONDLY';

  return (afterNs) => {
    const after = Number(floorDiv(afterNs, NS_PER_SECOND));
    // Beyond the next RDATE the rule need not be searched.
    const date = dates.find((epoch) => epoch > after) ?? Infinity;
    const ofRule = isExact
      ? nextInExactTime(recurrence, after, date, budget)
      : nextOnCalendar(recurrence, after, date, policy, budget);
    const next = Math.min(ofRule ?? Infinity, date);
    return next === Infinity ? null : BigInt(next) * NS_PER_SECOND;
  };
}

const dayAt = (epoch: number, zone: string): number =>
  splitLocal(BigInt(epoch) * NS_PER_SECOND + offsetAt(zone, BigInt(epoch) * NS_PER_SECOND)).day;
