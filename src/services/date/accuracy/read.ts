/** The texts that are read both as a source and as a written value: the second opinion's own way of it. */
import { clockMs } from './clock.ts';

export const nanoseconds = (ms: number | undefined): bigint | undefined =>
  ms === undefined || Number.isNaN(ms) ? undefined : BigInt(ms) * 1_000_000n;

const STUDIO = /^(\d\d)\/(\d\d)\/(\d{4}) (\d\d):(\d\d):(\d\d) (AM|PM)$/i;

/** CXone Studio's clock, as if it were UTC. */
export function studioMs(text: string): number | undefined {
  const match = STUDIO.exec(text);
  if (match === null) return undefined;
  const [, month, day, year, hour, minute, second, half] = match;
  const hour24 = (Number(hour) % 12) + (String(half).toUpperCase() === 'PM' ? 12 : 0);
  return clockMs(
    `${String(year)}-${String(month)}-${String(day)}T${String(hour24).padStart(2, '0')}:${String(minute)}:${String(second)}`,
  );
}

/** The whole part counts days from 1899-12-30, the fraction (never negative) is the time of that day. */
export function oleMs(value: number): number {
  const day = Math.trunc(value);
  const timeMs = Math.round(Math.abs(value - day) * 86_400_000);
  return Date.UTC(1899, 11, 30) + day * 86_400_000 + timeMs;
}

const RFC1123 = /^[A-Z][a-z]{2}, (\d\d) ([A-Z][a-z]{2}) (\d{4}) (\d\d:\d\d:\d\d) GMT$/;
const MONTHS = 'JanFebMarAprMayJunJulAugSepOctNovDec';
const DAYS = 'SunMonTueWedThuFriSat';

/** Not by Date.parse, which takes the years 0000 to 0099 for those of other centuries. */
export function rfc1123Ms(text: string): number | undefined {
  const [, day, month = '?', year, time] = RFC1123.exec(text) ?? [];
  const ms = clockMs(
    `${String(year)}-${String(MONTHS.indexOf(month) / 3 + 1).padStart(2, '0')}-${String(day)}T${String(time)}`,
  );
  if (ms === undefined || Number.isNaN(ms)) return undefined;
  return DAYS.indexOf(text.slice(0, 3)) / 3 === new Date(ms).getUTCDay() ? ms : undefined;
}
