import type { EpochUnit, SourceFormat } from '../../../schemas/manipulation.ts';
import { clockMs } from './clock.ts';
import { intlOffset, intlReadings } from './intl-offset.ts';
import { nanoseconds, oleMs, rfc1123Ms, studioMs } from './read.ts';

/** The part of a request that decides which moment it means. */
export interface ExactRequest {
  operation: string;
  source_timestamp?: string;
  source_format: SourceFormat;
  source_epoch?: { value: string | number; unit: EpochUnit };
  disambiguation: string;
  offset_conflict: string;
  offset_minutes?: unknown;
}

const MINUTE = 60_000_000_000n;

/** The operations of exact time: how far each moves the instant. */
const SHIFTS: Record<string, ((request: ExactRequest) => bigint) | undefined> = {
  CONVERT: () => 0n,
  ADD_OFFSET: ({ offset_minutes }) => BigInt(Number(offset_minutes)) * MINUTE,
  SUBTRACT_OFFSET: ({ offset_minutes }) => -BigInt(Number(offset_minutes)) * MINUTE,
};

const UNITS: Record<EpochUnit, bigint> = {
  second: 1_000_000_000n,
  millisecond: 1_000_000n,
  microsecond: 1_000n,
  nanosecond: 1n,
};

/** After the date and the time, which stand at fixed places. */
const TAIL = /^.{19}(?:\.(\d{1,9}))?(?:([Zz])|([+-]\d\d:\d\d))?/;

/**
 * The instant (epoch nanoseconds) that an operation of exact time ought to answer, worked out anew from the request's own
 * text; `zone` is the id of the zone it names or is read in, and `now` the moment of acceptance. Undefined for the other
 * operations, and for a leap second, which Date does not know.
 */
export function expectedInstant(
  request: ExactRequest,
  zone: string | null,
  now: number | undefined,
): bigint | undefined {
  const shift = SHIFTS[request.operation];
  if (shift === undefined) return undefined;
  const source = readSource(request, zone, now);
  return source === undefined ? undefined : source + shift(request);
}

function readSource(request: ExactRequest, zone: string | null, now: number | undefined): bigint | undefined {
  const { source_timestamp: text = '', source_epoch: epoch, source_format: format } = request;
  if (epoch !== undefined) return BigInt(epoch.value) * UNITS[epoch.unit];
  if (text === 'now') return now === undefined ? undefined : BigInt(Math.floor(now)) * 1_000_000n;
  if (format === 'rfc3339') return readTimestamp(text, zone, request);
  if (format === 'rfc1123') return nanoseconds(rfc1123Ms(text));
  if (format === 'date')
    return firstOfDay(nanoseconds(clockMs(`${text}T00:00:00`)), zone, request.disambiguation);
  const local = nanoseconds(format === 'cxone_studio' ? studioMs(text) : oleMs(Number(text)));
  return local === undefined || zone === null ? local : settled(local, zone, request.disambiguation);
}

/** Where no clock shows midnight, the first of the moments around it at which the clocks show a later time. */
function firstOfDay(
  local: bigint | undefined,
  zone: string | null,
  disambiguation: string,
): bigint | undefined {
  if (local === undefined || zone === null) return local;
  const readings = intlReadings(local, zone);
  const shown = readings.filter((reading) => reading.shown).map(({ epochNs }) => epochNs);
  if (shown.length > 0) return shown.sort((a, b) => (a < b ? -1 : 1))[0];
  // The clocks jump between the two readings: the later one tells how far they jump beyond midnight.
  const [first = 0n, last = 0n] = readings.map(({ epochNs }) => epochNs).sort((a, b) => (a < b ? -1 : 1));
  let [low, high] = [first, last];
  const before = intlOffset(zone, low);
  if (high - low >= DAY_NS) return settled(local, zone, disambiguation);
  while (high - low > SECOND) {
    const middle = low + ((high - low) / SECOND / 2n) * SECOND;
    if (intlOffset(zone, middle) === before) low = middle;
    else high = middle;
  }
  return high;
}

const DAY_NS = 86_400_000_000_000n;
const SECOND = 1_000_000_000n;

function readTimestamp(text: string, zone: string | null, request: ExactRequest): bigint | undefined {
  const match = TAIL.exec(text);
  if (match === null) return undefined;
  const [, fraction, z, offset = ''] = match;
  const ms = clockMs(text);
  if (ms === undefined) return undefined;
  const local = BigInt(ms) * 1_000_000n + (fraction === undefined ? 0n : BigInt(fraction.padEnd(9, '0')));
  const written = offset === '' ? local : local - offsetOf(offset);
  if (zone === null || z !== undefined || offset === '-00:00') return written;
  if (offset === '') return settled(local, zone, request.disambiguation);
  if (request.offset_conflict === 'use') return written;
  if (request.offset_conflict === 'ignore') return settled(local, zone, request.disambiguation);
  // The written offset is the zone's, to the minute; where it is not, `prefer` falls back on the zone.
  const near = intlReadings(local, zone).find(
    ({ epochNs, shown }) => shown && within(epochNs - written, MINUTE / 2n),
  );
  return near?.epochNs ?? settled(local, zone, request.disambiguation);
}

function offsetOf(text: string): bigint {
  const magnitude = BigInt(Number(text.slice(1, 3)) * 60 + Number(text.slice(4))) * MINUTE;
  return text.startsWith('-') ? -magnitude : magnitude;
}

const within = (difference: bigint, limit: bigint): boolean => difference <= limit && difference >= -limit;

function settled(local: bigint, zone: string, disambiguation: string): bigint | undefined {
  const readings = intlReadings(local, zone);
  const shown = readings.filter((reading) => reading.shown);
  const inGap = shown.length === 0;
  const moments = (inGap ? readings : shown).map(({ epochNs }) => epochNs).sort((a, b) => (a < b ? -1 : 1));
  const later = disambiguation === 'later' || (disambiguation === 'compatible' && inGap);
  return later ? moments.at(-1) : moments[0];
}
