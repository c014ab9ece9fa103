import { Problem } from '../../../errors.ts';

/** A step is about a ten-millionth of a second, so that a search ends within a few milliseconds on a slow machine. */
const STEPS = 12_000;

/** What the parts of a search cost, in steps. */
export const COST = {
  transition: 25,
  moment: 4,
  candidate: 2,
  period: {
    DAILY: 4,
    WEEKLY: 6,
    MONTHLY: 10,
    YEARLY: 20,
  },
  /** More for each week that BYWEEKNO names in a year. */
  week: 10,
};
/** What one search may cost. It counts work and not time, so that the same request always has the same answer. */
export interface Budget {
  /**
   * Throws when the steps run out: `INVALID_RECURRENCE_RULE` when they went into counting what lies before the source,
   * else `NO_OCCURRENCE`.
   */
  spend(steps: number): void;
  /** To be told of occurrences that only count, as they lie before the source. */
  counted(): void;
}

export function createBudget(): Budget {
  let left = STEPS;
  let isCounting = false;
  return {
    spend(steps) {
      left -= steps;
      if (left >= 0) return;
      throw isCounting
        ? new Problem(
            'INVALID_RECURRENCE_RULE',
            'Counting the occurrences from DTSTART to the source takes too long: end the rule with UNTIL instead of COUNT, or start it later.',
          )
        : new Problem(
            'NO_OCCURRENCE',
            'The rule has no occurrence within many years after the source: look for parts of it that never meet, such as 30 February.',
          );
    },
    counted: () => {
      isCounting = true;
    },
  };
}
