import { Problem } from '../../../errors.ts';
import type { Moment } from '../engine/local-time.ts';
import { hoursFields, requestSchedule } from '../business/fields.ts';
import { stretchesAfter } from '../business/schedule.ts';
import { floorDiv, NS_PER_SECOND } from '../engine/gregorian.ts';
import { defineOperation } from '../operation.ts';

const WEEK = [{ days: [1, 2, 3, 4, 5], open: '08:00', close: '17:30' }];

export const nextOpening = defineOperation({
  name: 'NEXT_OPENING',
  summary: 'The source if it is open then, else the next opening',
  doc: 'Answers the source itself when the centre is open then, else the moment at which it next opens. The closing time itself is closed. Local times in a gap or a fold are settled by `disambiguation`.',
  fields: hoursFields,
  examples: [
    {
      title: 'Christmas Eve has hours of its own, and two holidays and a weekend follow',
      request: {
        source_timestamp: '2026-12-24T15:00:00+01:00',
        target_timezone: 'Europe/Berlin',
        operation: 'NEXT_OPENING',
        opening_hours: WEEK,
        holidays: [
          { date: '2026-12-24', open: '08:00', close: '12:00', reason: 'Christmas Eve' },
          '2026-12-25',
        ],
      },
      answer: { output_timestamp: '2026-12-28T08:00:00.000+01:00' },
    },
    {
      title: 'Two in the morning, in a shift that opened the evening before',
      request: {
        source_timestamp: '2026-06-06T02:00:00-04:00',
        target_timezone: 'America/New_York',
        operation: 'NEXT_OPENING',
        opening_hours: [{ days: [5], open: '22:00', close: '06:00' }],
      },
      answer: { output_timestamp: '2026-06-06T02:00:00.000-04:00' },
    },
  ],
  compute(input): Moment {
    const { source, request, budget } = input;
    const epoch = Number(floorDiv(source.epochNs, NS_PER_SECOND));
    const search = { disambiguation: request.disambiguation, budget };
    for (const { from, resolution } of stretchesAfter(requestSchedule(input), epoch, search)) {
      return from <= epoch ? source : { epochNs: BigInt(from) * NS_PER_SECOND, resolution };
    }
    throw new Problem(
      'NO_OCCURRENCE',
      'It never opens again: opening_hours has no day, and no later holiday has hours of its own.',
    );
  },
});
