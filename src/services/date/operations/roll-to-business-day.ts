import { oneOf } from '../../../schemas/string-enum.ts';
import { workingDayFields } from '../business/fields.ts';
import { ROLLS, rollToWorkingDay } from '../business/working-days.ts';
import { defineOperation } from '../operation.ts';
import { moveToDay } from './add-business-days.ts';

export const rollToBusinessDay = defineOperation({
  name: 'ROLL_TO_BUSINESS_DAY',
  summary: 'The source on a working day, else the working day before or after',
  doc: 'Answers the source itself when its date is worked in the target zone (in the calendar’s own, where `calendar` names one), else the same time of the working day that `roll` names.',
  fields: {
    roll: oneOf(
      ROLLS,
      'Which working day: the next, or the one before. A modified roll goes the other way rather than into another month (the names are those of financial calendars).',
    ),
    ...workingDayFields,
  },
  examples: [
    {
      title: 'A payment that is due on a Saturday',
      request: {
        source_timestamp: '2026-06-06T09:00:00+02:00',
        target_timezone: 'Europe/Berlin',
        operation: 'ROLL_TO_BUSINESS_DAY',
        roll: 'following',
      },
      answer: { output_timestamp: '2026-06-08T09:00:00.000+02:00' },
    },
    {
      title: 'On the last Saturday of October, without leaving the month',
      request: {
        source_timestamp: '2026-10-31T09:00:00+01:00',
        target_timezone: 'Europe/Berlin',
        operation: 'ROLL_TO_BUSINESS_DAY',
        roll: 'modified_following',
      },
      answer: { output_timestamp: '2026-10-30T09:00:00.000+01:00' },
    },
  ],
  compute: (input) =>
    moveToDay(input, (day, workingDays) =>
      rollToWorkingDay(day, input.request.roll, workingDays, input.budget),
    ),
});
