import { addDuration } from '../engine/arithmetic.ts';
import { negated, parseDuration } from '../input/duration.ts';
import { defineOperation } from '../operation.ts';
import { durationFields } from './add.ts';

export const subtract = defineOperation({
  name: 'SUBTRACT',
  summary: 'Takes an ISO 8601 duration away',
  doc: 'The same as `ADD` with the sign of the duration changed: date units by the calendar of the target zone, largest first, then exact time.',
  fields: durationFields,
  examples: [
    {
      title: 'A month and a day before 31 March: the month first, to 28 February, then the day',
      request: {
        source_timestamp: '2026-03-31T12:00:00Z',
        target_timezone: 'UTC',
        operation: 'SUBTRACT',
        duration: 'P1M1D',
      },
      answer: { output_timestamp: '2026-02-27T12:00:00.000Z' },
    },
  ],
  compute: ({ source, zone, request }) =>
    addDuration(source, zone, negated(parseDuration(request.duration)), request),
});
