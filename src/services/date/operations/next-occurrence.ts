import { Type } from '@sinclair/typebox';
import { Problem } from '../../../errors.ts';
import { defaulted } from '../../../schemas/manipulation.ts';
import { oneOf } from '../../../schemas/string-enum.ts';
import { defineOperation } from '../operation.ts';
import { recurrenceOf } from '../recurrence/index.ts';

export const nextOccurrenceOperation = defineOperation({
  name: 'NEXT_OCCURRENCE',
  summary: 'The next occurrence of a recurrence rule',
  doc: 'The first occurrence of an RFC 5545 recurrence strictly after the source. Rules by day and longer run on the clock of their zone: a time that the clocks skip is left out and not counted, or moved behind the gap with `gap_policy: compatible`; one that they show twice occurs once, the first time. Rules by hour and shorter are exact time.',
  fields: {
    recurrence_rule: Type.String({
      minLength: 1,
      maxLength: 4096,
      description:
        'One `RRULE`, and `DTSTART`, `RDATE` and `EXDATE` if wanted, a line each. Without `DTSTART` it starts at the source. Times with neither `TZID` nor `Z` are on the clock of the target zone.',
      examples: ['DTSTART;TZID=Europe/Berlin:20260131T090000\nRRULE:FREQ=MONTHLY;BYMONTHDAY=-1'],
    }),
    gap_policy: defaulted(
      oneOf(
        ['skip', 'compatible'],
        'For an occurrence that the clocks skip: leave it out (RFC 5545 3.3.10), or move it behind the gap.',
      ),
      'skip',
    ),
  },
  examples: [
    {
      title: 'The last day of each month, at nine in Berlin, whatever the season',
      request: {
        source_timestamp: '2026-03-31T09:00:00+02:00[Europe/Berlin]',
        target_timezone: 'Europe/Berlin',
        operation: 'NEXT_OCCURRENCE',
        recurrence_rule: 'DTSTART;TZID=Europe/Berlin:20260131T090000\nRRULE:FREQ=MONTHLY;BYMONTHDAY=-1',
      },
      answer: { output_timestamp: '2026-04-30T09:00:00.000+02:00' },
    },
    {
      title: 'Daily at half past two: New York’s clocks skip it on 8 March, so it is not held that day',
      request: {
        source_timestamp: '2026-03-07T02:30:00-05:00[America/New_York]',
        target_timezone: 'America/New_York',
        operation: 'NEXT_OCCURRENCE',
        recurrence_rule: 'RRULE:FREQ=DAILY',
      },
      answer: { output_timestamp: '2026-03-09T02:30:00.000-04:00' },
    },
    {
      title: 'The same with `compatible`',
      request: {
        source_timestamp: '2026-03-07T02:30:00-05:00[America/New_York]',
        target_timezone: 'America/New_York',
        operation: 'NEXT_OCCURRENCE',
        recurrence_rule: 'RRULE:FREQ=DAILY',
        gap_policy: 'compatible',
      },
      answer: { output_timestamp: '2026-03-08T03:30:00.000-04:00' },
    },
  ],
  compute({ source, zone, request, budget }) {
    const next = recurrenceOf(request.recurrence_rule, source.epochNs, zone, request.gap_policy, budget);
    const epochNs = next(source.epochNs);
    if (epochNs === null) {
      throw new Problem(
        'NO_OCCURRENCE',
        'The rule has no occurrence after the source: it has ended, or its parts never meet.',
      );
    }
    return { epochNs, resolution: source.resolution };
  },
});
