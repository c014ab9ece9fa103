import { Type } from '@sinclair/typebox';
import { Problem } from '../../../errors.ts';
import { defaulted, type RoundingMode, roundingMode } from '../../../schemas/manipulation.ts';
import { oneOf } from '../../../schemas/string-enum.ts';
import {
  joinLocal,
  NS_PER_DAY,
  NS_PER_HOUR,
  NS_PER_MINUTE,
  NS_PER_SECOND,
  splitLocal,
} from '../engine/gregorian.ts';
import { firstMomentOf, type Moment, settle, surroundings } from '../engine/local-time.ts';
import { defineOperation } from '../operation.ts';
import { roundNs } from '../engine/precision.ts';
import { offsetAt } from '../engine/offsets.ts';

const UNITS = ['day', 'hour', 'minute', 'second', 'millisecond', 'microsecond', 'nanosecond'] as const;
type Unit = (typeof UNITS)[number];

const UNIT_NS: Record<Unit, bigint> = {
  day: NS_PER_DAY,
  hour: NS_PER_HOUR,
  minute: NS_PER_MINUTE,
  second: NS_PER_SECOND,
  millisecond: 1_000_000n,
  microsecond: 1_000n,
  nanosecond: 1n,
};

/** How many of a unit make the next larger one; an increment divides it and is smaller (Temporal). */
const PER_LARGER: Record<Unit, number> = {
  day: 1,
  hour: 24,
  minute: 60,
  second: 60,
  millisecond: 1000,
  microsecond: 1000,
  nanosecond: 1000,
};

export const round = defineOperation({
  name: 'ROUND',
  summary: 'Rounds on the clock of the target zone',
  doc: 'Rounds the local time of the target zone to a multiple of `smallest_unit` since its midnight. A day is as long as it is there: 23 hours when the clocks go forward. A rounded local time that occurs twice keeps the source’s offset if it can, and is settled by `disambiguation` if not.',
  fields: {
    smallest_unit: oneOf(UNITS, 'The unit to round to.'),
    rounding_increment: defaulted(
      Type.Integer({
        minimum: 1,
        maximum: 1000,
        description:
          'How many of them. It divides the next larger unit and is smaller than it: 1 for `day`, up to 12 for `hour`, up to 30 for `minute` and `second`.',
        examples: [15],
      }),
      1,
    ),
    rounding_mode: defaulted({ ...roundingMode }, 'halfExpand'),
  },
  examples: [
    {
      title: 'To the half hour of Kathmandu’s clock, which is 45 minutes off UTC’s',
      request: {
        source_timestamp: '2026-01-01T00:07:00Z',
        target_timezone: 'Asia/Kathmandu',
        operation: 'ROUND',
        smallest_unit: 'minute',
        rounding_increment: 30,
      },
      answer: { output_timestamp: '2026-01-01T06:00:00.000+05:45' },
    },
    {
      title: 'The middle of a day of 23 hours is 12:30',
      request: {
        source_timestamp: '2026-03-08T12:30:00-04:00[America/New_York]',
        target_timezone: 'America/New_York',
        operation: 'ROUND',
        smallest_unit: 'day',
      },
      answer: { output_timestamp: '2026-03-09T00:00:00.000-04:00' },
    },
  ],
  compute({ source, zone, unit: written, request }) {
    const { smallest_unit, rounding_increment, rounding_mode, disambiguation } = request;
    checkIncrement(smallest_unit, rounding_increment);
    if (smallest_unit === 'day') return roundToDay(source, zone, rounding_mode);
    const unit = UNIT_NS[smallest_unit];
    const step = unit * BigInt(rounding_increment);
    // What is finer than the written value is left to its rounding: to round twice would go too far.
    if (step < written) return source;
    const offset = offsetAt(zone, source.epochNs);
    const { day, timeNs } = splitLocal(source.epochNs + offset);
    // Within the next larger unit, which is what decides whether a multiple is even.
    const within = timeNs % (unit * BigInt(PER_LARGER[smallest_unit]));
    const rounded = joinLocal(day, timeNs - within + roundNs(within, step, rounding_mode));
    const { moments } = surroundings(rounded, zone);
    const sameOffset = rounded - offset;
    return moments.includes(sameOffset)
      ? { epochNs: sameOffset, resolution: source.resolution }
      : settle(rounded, zone, disambiguation);
  },
});

function checkIncrement(unit: Unit, increment: number): void {
  const larger = PER_LARGER[unit];
  if (larger % increment === 0 && (increment < larger || unit === 'day')) return;
  const fitting = Array.from({ length: larger - 1 }, (_, index) => index + 1).filter(
    (each) => larger % each === 0,
  );
  const some = fitting.length > 12 ? [...fitting.slice(0, 12), '…'] : fitting;
  const what = unit === 'day' ? 'must be 1 for day' : `must be one of ${some.join(', ')} for ${unit}`;
  throw new Problem('VALIDATION_FAILED', `rounding_increment ${what}, not ${increment}.`, {
    errors: [{ path: '/rounding_increment', message: what }],
  });
}

/** To the nearer of the day's start and the next, by their true distance. */
function roundToDay(source: Moment, zone: string, mode: RoundingMode): Moment {
  const { day } = splitLocal(source.epochNs + offsetAt(zone, source.epochNs));
  const start = firstMomentOf(day, zone);
  const next = firstMomentOf(day + 1, zone);
  const rounded = roundNs(source.epochNs - start, next - start, mode);
  return { epochNs: start + rounded, resolution: source.resolution };
}
