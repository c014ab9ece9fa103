import { floorDiv, NS_PER_SECOND } from '../engine/gregorian.ts';
import { offsetAt } from '../engine/offsets.ts';
import { createBudget } from './budget.ts';
import { type GapPolicy, nextOnCalendar } from './calendar-rule.ts';
import { nextInExactTime } from './exact-rule.ts';
import { parseRecurrence } from './text.ts';

export type { GapPolicy };

/**
 * The first occurrence of a recurrence set (RFC 5545) strictly after a moment, in epoch nanoseconds, or null when there is
 * none: of its rule and its RDATEs, less its EXDATEs. Throws `INVALID_RECURRENCE_RULE`, `UNKNOWN_TIME_ZONE`,
 * `OUT_OF_RANGE`, and `NO_OCCURRENCE` when the search is given up.
 */
export function nextOccurrence(
  text: string,
  sourceNs: bigint,
  targetZone: string,
  policy: GapPolicy,
): bigint | null {
  const recurrence = parseRecurrence(text, sourceNs, targetZone);
  const { rule, zone, additional, excludedMoments, excludedDays } = recurrence;
  const after = Number(floorDiv(sourceNs, NS_PER_SECOND));

  const isExcluded = (epoch: number): boolean =>
    excludedMoments.has(epoch) ||
    (excludedDays.size > 0 &&
      excludedDays.has(
        Math.floor((epoch + Number(offsetAt(zone, BigInt(epoch) * NS_PER_SECOND) / NS_PER_SECOND)) / 86_400),
      ));

  const budget = createBudget();
  const isExact = rule.freq === 'HOURLY' || rule.freq === 'MINUTELY' || rule.freq === 'SECONDLY';
  const ofRule = isExact
    ? nextInExactTime(recurrence, after, isExcluded, budget)
    : nextOnCalendar(recurrence, after, policy, isExcluded, budget);
  const later = additional.filter((epoch) => epoch > after && !isExcluded(epoch));
  const next = Math.min(ofRule ?? Infinity, ...later);
  return next === Infinity ? null : BigInt(next) * NS_PER_SECOND;
}
