import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CalendarFault, compileCalendar } from '../../../src/services/calendars/compile.ts';

test('rules that take too much work are refused with the one at which it ended, and fit for fewer years', () => {
  const holidays = Array.from({ length: 120 }, (_, i) => ({
    recurrence_rule: `RRULE:FREQ=MONTHLY;BYDAY=1MO;BYMONTH=${1 + (i % 12)}`,
  }));
  const file = { name: 'many', timezone: 'Europe/London', holidays };
  assert.throws(
    () => compileCalendar(file),
    (error: unknown) =>
      error instanceof CalendarFault &&
      /^\/holidays\/\d+\/recurrence_rule$/.test(error.path) &&
      error.message.includes('valid_until'),
  );
  const { workingDays } = compileCalendar({ ...file, valid_from: '2026-01-01', valid_until: '2028-12-31' });
  assert.equal(workingDays.exceptions.size, 36, 'the first Monday of each month of three years');
});
