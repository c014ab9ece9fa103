import { Problem } from '../../../errors.ts';
import type { Disambiguation, EpochUnit, OffsetConflict } from '../../../schemas/manipulation.ts';
import { NS_PER_MINUTE } from '../engine/gregorian.ts';
import { quote } from './text.ts';
import { checkLeapSecond, parseTimestamp, type Timestamp } from './timestamp.ts';
import { resolveZone } from './zones.ts';
import { type Moment, settle, surroundings } from '../engine/local-time.ts';

/** How a timestamp's local time is settled. */
export interface Policy {
  disambiguation: Disambiguation;
  offset_conflict: OffsetConflict;
}

/** The part of a request that says which moment it starts from. */
export interface SourceRequest extends Policy {
  source_timestamp?: string;
  source_epoch?: { value: string | number; unit: EpochUnit };
  source_timezone?: string;
}

export interface Source extends Moment {
  /** As given; an epoch as its decimal text. */
  text: string;
  /** The id of the zone that it names or is read in, if any. */
  zone: string | null;
}

const UNIT_NS: Record<EpochUnit, bigint> = {
  second: 1_000_000_000n,
  millisecond: 1_000_000n,
  microsecond: 1_000n,
  nanosecond: 1n,
};

const EPOCH_TEXT = /^-?\d{1,30}$/;

/** The moment a request starts from. Throws `VALIDATION_FAILED` and whatever `readTimestamp` throws. */
export function readSource(request: SourceRequest): Source {
  const { source_timestamp: text, source_epoch: epoch, source_timezone: localZone } = request;
  if (text !== undefined) {
    if (epoch !== undefined) throw oneSource('Give either source_timestamp or source_epoch, not both.');
    const timestamp = parseTimestamp(text);
    if (localZone !== undefined && (timestamp.offset !== null || timestamp.zone !== null)) {
      throw needlessZone(`${quote(text)} has its own ${timestamp.zone === null ? 'offset' : 'zone'}`);
    }
    const name = timestamp.zone ?? localZone;
    const zone = name === undefined ? null : resolveZone(name);
    const { epochNs, resolution } = momentOf(text, timestamp, request, zone);
    return { epochNs, resolution, text, zone };
  }
  if (epoch === undefined) throw oneSource('Either source_timestamp or source_epoch is required.');
  if (localZone !== undefined) throw needlessZone('source_epoch is a moment in itself');
  const value = String(epoch.value);
  if (!EPOCH_TEXT.test(value)) {
    throw new Problem(
      'VALIDATION_FAILED',
      `${quote(value)} is not a whole number: say the unit it is whole in.`,
      {
        errors: [{ path: '/source_epoch/value', message: 'must be a whole number' }],
      },
    );
  }
  return { epochNs: BigInt(value) * UNIT_NS[epoch.unit], resolution: 'exact', text: value, zone: null };
}

const oneSource = (detail: string): Problem =>
  new Problem('VALIDATION_FAILED', detail, {
    errors: [{ path: '/source_timestamp', message: 'exactly one of source_timestamp and source_epoch' }],
  });

const needlessZone = (why: string): Problem =>
  new Problem(
    'VALIDATION_FAILED',
    `source_timezone is for a local source_timestamp, and ${why}: leave it out.`,
    {
      errors: [
        { path: '/source_timezone', message: 'must not stand beside a source with an offset or a zone' },
      ],
    },
  );

/**
 * The moment of a timestamp. `localZone` is where one is read that has neither offset nor zone (UTC when undefined).
 * Throws `INVALID_TIMESTAMP`, `UNSUPPORTED_CRITICAL_ANNOTATION`, `UNKNOWN_TIME_ZONE`, `OFFSET_MISMATCH`,
 * `LOCAL_TIME_AMBIGUOUS`, `LOCAL_TIME_NONEXISTENT` or `OUT_OF_RANGE`.
 */
export function readTimestamp(text: string, policy: Policy, localZone: string | undefined): Moment {
  const timestamp = parseTimestamp(text);
  const name = timestamp.zone ?? (timestamp.offset === null ? localZone : undefined);
  return momentOf(text, timestamp, policy, name === undefined ? null : resolveZone(name));
}

function momentOf(text: string, timestamp: Timestamp, policy: Policy, zone: string | null): Moment {
  const moment = place(text, timestamp, policy, zone);
  if (timestamp.leapSecond) checkLeapSecond(text, moment.epochNs);
  return moment;
}

/** `zone` is the id of the timestamp's own zone or of the one it is read in; null for neither. */
function place(
  text: string,
  { localNs, offset }: Timestamp,
  { disambiguation, offset_conflict }: Policy,
  zone: string | null,
): Moment {
  if (offset === 'Z' || (zone === null && offset === null)) return { epochNs: localNs, resolution: 'exact' };
  if (zone === null || (offset !== null && offset_conflict === 'use')) {
    return { epochNs: localNs - (offset ?? 0n), resolution: 'exact' };
  }
  if (offset === null || offset_conflict === 'ignore') return settle(localNs, zone, disambiguation);
  const epochNs = withOffset(localNs, zone, offset);
  if (epochNs !== undefined) return { epochNs, resolution: 'exact' };
  if (offset_conflict === 'prefer') return settle(localNs, zone, disambiguation);
  throw new Problem(
    'OFFSET_MISMATCH',
    `The offset of ${quote(text)} is not one that ${zone} has at that local time: correct it, or set offset_conflict to use, prefer or ignore.`,
  );
}

/** The moment at which that zone shows that clock with that offset; offsets with seconds match when rounded to minutes. */
function withOffset(localNs: bigint, zone: string, offset: bigint): bigint | undefined {
  const { moments } = surroundings(localNs, zone);
  return (
    moments.find((moment) => localNs - moment === offset) ??
    moments.find((moment) => roundOffset(localNs - moment) === offset)
  );
}

/** RFC 3339 and RFC 9557 print offsets in minutes; half a minute goes away from zero (RFC 9557 4.4, Temporal). */
export function roundOffset(offset: bigint): bigint {
  const magnitude = offset < 0n ? -offset : offset;
  const rounded = ((magnitude + NS_PER_MINUTE / 2n) / NS_PER_MINUTE) * NS_PER_MINUTE;
  return offset < 0n ? -rounded : rounded;
}
