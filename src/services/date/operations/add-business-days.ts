import { Type } from '@sinclair/typebox';
import { checkDay } from '../business/schedule.ts';
import { requestDays, workingDayFields } from '../business/fields.ts';
import { moveWorkingDays, type WorkingDays } from '../business/working-days.ts';
import { joinLocal, splitLocal } from '../engine/gregorian.ts';
import { type Moment, settle } from '../engine/local-time.ts';
import { offsetAt } from '../engine/offsets.ts';
import { defineOperation, type Input } from '../operation.ts';

/** Every day of ten thousand years. */
const MAX_DAYS = 3_652_425;

export const businessDayFields = {
  days: Type.Integer({ minimum: 0, maximum: MAX_DAYS, description: 'How many working days.', examples: [5] }),
  ...workingDayFields,
};

export const addBusinessDays = defineOperation({
  name: 'ADD_BUSINESS_DAYS',
  summary: 'Adds working days',
  doc: 'Moves forward by working days of the target zone (of the calendar’s own zone, where `calendar` names one) and keeps the time of day. A start on a day that is not worked counts from there: Saturday plus one is Monday. Nothing moves for 0 days.',
  fields: businessDayFields,
  examples: [
    {
      title: 'Two working days after the Thursday before Easter',
      request: {
        source_timestamp: '2026-04-02T09:30:00+02:00',
        target_timezone: 'Europe/Berlin',
        operation: 'ADD_BUSINESS_DAYS',
        days: 2,
        holidays: ['2026-04-03', '2026-04-06'],
      },
      answer: { output_timestamp: '2026-04-08T09:30:00.000+02:00' },
    },
    {
      title: 'From a Saturday, over a weekend of Friday and Saturday',
      request: {
        source_timestamp: '2026-06-06T09:30:00+03:00',
        target_timezone: 'Asia/Riyadh',
        operation: 'ADD_BUSINESS_DAYS',
        days: 1,
        weekend: [5, 6],
      },
      answer: { output_timestamp: '2026-06-07T09:30:00.000+03:00' },
    },
  ],
  compute: (input) => moveBusinessDays(input, 1),
});

/** @throws Problem `VALIDATION_FAILED`, `NO_OCCURRENCE`, `OUT_OF_RANGE` and what settling the local time throws */
export function moveBusinessDays(input: Input<typeof businessDayFields>, direction: 1 | -1): Moment {
  const { budget, request } = input;
  return moveToDay(input, (day, workingDays) =>
    moveWorkingDays(day, request.days, direction, workingDays, budget),
  );
}

/** The source at the same time of another day, which is chosen among the working days. */
export function moveToDay(
  input: Input<typeof workingDayFields>,
  choose: (day: number, workingDays: WorkingDays) => number,
): Moment {
  const { source, request } = input;
  const { zone, days, valid } = requestDays(input);
  const { day, timeNs } = splitLocal(source.epochNs + offsetAt(zone, source.epochNs));
  checkDay(valid, day);
  const landed = choose(day, days);
  checkDay(valid, landed);
  return landed === day ? source : settle(joinLocal(landed, timeNs), zone, request.disambiguation);
}
