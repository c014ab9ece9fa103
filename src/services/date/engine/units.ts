import { dateOf, dayOf, floorDiv, NS_PER_HOUR, splitLocal, weekdayOf } from './gregorian.ts';
import { offsetAt } from './offsets.ts';
import { transitionAfter } from './transitions.ts';
import { firstMomentAt, firstMomentOf, surroundings } from './local-time.ts';

export const UNITS = ['hour', 'day', 'week', 'month', 'quarter', 'year'] as const;
export type Unit = (typeof UNITS)[number];

/** Where weeks and years begin. */
export interface UnitStarts {
  /** ISO weekday: 1 is Monday. */
  week_start: number;
  /** 1 is January; quarters begin with the year. */
  year_start_month: number;
}

/** The first moment of the unit that this moment is in; never after it. */
export function startOf(unit: Unit, epochNs: bigint, zone: string, starts: UnitStarts): bigint {
  if (unit === 'hour') return startOfHour(epochNs, zone);
  return firstMomentOf(firstDay(unit, localDay(epochNs, zone), 0, starts), zone);
}

/**
 * The first moment of the next unit, always after this one. Where clocks go back over midnight, a midnight has passed
 * already and the next is the second one.
 */
export function nextStartOf(unit: Unit, epochNs: bigint, zone: string, starts: UnitStarts): bigint {
  if (unit === 'hour') return nextStartOfHour(epochNs, zone);
  const day = firstDay(unit, localDay(epochNs, zone), 1, starts);
  const first = firstMomentOf(day, zone);
  if (first > epochNs) return first;
  const { moments } = surroundings(BigInt(day) * 24n * NS_PER_HOUR, zone);
  return moments.find((moment) => moment > epochNs) ?? first;
}

const localDay = (epochNs: bigint, zone: string): number => splitLocal(epochNs + offsetAt(zone, epochNs)).day;

/** The first day of the unit that a day is in, or of a later one. */
function firstDay(
  unit: Exclude<Unit, 'hour'>,
  epochDay: number,
  later: 0 | 1,
  { week_start, year_start_month }: UnitStarts,
): number {
  const { year, month } = dateOf(epochDay);
  switch (unit) {
    case 'day':
      return epochDay + later;
    case 'week':
      return epochDay - ((weekdayOf(epochDay) - week_start + 7) % 7) + 7 * later;
    case 'month':
      return firstOfMonth(year, month - 1 + later);
    case 'quarter':
      return firstOfMonth(year, month - 1 - ((month - year_start_month + 12) % 3) + 3 * later);
    case 'year':
      return firstOfMonth(year, month - 1 - ((month - year_start_month + 12) % 12) + 12 * later);
  }
}

/** Months are counted from 0 and may run into the years beside. */
const firstOfMonth = (year: number, month: number): number =>
  dayOf(year + Math.floor(month / 12), (((month % 12) + 12) % 12) + 1, 1);

/**
 * An hour is one of the local clock, so it starts at :00 in a zone of +05:45 as well. When a whole hour is repeated, its
 * two runs are two hours, told apart by their offsets; where only a part of one is repeated, it is one longer hour.
 */
function startOfHour(epochNs: bigint, zone: string): bigint {
  const offset = offsetAt(zone, epochNs);
  const hour = floorDiv(epochNs + offset, NS_PER_HOUR) * NS_PER_HOUR;
  const { moments } = surroundings(hour, zone);
  if (moments.includes(hour - offset)) return hour - offset;
  return moments.findLast((moment) => moment <= epochNs) ?? firstMomentAt(hour, zone);
}

function nextStartOfHour(epochNs: bigint, zone: string): bigint {
  const start = startOfHour(epochNs, zone);
  let next = epochNs;
  do {
    next = nextFullHourOrChange(next, zone);
  } while (startOfHour(next, zone) === start);
  return next;
}

/** The next moment at which the clock shows a full hour or has been changed. */
function nextFullHourOrChange(epochNs: bigint, zone: string): bigint {
  const offset = offsetAt(zone, epochNs);
  const fullHour = (floorDiv(epochNs + offset, NS_PER_HOUR) + 1n) * NS_PER_HOUR - offset;
  return offsetAt(zone, fullHour - 1n) === offset ? fullHour : (transitionAfter(epochNs, zone) ?? fullHour);
}
