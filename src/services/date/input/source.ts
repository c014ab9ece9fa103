import { Problem } from '../../../errors.ts';
import {
  type Disambiguation,
  type EpochUnit,
  NOW,
  type OffsetConflict,
  type SourceFormat,
} from '../../../schemas/manipulation.ts';
import { fullOffset } from '../output/offset.ts';
import { NS_PER_DAY, NS_PER_MINUTE } from '../engine/gregorian.ts';
import { parseFormatted } from './source-formats.ts';
import { quote } from './text.ts';
import { checkLeapSecond, parseTimestamp, type Timestamp } from './timestamp.ts';
import { sourceHint } from './timestamp-hint.ts';
import { resolveZone } from './zones.ts';
import { firstMomentAt, type Moment, settle, surroundings } from '../engine/local-time.ts';

/** How a timestamp's local time is settled. */
export interface Policy {
  disambiguation: Disambiguation;
  offset_conflict: OffsetConflict;
}

/** The part of a request that says which moment it starts from. */
export interface SourceRequest extends Policy {
  source_timestamp?: string;
  source_format: SourceFormat;
  source_epoch?: { value: string | number; unit: EpochUnit };
  source_timezone?: string;
}

export interface Source extends Moment {
  /** As given; an epoch as its decimal text. */
  text: string;
  /** The id of the zone that it names or is read in, if any. */
  zone: string | null;
}

/** When the request was accepted, in epoch milliseconds; undefined where that is not known. */
interface Accepted {
  now?: number;
}

const UNIT_NS: Record<EpochUnit, bigint> = {
  second: 1_000_000_000n,
  millisecond: 1_000_000n,
  microsecond: 1_000n,
  nanosecond: 1n,
};

const EPOCH_TEXT = /^-?\d{1,30}$/;

/**
 * The moment a request starts from.
 * @throws Problem `VALIDATION_FAILED` and whatever `readTimestamp` throws
 */
export function readSource(request: SourceRequest, accepted: Accepted): Source {
  const { source_timestamp: text, source_epoch: epoch, source_timezone: localZone } = request;
  if (text !== undefined) {
    if (epoch !== undefined) throw oneSource('Give either source_timestamp or source_epoch, not both.');
    if (text === NOW) {
      if (localZone !== undefined) throw needlessZone('now is a moment in itself');
      return { ...nowOf(accepted), text, zone: null };
    }
    return request.source_format === 'rfc3339'
      ? readRfc3339(text, request)
      : readFormatted(text, request.source_format, request);
  }
  if (epoch === undefined)
    throw oneSource(
      'Either source_timestamp or source_epoch is required: "source_timestamp": "now" is the moment at which the request is accepted.',
    );
  if (localZone !== undefined) throw needlessZone('source_epoch is a moment in itself');
  if (request.source_format !== 'rfc3339') {
    throw new Problem(
      'VALIDATION_FAILED',
      'source_format is for a source_timestamp: leave it out beside source_epoch.',
      {
        errors: [{ path: '/source_format', message: 'must not stand beside source_epoch' }],
      },
    );
  }
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

function nowOf({ now }: Accepted): Moment {
  if (now === undefined) {
    throw new Problem('INVALID_TIMESTAMP', '"now" has no meaning here: give the moment that it stood for.');
  }
  return { epochNs: BigInt(Math.floor(now)) * 1_000_000n, resolution: 'exact' };
}

function readRfc3339(text: string, request: SourceRequest): Source {
  const localZone = request.source_timezone;
  const timestamp = parseTimestamp(text, sourceHint);
  if (localZone !== undefined && (timestamp.offset !== null || timestamp.zone !== null)) {
    throw needlessZone(`${quote(text)} has its own ${timestamp.zone === null ? 'offset' : 'zone'}`);
  }
  const name = timestamp.zone ?? localZone;
  const zone = name === undefined ? null : resolveZone(name);
  const { epochNs, resolution } = momentOf(text, timestamp, request, zone);
  return { epochNs, resolution, text, zone };
}

/** A source in one of the other formats that the service writes. */
function readFormatted(
  text: string,
  format: Exclude<SourceFormat, 'rfc3339'>,
  { source_timezone: localZone, disambiguation }: SourceRequest,
): Source {
  const read = parseFormatted(text, format);
  if (read.kind === 'instant') {
    if (localZone !== undefined) throw needlessZone(`${format} is in GMT`);
    return { epochNs: read.ns, resolution: 'exact', text, zone: null };
  }
  const zone = localZone === undefined ? null : resolveZone(localZone);
  if (zone === null) return { epochNs: read.ns, resolution: 'exact', text, zone };
  const moment =
    read.kind === 'day' ? startOfDay(read.ns, zone, disambiguation) : settle(read.ns, zone, disambiguation);
  return { ...moment, text, zone };
}

/** The first moment of a day; of one that the zone left out, what `disambiguation` makes of its midnight. */
function startOfDay(midnightNs: bigint, zone: string, disambiguation: Disambiguation): Moment {
  const first = firstMomentAt(midnightNs, zone);
  return first === firstMomentAt(midnightNs + NS_PER_DAY, zone)
    ? settle(midnightNs, zone, disambiguation)
    : { epochNs: first, resolution: 'exact' };
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
 * The moment of a timestamp that is not the source. `localZone` is where one is read that has neither offset nor zone
 * (UTC when undefined).
 * @throws Problem `INVALID_TIMESTAMP`, `UNSUPPORTED_CRITICAL_ANNOTATION`, `UNKNOWN_TIME_ZONE`, `OFFSET_MISMATCH`,
 * `LOCAL_TIME_AMBIGUOUS`, `LOCAL_TIME_NONEXISTENT` or `OUT_OF_RANGE`
 */
export function readTimestamp(
  text: string,
  policy: Policy,
  localZone: string | undefined,
  accepted: Accepted,
): Moment {
  if (text === NOW) return nowOf(accepted);
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
    `The offset of ${quote(text)} is not one that ${zone} has at that local time, which is ${offsetsAt(localNs, zone)}: correct it, or set offset_conflict to use, prefer or ignore.`,
  );
}

/** The offsets that the zone has when it shows that clock; in a gap, those before and after. */
function offsetsAt(localNs: bigint, zone: string): string {
  const { moments, withOffsetBefore, withOffsetAfter } = surroundings(localNs, zone);
  const shown = moments.length > 0 ? moments : [withOffsetBefore, withOffsetAfter];
  return shown.map((moment) => fullOffset(roundOffset(localNs - moment))).join(' or ');
}

/**
 * The moment at which that zone shows that clock with that offset, which is written in minutes: the first, where a fold
 * is shorter than a minute and both print the same (Temporal).
 */
function withOffset(localNs: bigint, zone: string, offset: bigint): bigint | undefined {
  return surroundings(localNs, zone).moments.find((moment) => roundOffset(localNs - moment) === offset);
}

/** RFC 3339 and RFC 9557 print offsets in minutes; half a minute goes away from zero (RFC 9557 4.4, Temporal). */
export function roundOffset(offset: bigint): bigint {
  const magnitude = offset < 0n ? -offset : offset;
  const rounded = ((magnitude + NS_PER_MINUTE / 2n) / NS_PER_MINUTE) * NS_PER_MINUTE;
  return offset < 0n ? -rounded : rounded;
}
