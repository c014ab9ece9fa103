import { Type } from '@sinclair/typebox';
import { addDuration } from '../engine/arithmetic.ts';
import { MAX_DURATION_LENGTH, parseDuration } from '../input/duration.ts';
import { defineOperation } from '../operation.ts';

export const durationFields = {
  duration: Type.String({
    minLength: 1,
    maxLength: MAX_DURATION_LENGTH,
    description: 'ISO 8601, such as `P1M`, `P1DT12H` or `PT90M`; may be negative.',
    examples: ['P1M', 'PT90M'],
  }),
};

export const add = defineOperation({
  name: 'ADD',
  summary: 'Adds an ISO 8601 duration',
  doc: 'Years, months, weeks and days go by the calendar of the target zone, largest first; hours and smaller units are exact time, added last. A day that the month lacks is settled by `overflow`, a local time in a gap or a fold by `disambiguation`.',
  fields: durationFields,
  examples: [
    {
      title: 'A month after 31 January is the last day of February',
      request: {
        source_timestamp: '2026-01-31T12:00:00Z',
        target_timezone: 'Europe/London',
        operation: 'ADD',
        duration: 'P1M',
      },
      answer: { output_timestamp: '2026-02-28T12:00:00.000+00:00' },
    },
    {
      title: 'A day later on the clock, into the hour that Berlin skips',
      request: {
        source_timestamp: '2026-03-28T02:30:00+01:00[Europe/Berlin]',
        target_timezone: 'Europe/Berlin',
        operation: 'ADD',
        duration: 'P1D',
      },
      answer: { output_timestamp: '2026-03-29T03:30:00.000+02:00', resolution: 'gap_shifted' },
    },
    {
      title: 'Twenty-four hours later is another time of day there',
      request: {
        source_timestamp: '2026-03-28T12:00:00+01:00[Europe/Berlin]',
        target_timezone: 'Europe/Berlin',
        operation: 'ADD',
        duration: 'PT24H',
      },
      answer: { output_timestamp: '2026-03-29T13:00:00.000+02:00' },
    },
  ],
  compute: ({ source, zone, request }) => addDuration(source, zone, parseDuration(request.duration), request),
});
