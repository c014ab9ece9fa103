import type { EpochUnit } from '../../../schemas/manipulation.ts';
import { clockMs } from './clock.ts';
import { intlReadings } from './intl-offset.ts';

/** The part of a request that decides which moment it means. */
export interface ExactRequest {
  operation: string;
  source_timestamp?: string;
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
 * text; `zone` is the id of the zone it names or is read in. Undefined for the other operations, and for a leap second,
 * which Date does not know.
 */
export function expectedInstant(request: ExactRequest, zone: string | null): bigint | undefined {
  const shift = SHIFTS[request.operation];
  if (shift === undefined) return undefined;
  const source =
    request.source_epoch === undefined
      ? readTimestamp(request.source_timestamp ?? '', zone, request)
      : BigInt(request.source_epoch.value) * UNITS[request.source_epoch.unit];
  return source === undefined ? undefined : source + shift(request);
}

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
