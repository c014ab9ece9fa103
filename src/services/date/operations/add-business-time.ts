import { openClock, openDuration, openTime, openTimeFields } from '../business/fields.ts';
import { moveOpenTime } from '../business/open-time.ts';
import type { Moment } from '../engine/local-time.ts';
import { defineOperation, type Input } from '../operation.ts';

export const businessTimeFields = { duration: openDuration, ...openTimeFields };

export const addBusinessTime = defineOperation({
  name: 'ADD_BUSINESS_TIME',
  summary: 'Adds time that counts only while it is open',
  doc: 'Moves forward by exact time that passes only during opening hours: a day with 23 hours has an hour less of it where the gap is in the hours. A duration that ends with a shift ends at its close. Time within one of `pauses` does not count. Nothing moves for a duration of zero.',
  fields: businessTimeFields,
  examples: [
    {
      title: 'Four working hours from Friday afternoon',
      request: {
        source_timestamp: '2026-06-05T15:30:00+02:00',
        target_timezone: 'Europe/Berlin',
        operation: 'ADD_BUSINESS_TIME',
        duration: 'PT4H',
        opening_hours: [{ days: [1, 2, 3, 4, 5], open: '08:00', close: '17:30' }],
      },
      answer: { output_timestamp: '2026-06-08T10:00:00.000+02:00' },
    },
    {
      title: 'A night shift that loses an hour to summer time',
      request: {
        source_timestamp: '2026-03-07T22:00:00-05:00',
        target_timezone: 'America/New_York',
        operation: 'ADD_BUSINESS_TIME',
        duration: 'PT6H',
        opening_hours: [{ days: [1, 2, 3, 4, 5, 6, 7], open: '22:00', close: '06:00' }],
      },
      answer: { output_timestamp: '2026-03-08T05:00:00.000-04:00' },
    },
    {
      title: 'Eight hours to solve it, with an hour and a half of waiting for the customer',
      request: {
        source_timestamp: '2026-06-04T09:00:00+02:00',
        target_timezone: 'Europe/Berlin',
        operation: 'ADD_BUSINESS_TIME',
        duration: 'PT8H',
        opening_hours: [{ days: [1, 2, 3, 4, 5], open: '08:00', close: '17:30' }],
        pauses: [{ from: '2026-06-04T10:00:00+02:00', to: '2026-06-04T11:30:00+02:00' }],
      },
      answer: { output_timestamp: '2026-06-05T09:00:00.000+02:00' },
    },
  ],
  compute: (input) => moveBusinessTime(input, 1),
});

/** @throws Problem `VALIDATION_FAILED`, `INVALID_DURATION`, `NO_OCCURRENCE` and what settling a local time throws */
export function moveBusinessTime(input: Input<typeof businessTimeFields>, direction: 1 | -1): Moment {
  const { source, request } = input;
  const amountNs = openTime(request.duration);
  const epochNs = moveOpenTime(openClock(input), source.epochNs, amountNs, direction);
  return epochNs === source.epochNs ? source : { epochNs, resolution: 'exact' };
}
