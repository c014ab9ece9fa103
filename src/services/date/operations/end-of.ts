import { defaulted } from '../../../schemas/manipulation.ts';
import { oneOf } from '../../../schemas/string-enum.ts';
import { defineOperation } from '../operation.ts';
import { nextStartOf } from '../engine/units.ts';
import { unitFields } from './start-of.ts';

export const endOfUnit = defineOperation({
  name: 'END_OF',
  summary: 'The last instant of a unit',
  doc: 'The end of the hour, day, week, month, quarter or year that the source is in, in the target zone: the last instant at the precision, or the start of the next unit.',
  fields: {
    ...unitFields,
    bound: defaulted(
      oneOf(
        ['inclusive', 'exclusive'],
        '`inclusive`: the last instant at the precision. `exclusive`: the start of the next unit.',
      ),
      'inclusive',
    ),
  },
  examples: [
    {
      title: 'The last millisecond of a leap February in New York',
      request: {
        source_timestamp: '2024-02-10T12:00:00Z',
        target_timezone: 'America/New_York',
        operation: 'END_OF',
        unit: 'month',
      },
      answer: { output_timestamp: '2024-02-29T23:59:59.999-05:00' },
    },
    {
      title: 'The same, as the start of what follows',
      request: {
        source_timestamp: '2024-02-10T12:00:00Z',
        target_timezone: 'America/New_York',
        operation: 'END_OF',
        unit: 'month',
        bound: 'exclusive',
      },
      answer: { output_timestamp: '2024-03-01T00:00:00.000-05:00' },
    },
  ],
  compute({ source, zone, unit: precision, request }) {
    const next = nextStartOf(request.unit, source.epochNs, zone, request);
    return {
      epochNs: request.bound === 'exclusive' ? next : next - precision,
      resolution: source.resolution,
    };
  },
});
