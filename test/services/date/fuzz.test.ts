/** A sample of `fuzz.ts`: every field of every operation, in requests that the schema lets through. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { Problem } from '../../../src/errors.ts';
import { createBudget, MOST_STEPS } from '../../../src/services/date/budget.ts';
import { type Preview, preview } from '../../../src/services/date/index.ts';
import { createRandom } from '../../support/random.ts';
import { fields, randomRequest } from './fuzz-requests.ts';
import { worstCalendars } from './worst.ts';

const EACH = 12;
const SEED = 20261124;
const NOW = Date.UTC(2026, 5, 10, 12);
/** What is given up has gone over the budget by the last thing that it meant to do. */
const ONE_PERIOD = 10_000;

it(`${EACH} random requests of every field end in an answer that is sound, or in a problem, within the budget`, () => {
  const random = createRandom(SEED);
  let answered = 0;
  for (const field of fields) {
    for (let made = 0; made < EACH; made++) {
      const request = randomRequest(random, field);
      const budget = createBudget();
      try {
        const answer = preview(request as unknown as Preview, {
          now: NOW,
          budget,
          calendars: worstCalendars,
        });
        assert.equal(answer.accuracy_valid, true, JSON.stringify(request));
        answered++;
      } catch (error) {
        assert.ok(error instanceof Problem, `${String(error)}: ${JSON.stringify(request)}`);
      }
      assert.ok(budget.spent <= MOST_STEPS + ONE_PERIOD, JSON.stringify(request));
    }
  }
  assert.ok(answered > (fields.length * EACH) / 4);
});
