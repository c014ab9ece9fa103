import type { OutputFormat } from '../../../schemas/manipulation.ts';
import { clockMs } from './clock.ts';
import { intlOffset } from './intl-offset.ts';
import { isWrittenAs } from './pattern.ts';
import { nanoseconds, oleMs, rfc1123Ms, studioMs } from './read.ts';

const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,3})?(?:Z|[+-]\d\d:\d\d)$/;
const ZONED = /^(.{19}(?:\.\d{1,3})?)([+-])(\d\d):(\d\d)\[(.+)\]$/;

/** One unit of the last decimal place of seconds, in nanoseconds. */
const LAST_PLACE = [1_000_000_000n, 100_000_000n, 10_000_000n, 1_000_000n];

export interface Written {
  value: string | number;
  format: OutputFormat;
  zone: string;
  digits: number;
  /** With the format `pattern`. */
  pattern?: string | undefined;
  locale?: string;
}

/**
 * Whether the written value, read again from its own text, lies within one unit of its last decimal place of the exact
 * moment (epoch nanoseconds) that it ought to stand for. A local wall clock without an offset is compared with what Intl
 * shows in that zone.
 */
export function isInstantAccurate(written: Written, expectedNs: bigint): boolean {
  const { value, format, zone, digits } = written;
  if (format === 'date' || format === 'pattern') {
    // It does not say which moment it is, so each of its fields is held against the two moments it may have come from.
    const pattern = format === 'date' ? 'yyyy-MM-dd' : (written.pattern ?? '');
    const unit = LAST_PLACE[digits] ?? 1n;
    const below = expectedNs - (((expectedNs % unit) + unit) % unit);
    return [below, below + unit].some((moment) =>
      isWrittenAs(String(value), pattern, written.locale ?? 'en-US', zone, moment),
    );
  }
  const read = readBack(value, format, zone, expectedNs);
  if (read === undefined) return false;
  const difference = read - expectedNs;
  const unit = LAST_PLACE[digits] ?? 0n;
  return difference <= unit && difference >= -unit;
}

/** Epoch nanoseconds, or undefined for a text that is not of its format. */
function readBack(
  value: string | number,
  format: Exclude<OutputFormat, 'date' | 'pattern'>,
  zone: string,
  expectedNs: bigint,
): bigint | undefined {
  switch (format) {
    case 'rfc3339':
      return readIso(value);
    case 'utc':
      return String(value).endsWith('Z') ? readIso(value) : undefined;
    case 'rfc9557':
      return readZoned(String(value), zone, expectedNs);
    case 'epoch_seconds':
      return typeof value === 'number' ? BigInt(Math.round(value * 1000)) * 1_000_000n : undefined;
    case 'epoch_milliseconds':
      return typeof value === 'number' ? BigInt(value) * 1_000_000n : undefined;
    case 'rfc1123':
      return typeof value === 'string' ? nanoseconds(rfc1123Ms(value)) : undefined;
    case 'cxone_studio': {
      const clock = typeof value === 'string' ? nanoseconds(studioMs(value)) : undefined;
      return clock === undefined ? undefined : clock - intlOffset(zone, expectedNs);
    }
    case 'ole_automation_date':
      return typeof value === 'number'
        ? BigInt(oleMs(value)) * 1_000_000n - intlOffset(zone, expectedNs)
        : undefined;
  }
}

function readIso(value: string | number): bigint | undefined {
  if (typeof value !== 'string' || !ISO.test(value)) return undefined;
  const clock = clockMs(value);
  if (clock === undefined) return undefined;
  const isUtc = value.endsWith('Z');
  const fraction = value.slice(20, isUtc ? -1 : -6);
  const ms = clock + (fraction === '' ? 0 : Number(fraction.padEnd(3, '0')));
  if (isUtc) return nanoseconds(ms);
  const minutes = Number(value.slice(-5, -3)) * 60 + Number(value.slice(-2));
  return nanoseconds(ms + (value.at(-6) === '-' ? minutes : -minutes) * 60_000);
}

/** Here the clock is the zone's own, and the printed offset is only the zone's rounded to minutes. */
function readZoned(text: string, zone: string, expectedNs: bigint): bigint | undefined {
  const match = ZONED.exec(text);
  if (match === null) return undefined;
  const [, clock, sign, hours, minutes, annotation] = match;
  const local = readIso(`${String(clock)}Z`);
  const magnitude = BigInt(Number(hours) * 60 + Number(minutes)) * 60_000_000_000n;
  const offset = intlOffset(zone, expectedNs);
  const distance = offset - (sign === '-' ? -magnitude : magnitude);
  const sameMinute = distance <= 30_000_000_000n && distance >= -30_000_000_000n;
  return annotation === zone && sameMinute && local !== undefined ? local - offset : undefined;
}
