import { Problem } from '../../../errors.ts';
import { hoursFields, requestSchedule } from '../business/fields.ts';
import { stretchesAfter } from '../business/schedule.ts';
import { floorDiv, NS_PER_SECOND } from '../engine/gregorian.ts';
import type { Moment } from '../engine/local-time.ts';
import { defineOperation } from '../operation.ts';

const WEEK = [{ days: [1, 2, 3, 4, 5], open: '08:00', close: '17:30' }];

export const nextClosing = defineOperation({
  name: 'NEXT_CLOSING',
  summary: 'The end of the opening that the source is in, or else of the next one',
  doc: 'Answers the moment at which the centre next closes: the end of the opening that the source lies in, or, when it is closed then, of the next one. Shifts that overlap or touch are one opening. Local times in a gap or a fold are settled by `disambiguation`.',
  fields: hoursFields,
  examples: [
    {
      title: 'When this opening ends',
      request: {
        source_timestamp: '2026-06-05T15:00:00+02:00',
        target_timezone: 'Europe/Berlin',
        operation: 'NEXT_CLOSING',
        opening_hours: WEEK,
      },
      answer: { output_timestamp: '2026-06-05T17:30:00.000+02:00' },
    },
    {
      title: 'On a Saturday, the end of Monday, which a holiday shortens',
      request: {
        source_timestamp: '2026-06-06T12:00:00+02:00',
        target_timezone: 'Europe/Berlin',
        operation: 'NEXT_CLOSING',
        opening_hours: WEEK,
        holidays: [{ date: '2026-06-08', open: '08:00', close: '12:00', reason: 'Works meeting' }],
      },
      answer: { output_timestamp: '2026-06-08T12:00:00.000+02:00' },
    },
  ],
  compute(input): Moment {
    const { source, request, budget } = input;
    const epoch = Number(floorDiv(source.epochNs, NS_PER_SECOND));
    const search = { disambiguation: request.disambiguation, budget };
    let closes: number | null = null;
    for (const { from, to } of stretchesAfter(requestSchedule(input), epoch, search)) {
      if (closes !== null && from > closes) break;
      closes = to;
    }
    if (closes !== null) return { epochNs: BigInt(closes) * NS_PER_SECOND, resolution: 'exact' };
    throw new Problem(
      'NO_OCCURRENCE',
      'It never opens again, so it never closes: opening_hours has no day, and no later holiday has hours of its own.',
    );
  },
});
