import { Type } from '@sinclair/typebox';
import { Problem } from '../../../errors.ts';
import { invalid, MAX_DURATION_LENGTH, parseDuration } from '../input/duration.ts';
import type { Moment } from '../engine/local-time.ts';
import { openingCalendar, openingFields, openingsAfter } from '../business/opening-hours.ts';
import { defineOperation } from '../operation.ts';

/** A five-day week of one shift a day has as many openings in more than five years. */
const MAX_OPENINGS = 1500;

export const addBusinessTime = defineOperation({
  name: 'ADD_BUSINESS_TIME',
  summary: 'Adds time that counts only while it is open',
  doc: 'Moves forward by exact time that passes only during opening hours: a day with 23 hours has an hour less of it where the gap is in the hours. A duration that ends with a shift ends at its close. Nothing moves for a duration of zero.',
  fields: {
    duration: Type.String({
      minLength: 1,
      maxLength: MAX_DURATION_LENGTH,
      description: 'ISO 8601, of hours and smaller, not negative.',
      examples: ['PT8H'],
    }),
    ...openingFields,
  },
  examples: [
    {
      title: 'Four working hours from Friday afternoon',
      request: {
        source_timestamp: '2026-06-05T15:30:00+02:00',
        target_timezone: 'Europe/Berlin',
        operation: 'ADD_BUSINESS_TIME',
        duration: 'PT4H',
        opening_hours: [{ days: [1, 2, 3, 4, 5], open: '08:00', close: '17:30' }],
      },
      answer: { output_timestamp: '2026-06-08T10:00:00.000+02:00' },
    },
    {
      title: 'A night shift that loses an hour to summer time',
      request: {
        source_timestamp: '2026-03-07T22:00:00-05:00',
        target_timezone: 'America/New_York',
        operation: 'ADD_BUSINESS_TIME',
        duration: 'PT6H',
        opening_hours: [{ days: [1, 2, 3, 4, 5, 6, 7], open: '22:00', close: '06:00' }],
      },
      answer: { output_timestamp: '2026-03-08T05:00:00.000-04:00' },
    },
  ],
  compute({ source, zone, request }): Moment {
    let left = openTime(request.duration);
    if (left === 0n) return source;
    const calendar = openingCalendar(request.opening_hours, request.holidays);
    let reached = source.epochNs;
    let openings = 0;
    for (const { open, closeNs } of openingsAfter(calendar, source.epochNs, zone, request.disambiguation)) {
      if (++openings > MAX_OPENINGS) break;
      // What an overlapping shift has counted is not counted again.
      const from = open.epochNs > reached ? open.epochNs : reached;
      if (closeNs <= from) continue;
      if (closeNs - from >= left) return { epochNs: from + left, resolution: 'exact' };
      left -= closeNs - from;
      reached = closeNs;
    }
    throw new Problem(
      'NO_OCCURRENCE',
      openings > MAX_OPENINGS
        ? `The duration is longer than the next ${MAX_OPENINGS} openings together: shorten it.`
        : 'It closes for good before the duration is over: give opening_hours a day, or shorten the duration.',
    );
  },
});

function openTime(text: string): bigint {
  const { years, months, weeks, days, timeNs } = parseDuration(text);
  if (years !== 0 || months !== 0 || weeks !== 0 || days !== 0) {
    throw invalid(text, 'opening time is counted in hours, minutes and seconds');
  }
  if (timeNs < 0n) throw invalid(text, 'opening time is counted forward only');
  return timeNs;
}
