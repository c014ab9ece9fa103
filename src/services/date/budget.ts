import { Problem } from '../../errors.ts';

/** What one request may cost, in steps: a step is about a ten-millionth of a second, and the whole a few milliseconds. */
export const MOST_STEPS = 60_000;

/** What the parts of a search cost, in steps. */
export const COST = {
  transition: 40,
  moment: 10,
  /** Of the minutes and seconds of an hour that are laid out. */
  expansion: 10,
  candidate: 5,
  period: {
    DAILY: 16,
    WEEKLY: 16,
    MONTHLY: 20,
    YEARLY: 20,
  },
  /** More for each week that BYWEEKNO names in a year. */
  week: 10,
  /** Of each value of a list that is gone through for a period, and of each day that comes out of it. */
  listed: 1,
};

/**
 * What one request may cost, whatever it asks for. It counts work and not time, so that the same request always has the
 * same answer.
 */
export interface Budget {
  /**
   * To be called before the work is done.
   * @throws Problem `NO_OCCURRENCE` when the steps run out
   */
  spend(steps: number): void;
  readonly spent: number;
}

const GIVEN_UP = `The search was given up after a fixed amount of work, so that no request keeps others waiting. Look for parts that never meet, such as 30 February; end a rule with UNTIL instead of COUNT, or start it later; ask for less.`;

export function createBudget(most = MOST_STEPS): Budget {
  const budget = {
    spent: 0,
    spend(steps: number): void {
      budget.spent += steps;
      if (budget.spent > most) throw new Problem('NO_OCCURRENCE', GIVEN_UP);
    },
  };
  return budget;
}
