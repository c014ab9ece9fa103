import type { DurationFormat } from '../../../schemas/manipulation.ts';
import { intlOffset } from './intl-offset.ts';

const SHAPE =
  /^(-?)P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)(?:\.(\d+))?S)?)?$/;

const DAY_NS = 86_400_000_000_000n;

/**
 * Whether a written duration leads from one moment to the other (epoch nanoseconds), to within one unit of the last
 * decimal place: months by Date's calendar on the zone's clock, the rest by counting.
 */
export function isDurationAccurate(
  text: string,
  zone: string,
  fromNs: bigint,
  toNs: bigint,
  digits: number,
): boolean {
  const match = SHAPE.exec(text);
  if (match === null) return false;
  const [
    ,
    sign,
    years = 0,
    months = 0,
    weeks = 0,
    days = 0,
    hours = 0,
    minutes = 0,
    seconds = 0,
    fraction = '',
  ] = match;
  const direction = sign === '-' ? -1 : 1;
  const timeNs =
    (BigInt(hours) * 3600n + BigInt(minutes) * 60n + BigInt(seconds)) * 1_000_000_000n +
    BigInt(fraction.padEnd(9, '0'));
  const monthCount = direction * (Number(years) * 12 + Number(months));
  const dayCount = direction * (Number(weeks) * 7 + Number(days));
  const landed =
    monthCount === 0 && dayCount === 0
      ? [fromNs]
      : readings(addDate(fromNs + intlOffset(zone, fromNs), monthCount, dayCount), zone);
  const unit = 10n ** BigInt(9 - digits);
  return landed.some((moment) => {
    const difference = moment + BigInt(direction) * timeNs - toNs;
    return difference <= unit && difference >= -unit;
  });
}

function addDate(localNs: bigint, months: number, days: number): bigint {
  const ofDay = ((localNs % DAY_NS) + DAY_NS) % DAY_NS;
  const date = new Date(Number((localNs - ofDay) / 1_000_000n));
  const day = date.getUTCDate();
  date.setUTCDate(1);
  date.setUTCMonth(date.getUTCMonth() + months);
  const last = new Date(date);
  last.setUTCMonth(last.getUTCMonth() + 1, 0);
  date.setUTCDate(Math.min(day, last.getUTCDate()) + days);
  return BigInt(date.getTime()) * 1_000_000n + ofDay;
}

/** A local time in a gap or a fold has two readings, of which either will do. */
const readings = (localNs: bigint, zone: string): bigint[] => [
  localNs - intlOffset(zone, localNs - DAY_NS),
  localNs - intlOffset(zone, localNs + DAY_NS),
];

const UNIT_NS = { hours: 3_600_000_000_000, minutes: 60_000_000_000, seconds: 1_000_000_000 };

export interface WrittenLength {
  value: string | number;
  format: DurationFormat;
  digits: number;
}

/** Whether a written length of time is the one between two moments, to within one unit of the last decimal place. */
export function isLengthAccurate(
  { value, format, digits }: WrittenLength,
  { fromNs, exactNs, zone }: { fromNs: bigint; exactNs: bigint; zone: string },
): boolean {
  if (typeof value === 'string') {
    return format === 'iso8601' && isDurationAccurate(value, zone, fromNs, exactNs, digits);
  }
  // A double holds 53 bits; beyond what they can tell apart, the comparison is in its own last place.
  const unit = 10 ** (9 - digits) + Math.abs(Number(exactNs - fromNs)) * Number.EPSILON * 4;
  if (format === 'iso8601') return false;
  if (format !== 'days') return Math.abs(value * UNIT_NS[format] - Number(exactNs - fromNs)) <= unit;

  const whole = Math.trunc(value);
  const step = value < 0 || Object.is(value, -0) ? -1 : 1;
  const local = fromNs + intlOffset(zone, fromNs);
  const ends = (days: number) => (days === 0 ? [fromNs] : readings(addDate(local, 0, days), zone));
  return ends(whole).some((start) =>
    ends(whole + step).some((end) => {
      const landed = Number(start - exactNs) + Math.abs(value - whole) * Number(end - start);
      return Math.abs(landed) <= unit + 1;
    }),
  );
}
