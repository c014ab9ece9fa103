import { Type } from '@sinclair/typebox';
import { defaulted } from '../../../schemas/manipulation.ts';
import { oneOf } from '../../../schemas/string-enum.ts';
import { defineOperation } from '../operation.ts';
import { startOf, UNITS } from '../engine/units.ts';

const unit = oneOf(
  UNITS,
  'A unit of the target zone’s clock and calendar. Weeks begin on `week_start`; years, and the quarters of them, with `year_start_month`.',
);

export const unitFields = {
  unit,
  week_start: defaulted(
    Type.Integer({
      minimum: 1,
      maximum: 7,
      description: 'The ISO weekday on which a week begins: 1 is Monday, 7 is Sunday.',
      examples: [7],
    }),
    1,
  ),
  year_start_month: defaulted(
    Type.Integer({
      minimum: 1,
      maximum: 12,
      description: 'The month with which a year and its quarters begin, for fiscal years: 4 is April.',
      examples: [4],
    }),
    1,
  ),
};

export const startOfUnit = defineOperation({
  name: 'START_OF',
  summary: 'The first instant of a unit',
  doc: 'The first instant of the hour, day, week, month, quarter or year that the source is in, in the target zone. A day does not always begin at 00:00.',
  fields: unitFields,
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
    {
      title: 'A fiscal year that begins with October',
      request: {
        source_timestamp: '2026-05-15T12:00:00Z',
        target_timezone: 'America/New_York',
        operation: 'START_OF',
        unit: 'year',
        year_start_month: 10,
      },
      answer: { output_timestamp: '2025-10-01T00:00:00.000-04:00' },
    },
    {
      title: 'A week that begins on Sunday',
      request: {
        source_timestamp: '2026-06-10T12:00:00Z',
        target_timezone: 'America/New_York',
        operation: 'START_OF',
        unit: 'week',
        week_start: 7,
      },
      answer: { output_timestamp: '2026-06-07T00:00:00.000-04:00' },
    },
  ],
  compute: ({ source, zone, request }) => ({
    epochNs: startOf(request.unit, source.epochNs, zone, request),
    resolution: source.resolution,
  }),
});
