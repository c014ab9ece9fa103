import { Type } from '@sinclair/typebox';
import { Problem } from '../../../errors.ts';
import { defaulted } from '../../../schemas/manipulation.ts';
import { oneOf } from '../../../schemas/string-enum.ts';
import { defineOperation, type Input } from '../operation.ts';
import { cronWarnings, ruleWarnings } from '../recurrence/readings.ts';
import { cronMoments } from '../recurrence/cron-search.ts';
import { type NextAfter, recurrenceOf } from '../recurrence/index.ts';

const fields = {
  cron: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 256,
      description:
        'Five fields: minute, hour, day of month, month, day of week. Names (`MON`, `JAN`), ranges, lists and steps; `L` (last day, `L-3`, `FRIL`), `W` (nearest weekday, `15W`, `LW`), `#` (`5#3`, the third Friday). Where both days are named, either will do; where one begins with `*`, both must hold (Vixie).',
      examples: ['30 8 * * MON-FRI', '0 9 L * *', '0 17 * * FRI#3'],
    }),
  ),
  recurrence_rule: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 4096,
      description:
        'One `RRULE`, and `DTSTART`, `RDATE` and `EXDATE` if wanted, a line each. Without `DTSTART` it starts at the source. Times with neither `TZID` nor `Z` are on the clock of the target zone.',
      examples: ['DTSTART;TZID=Europe/Berlin:20260131T090000\nRRULE:FREQ=MONTHLY;BYMONTHDAY=-1'],
    }),
  ),
  gap_policy: defaulted(
    oneOf(
      ['skip', 'compatible'],
      'For an occurrence that the clocks skip: leave it out (RFC 5545 3.3.10), or move it behind the gap.',
    ),
    'skip',
  ),
};

export const nextOccurrenceOperation = defineOperation({
  name: 'NEXT_OCCURRENCE',
  summary: 'The next occurrence of a cron expression or a recurrence rule',
  doc: 'The first occurrence of a cron expression or of an RFC 5545 recurrence strictly after the source; one of the two is given. A cron expression runs on the clock of the target zone: by exact time when its hour begins with `*`, so that an hour that the clocks show twice is there twice; else on the wall clock. Rules by day and longer run on the clock of their zone: a time that the clocks skip is left out and not counted, or moved behind the gap with `gap_policy: compatible`; one that they show twice occurs once, the first time. Rules by hour and shorter are exact time.',
  fields,
  examples: [
    {
      title: 'The last Friday of each month at five in the afternoon, as cron says it',
      request: {
        source_timestamp: '2026-06-10T12:00:00Z',
        target_timezone: 'America/New_York',
        operation: 'NEXT_OCCURRENCE',
        cron: '0 17 * * FRIL',
      },
      answer: { output_timestamp: '2026-06-26T17:00:00.000-04:00' },
    },
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
  compute(input) {
    const epochNs = occurrencesOf(input)(input.source.epochNs);
    if (epochNs === null) {
      throw new Problem(
        'NO_OCCURRENCE',
        'There is no occurrence after the source: the rule has ended, or its parts never meet.',
      );
    }
    return { epochNs, resolution: input.source.resolution };
  },
  following: occurrencesOf,
  warnings: ({ source, zone, request: { cron, recurrence_rule: rule } }) =>
    cron === undefined ? ruleWarnings(rule ?? '', source.epochNs, zone) : cronWarnings(cron),
});

/**
 * What the request's expression or rule gives after any moment.
 * @throws Problem `VALIDATION_FAILED` unless exactly one of the two is given, and what reading it throws
 */
export function occurrencesOf({ source, zone, request, budget }: Input<typeof fields>): NextAfter {
  const { cron, recurrence_rule: rule, gap_policy: policy } = request;
  if (cron !== undefined && rule === undefined) return cronMoments(cron, zone, policy, budget);
  if (rule !== undefined && cron === undefined) {
    return recurrenceOf(rule, source.epochNs, zone, policy, budget);
  }
  throw new Problem(
    'VALIDATION_FAILED',
    'Give either cron, such as "0 9 * * 1-5", or recurrence_rule, such as "FREQ=WEEKLY;BYDAY=MO".',
    {
      errors: [{ path: '/recurrence_rule', message: 'exactly one of cron and recurrence_rule' }],
    },
  );
}
