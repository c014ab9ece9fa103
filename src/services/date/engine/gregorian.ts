/**
 * The proleptic Gregorian calendar in integers. A day is counted from 1970-01-01; a local time is the nanoseconds from
 * 1970-01-01T00:00 on its own clock, as if that clock were UTC.
 *
 * The day counts are those of Howard Hinnant's "chrono-compatible low-level date algorithms".
 */
export const NS_PER_SECOND = 1_000_000_000n;
export const NS_PER_MINUTE = 60_000_000_000n;
export const NS_PER_HOUR = 3_600_000_000_000n;
export const NS_PER_DAY = 86_400_000_000_000n;

export interface CivilDate {
  year: number;
  month: number;
  day: number;
}

export interface LocalFields extends CivilDate {
  hour: number;
  minute: number;
  second: number;
  nanosecond: number;
}

export const isLeapYear = (year: number): boolean => year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);

const DAYS_IN_MONTH = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] as const;

export const daysInMonth = (year: number, month: number): number =>
  month === 2 && isLeapYear(year) ? 29 : (DAYS_IN_MONTH[month - 1] ?? 0);

export function dayOf(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const yearOfEra = y - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}

export function dateOf(epochDay: number): CivilDate {
  const z = epochDay + 719_468;
  const era = Math.floor(z / 146_097);
  const dayOfEra = z - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra -
      Math.floor(dayOfEra / 1460) +
      Math.floor(dayOfEra / 36_524) -
      Math.floor(dayOfEra / 146_096)) /
      365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const mp = Math.floor((5 * dayOfYear + 2) / 153);
  const month = mp + (mp < 10 ? 3 : -9);
  return {
    year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0),
    month,
    day: dayOfYear - Math.floor((153 * mp + 2) / 5) + 1,
  };
}

/** ISO weekday: 1 is Monday, 7 is Sunday. */
export const weekdayOf = (epochDay: number): number => ((((epochDay + 3) % 7) + 7) % 7) + 1;

/** Division that rounds towards the past, as the time line wants it before 1970 too. */
export function floorDiv(value: bigint, divisor: bigint): bigint {
  const quotient = value / divisor;
  return value % divisor < 0n ? quotient - 1n : quotient;
}

/** The day of a local time, and the nanoseconds since its midnight. */
export function splitLocal(localNs: bigint): { day: number; timeNs: bigint } {
  const day = floorDiv(localNs, NS_PER_DAY);
  return { day: Number(day), timeNs: localNs - day * NS_PER_DAY };
}

export const joinLocal = (epochDay: number, timeNs: bigint): bigint => BigInt(epochDay) * NS_PER_DAY + timeNs;

export function localFields(localNs: bigint): LocalFields {
  const seconds = floorDiv(localNs, NS_PER_SECOND);
  const total = Number(seconds);
  const epochDay = Math.floor(total / 86_400);
  const ofDay = total - epochDay * 86_400;
  const { year, month, day } = dateOf(epochDay);
  return {
    year,
    month,
    day,
    hour: Math.floor(ofDay / 3600),
    minute: Math.floor(ofDay / 60) % 60,
    second: ofDay % 60,
    nanosecond: Number(localNs - seconds * NS_PER_SECOND),
  };
}
