/**
 * No request may ask for more than a fixed amount of work, and none may end in anything but a catalogued problem. Work is
 * counted here; `fuzz.ts` measures time.
 */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { Problem } from '../../../src/errors.ts';
import { createBudget, MOST_STEPS } from '../../../src/services/date/budget.ts';
import { compute, type Context, type Preview } from '../../../src/services/date/index.ts';
import { codePoint } from '../../support/code-point.ts';
import { worst, worstCalendars } from './worst.ts';

function outcome(request: Record<string, unknown>, context: Context = {}): string {
  try {
    const { output_timestamp, accuracy_valid } = compute(request as unknown as Preview, context);
    assert.equal(accuracy_valid, true);
    return String(output_timestamp);
  } catch (error) {
    if (error instanceof Problem) return error.code;
    throw error;
  }
}

const at = { source_timestamp: '2026-01-15T10:20:30.5Z', target_timezone: 'America/New_York' };

/** What one year of a rule may cost, with every list full. */
const ONE_PERIOD = 10_000;

describe('the requests that ask for the most work', () => {
  it('are forty at least', () => assert.ok(Object.keys(worst).length >= 40));

  for (const [what, [request, expected]] of Object.entries(worst)) {
    it(`${what} is answered within the budget`, () => {
      const budget = createBudget();
      assert.match(outcome(request, { budget, calendars: worstCalendars }), expected);
      // What is given up has gone over it by the last thing that it meant to do.
      assert.ok(budget.spent <= MOST_STEPS + ONE_PERIOD, `${budget.spent} steps`);
    });
  }
});

describe('any string anywhere', () => {
  /** Strings near to right ones get further than noise. */
  const pieces = fc.constantFrom(
    ...[
      '2026-01-15',
      'T',
      '10:20:30',
      'Z',
      '+05:30',
      '[',
      ']',
      '[Europe/Berlin]',
      '!',
      '=',
      '.5',
      'P1Y',
      'PT',
      'RRULE:',
    ],
    ...[
      'FREQ=DAILY',
      ';',
      'COUNT=',
      'BYDAY=',
      '-1MO',
      '\n',
      'DTSTART',
      ':',
      'EXDATE',
      ',',
      '9'.repeat(40),
      '-',
      '(',
      '\0',
    ],
  );
  const text = fc.oneof(
    fc.string({ unit: codePoint, maxLength: 200 }),
    fc.array(pieces, { maxLength: 30 }).map((parts) => parts.join('')),
    fc.tuple(pieces, fc.integer({ min: 1, max: 20_000 })).map(([piece, times]) => piece.repeat(times)),
  );
  const good: Record<string, Record<string, unknown>> = {
    source_timestamp: { ...at, operation: 'CONVERT' },
    source_timezone: { ...at, source_timestamp: '2026-01-15T10:20:30', operation: 'CONVERT' },
    target_timezone: { ...at, operation: 'CONVERT' },
    duration: { ...at, operation: 'ADD' },
    until_timestamp: { ...at, operation: 'UNTIL', largest_unit: 'year' },
    recurrence_rule: { ...at, operation: 'NEXT_OCCURRENCE' },
    cron: { ...at, operation: 'NEXT_OCCURRENCE' },
    output_pattern: { ...at, operation: 'CONVERT', output_format: 'pattern' },
    output_locale: { ...at, operation: 'CONVERT', output_format: 'pattern', output_pattern: 'MMMM zzzz' },
  };
  for (const [field, request] of Object.entries(good)) {
    it(`${field} ends in an answer or a problem, within the budget`, () => {
      fc.assert(
        fc.property(text, (value) => {
          const budget = createBudget();
          outcome({ ...request, [field]: value }, { budget });
          // Reading a text is charged by its length, of which the schema lets 4,096 through.
          assert.ok(budget.spent <= MOST_STEPS + ONE_PERIOD + value.length, `${budget.spent} steps`);
        }),
        { numRuns: 300, seed: 2 },
      );
    });
  }
});
