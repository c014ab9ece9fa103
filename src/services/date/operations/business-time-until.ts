import { openClock, openTimeFields } from '../business/fields.ts';
import { openTimeBetween } from '../business/open-time.ts';
import { roundSigned, unitOf } from '../engine/precision.ts';
import { defineOperation } from '../operation.ts';
import { otherMoment, untilTimestamp } from './until.ts';

const WEEK = [{ days: [1, 2, 3, 4, 5], open: '08:00', close: '17:30' }];

export const businessTimeUntil = defineOperation({
  name: 'BUSINESS_TIME_UNTIL',
  summary: 'The open time from the source to another moment',
  doc: 'How long it is open between the two, without `pauses`: what a service level counts. Negative when the other moment is earlier. `ADD_BUSINESS_TIME` of a duration, and then this, answers the duration. `duration_format` writes it as text or as a number (a day is 24 open hours then), `output_format` has no part in it, and `output_instant` is null.',
  fields: { until_timestamp: untilTimestamp, ...openTimeFields },
  examples: [
    {
      title: 'From Friday afternoon to Monday morning',
      request: {
        source_timestamp: '2026-06-05T15:30:00+02:00',
        target_timezone: 'Europe/Berlin',
        operation: 'BUSINESS_TIME_UNTIL',
        until_timestamp: '2026-06-08T10:00:00+02:00',
        opening_hours: WEEK,
      },
      answer: { output_timestamp: 'PT4H' },
    },
    {
      title: 'In minutes, with a wait for the customer',
      request: {
        source_timestamp: '2026-06-05T15:30:00+02:00',
        target_timezone: 'Europe/Berlin',
        operation: 'BUSINESS_TIME_UNTIL',
        until_timestamp: '2026-06-08T10:00:00+02:00',
        opening_hours: WEEK,
        pauses: [{ from: '2026-06-05T16:00:00+02:00', to: '2026-06-05T16:45:00+02:00' }],
        duration_format: 'minutes',
      },
      answer: { output_timestamp: 195 },
    },
  ],
  compute(input) {
    const { source, request } = input;
    const until = otherMoment(input);
    const exactNs = openTimeBetween(openClock(input), source.epochNs, until.epochNs);
    const { precision_limit, rounding_mode } = request;
    const toNs = roundSigned(exactNs, unitOf(precision_limit), rounding_mode);
    return { fromNs: 0n, toNs, exactNs, zone: 'UTC', largestUnit: 'hour', until };
  },
});
