import { Problem } from '../../../errors.ts';
import { Temporal } from '../../temporal.ts';
import { meantZone } from './near-zones.ts';
import { quote } from './text.ts';
import windowsZones from './windows-zones.json' with { type: 'json' };

const OFFSET_ZONE = /^[+-](?:[01]\d|2[0-3]):[0-5]\d$/;
/** The characters of a tz database name (RFC 9557's `time-zone-name`); Temporal alone takes whole timestamps too. */
const NAMED_ZONE = /^[A-Za-z._][A-Za-z0-9._+-]*(?:\/[A-Za-z._][A-Za-z0-9._+-]*)*$/;
const MAX_NAME_LENGTH = 64;

/** Windows zone names, each with the IANA id that it stands for. */
export const WINDOWS_ZONES: Readonly<Record<string, string>> = windowsZones;

const windowsNames = new Map(Object.entries(windowsZones).map(([name, id]) => [name.toLowerCase(), id]));

/** Lower-case names and proper ids to proper ids. Only what exists gets in, so it is bounded by the tz database. */
const known = new Map<string, string>();

/**
 * The id of a zone in its proper letter case. Links stay links; a Windows name becomes the IANA zone that CLDR gives for
 * the whole world (territory 001). Throws `UNKNOWN_TIME_ZONE`.
 */
export function resolveZone(name: string): string {
  const exact = known.get(name);
  if (exact !== undefined) return exact;
  if (OFFSET_ZONE.test(name)) return name;
  if (name.length > MAX_NAME_LENGTH) throw unknownZone(name);
  const key = name.toLowerCase();
  const seen = known.get(key);
  if (seen !== undefined) return seen;
  // `UTC` is a name in both worlds; the tz database's comes first.
  const id = properId(name) ?? windowsNames.get(key);
  if (id === undefined) throw unknownZone(name);
  known.set(key, id).set(id, id);
  return id;
}

function properId(name: string): string | undefined {
  if (!NAMED_ZONE.test(name)) return undefined;
  try {
    return new Temporal.ZonedDateTime(0n, name).timeZoneId;
  } catch {
    return undefined;
  }
}

function unknownZone(name: string): Problem {
  const meant = name.length > MAX_NAME_LENGTH ? undefined : meantZone(name);
  const forms =
    'an IANA id such as America/New_York, a Windows name such as "Eastern Standard Time", or an offset such as +05:30';
  return new Problem(
    'UNKNOWN_TIME_ZONE',
    meant === undefined
      ? `${quote(name)} is not a time zone: give ${forms}.`
      : `${quote(name)} is not a time zone: ${meant}${meant.endsWith('?') ? '' : '.'} A zone is ${forms}.`,
  );
}
