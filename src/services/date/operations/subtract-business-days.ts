import { defineOperation } from '../operation.ts';
import { businessDayFields, moveBusinessDays } from './add-business-days.ts';

export const subtractBusinessDays = defineOperation({
  name: 'SUBTRACT_BUSINESS_DAYS',
  summary: 'Takes working days away',
  doc: 'The mirror of `ADD_BUSINESS_DAYS`: moves back by working days of the target zone and keeps the time of day. Sunday minus one is Friday.',
  fields: businessDayFields,
  examples: [
    {
      title: 'From a Sunday',
      request: {
        source_timestamp: '2026-06-07T09:30:00Z',
        target_timezone: 'UTC',
        operation: 'SUBTRACT_BUSINESS_DAYS',
        days: 1,
      },
      answer: { output_timestamp: '2026-06-05T09:30:00.000Z' },
    },
    {
      title: 'Over a Saturday that is worked',
      request: {
        source_timestamp: '2026-06-08T09:30:00Z',
        target_timezone: 'UTC',
        operation: 'SUBTRACT_BUSINESS_DAYS',
        days: 1,
        additional_working_days: ['2026-06-06'],
      },
      answer: { output_timestamp: '2026-06-06T09:30:00.000Z' },
    },
  ],
  compute: (input) => moveBusinessDays(input, -1),
});
