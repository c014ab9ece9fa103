import { defineOperation } from '../operation.ts';
import { businessTimeFields, moveBusinessTime } from './add-business-time.ts';

export const subtractBusinessTime = defineOperation({
  name: 'SUBTRACT_BUSINESS_TIME',
  summary: 'Goes back by time that counts only while it is open',
  doc: 'The mirror of `ADD_BUSINESS_TIME`: it undoes it wherever the source is open. A duration that ends with a shift ends at its opening. Nothing moves for a duration of zero.',
  fields: businessTimeFields,
  examples: [
    {
      title: 'When to begin, to have four working hours before Monday at ten',
      request: {
        source_timestamp: '2026-06-08T10:00:00+02:00',
        target_timezone: 'Europe/Berlin',
        operation: 'SUBTRACT_BUSINESS_TIME',
        duration: 'PT4H',
        opening_hours: [{ days: [1, 2, 3, 4, 5], open: '08:00', close: '17:30' }],
      },
      answer: { output_timestamp: '2026-06-05T15:30:00.000+02:00' },
    },
  ],
  compute: (input) => moveBusinessTime(input, -1),
});
