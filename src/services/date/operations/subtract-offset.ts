import { NS_PER_MINUTE } from '../engine/gregorian.ts';
import { defineOperation } from '../operation.ts';
import { offsetFields } from './add-offset.ts';

export const subtractOffset = defineOperation({
  name: 'SUBTRACT_OFFSET',
  summary: 'Moves the instant back by minutes',
  doc: 'Exact time: the instant moves back by that many minutes, whatever the clocks do in between.',
  fields: offsetFields,
  examples: [
    {
      title: 'Ninety minutes before the second 02:15 of an autumn night is the first 01:45',
      request: {
        source_timestamp: '2026-11-01T07:15:00Z',
        target_timezone: 'America/New_York',
        operation: 'SUBTRACT_OFFSET',
        offset_minutes: 90,
      },
      answer: { output_timestamp: '2026-11-01T01:45:00.000-04:00' },
    },
  ],
  compute: ({ source, request }) => ({
    epochNs: source.epochNs - BigInt(request.offset_minutes) * NS_PER_MINUTE,
    resolution: source.resolution,
  }),
});
