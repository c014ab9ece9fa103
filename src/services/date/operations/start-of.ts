import { oneOf } from '../../../schemas/string-enum.ts';
import { defineOperation } from '../operation.ts';
import { startOf, UNITS } from '../engine/units.ts';

export const unit = oneOf(
  UNITS,
  'A unit of the target zone’s clock and calendar. Weeks are ISO weeks, from Monday.',
);

export const startOfUnit = defineOperation({
  name: 'START_OF',
  summary: 'The first instant of a unit',
  doc: 'The first instant of the hour, day, ISO week, month, quarter or year that the source is in, in the target zone. A day does not always begin at 00:00.',
  fields: { unit },
  examples: [
    {
      title: 'A day that begins at one in the morning',
      request: {
        source_timestamp: '2026-03-08T16:00:00Z',
        target_timezone: 'America/Havana',
        operation: 'START_OF',
        unit: 'day',
      },
      answer: { output_timestamp: '2026-03-08T01:00:00.000-04:00' },
    },
    {
      title: 'A quarter',
      request: {
        source_timestamp: '2026-05-15T12:00:00Z',
        target_timezone: 'Europe/London',
        operation: 'START_OF',
        unit: 'quarter',
      },
      answer: { output_timestamp: '2026-04-01T00:00:00.000+01:00' },
    },
  ],
  compute: ({ source, zone, request }) => ({
    epochNs: startOf(request.unit, source.epochNs, zone),
    resolution: source.resolution,
  }),
});
