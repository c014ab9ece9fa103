import { defaulted, timestamp } from '../../../schemas/manipulation.ts';
import { oneOf } from '../../../schemas/string-enum.ts';
import { DIFFERENCE_UNITS } from '../engine/difference.ts';
import type { Moment } from '../engine/local-time.ts';
import { defineOperation, type Input } from '../operation.ts';
import { roundSigned, unitOf } from '../engine/precision.ts';
import { readTimestamp } from '../input/source.ts';
import { checkRange } from '../engine/offsets.ts';

export const untilTimestamp = {
  ...timestamp(
    'The other moment: RFC 3339, RFC 9557, or a local date-time, read in `source_timezone` as the source would be.',
  ),
  examples: ['2024-03-01T00:00:00Z'],
};

export const until = defineOperation({
  name: 'UNTIL',
  summary: 'The duration from the source to another moment',
  doc: 'The ISO 8601 duration between the two, counted in the target zone: date units by its calendar, time units exact. Negative when the other moment is earlier. Adding it to the source leads to the other moment. It is rounded to the precision; `duration_format` writes it as text or as a number, `output_format` has no part in it, and `output_instant` is null.',
  fields: {
    until_timestamp: untilTimestamp,
    largest_unit: defaulted(
      oneOf(DIFFERENCE_UNITS, 'The largest unit of the answer. Days and larger follow the zone’s calendar.'),
      'hour',
    ),
  },
  examples: [
    {
      title: 'From the end of January to the first of March',
      request: {
        source_timestamp: '2024-01-31T00:00:00Z',
        target_timezone: 'UTC',
        operation: 'UNTIL',
        until_timestamp: '2024-03-01T00:00:00Z',
        largest_unit: 'month',
      },
      answer: { output_timestamp: 'P1M1D' },
    },
    {
      title: 'Noon to noon over the night when Berlin’s clocks go forward, in hours',
      request: {
        source_timestamp: '2026-03-28T12:00:00+01:00',
        target_timezone: 'Europe/Berlin',
        operation: 'UNTIL',
        until_timestamp: '2026-03-29T12:00:00+02:00',
      },
      answer: { output_timestamp: 'PT23H' },
    },
  ],
  compute(input) {
    const { source, zone, request } = input;
    const until = otherMoment(input);
    // The other moment is rounded and not the duration, so that what is written leads exactly to it.
    const { precision_limit, rounding_mode, largest_unit } = request;
    const distance = roundSigned(until.epochNs - source.epochNs, unitOf(precision_limit), rounding_mode);
    return {
      fromNs: source.epochNs,
      toNs: source.epochNs + distance,
      exactNs: until.epochNs,
      zone,
      largestUnit: largest_unit,
      until,
    };
  },
});

/** The other end of a length, read as the source is. @throws Problem what reading it throws, and `OUT_OF_RANGE` for either end */
export function otherMoment({
  source,
  request,
  context,
}: Input<{ until_timestamp: typeof untilTimestamp }>): Moment {
  const until = readTimestamp(request.until_timestamp, request, request.source_timezone, context);
  checkRange(source.epochNs);
  checkRange(until.epochNs);
  return until;
}
