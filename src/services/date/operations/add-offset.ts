import { Type } from '@sinclair/typebox';
import { defaulted } from '../../../schemas/manipulation.ts';
import { NS_PER_MINUTE } from '../engine/gregorian.ts';
import { defineOperation } from '../operation.ts';

export const offsetFields = {
  offset_minutes: defaulted(
    Type.Integer({
      minimum: -Number.MAX_SAFE_INTEGER,
      maximum: Number.MAX_SAFE_INTEGER,
      description: 'Minutes of exact time; may be negative.',
      examples: [120],
    }),
    0,
  ),
};

export const addOffset = defineOperation({
  name: 'ADD_OFFSET',
  summary: 'Moves the instant forward by minutes',
  doc: 'Exact time: the instant moves by that many minutes, whatever the clocks do in between.',
  fields: offsetFields,
  examples: [
    {
      title: 'Two hours later, on New York’s clock',
      request: {
        source_timestamp: '2024-02-29T15:30:00.000Z',
        target_timezone: 'America/New_York',
        operation: 'ADD_OFFSET',
        offset_minutes: 120,
      },
      answer: { output_timestamp: '2024-02-29T12:30:00.000-05:00' },
    },
  ],
  compute: ({ source, request }) => ({
    epochNs: source.epochNs + BigInt(request.offset_minutes) * NS_PER_MINUTE,
    resolution: source.resolution,
  }),
});
