/** The release of the tz database in this runtime, from which Temporal and Intl both read. */
export const tzdbVersion: string = process.versions['tz'] ?? 'unknown';

/** When IANA released a version, by its NEWS; those of 2026d to 2026f by the dates of packages, to a day or two. */
const RELEASED: Record<string, string> = {
  '2024a': '2024-02-01',
  '2024b': '2024-09-04',
  '2025a': '2025-01-15',
  '2025b': '2025-03-22',
  '2025c': '2025-12-10',
  '2026a': '2026-03-02',
  '2026b': '2026-04-23',
  '2026c': '2026-07-08',
  '2026d': '2026-09-11',
  '2026e': '2026-09-29',
  '2026f': '2026-10-27',
};

const NEWEST = Object.keys(RELEASED).at(-1) ?? '';

/**
 * Seconds since a version of the tz database was released; NaN where it is no version. One that is newer than this table
 * is dated from the newest in it or from its year's start, so that it may seem older than it is, never younger.
 * @param now epoch milliseconds
 */
export function tzdbAgeSeconds(version: string, now: number): number {
  const released = version === tzdbVersion ? OURS_RELEASED_AT : releasedAt(version);
  return Math.max(0, (now - released) / 1000);
}

/** Epoch milliseconds, or NaN. */
function releasedAt(version: string): number {
  const year = /^(\d{4})[a-z]$/.exec(version)?.[1];
  if (year === undefined) return Number.NaN;
  const begin = `${year}-01-01`;
  const earliest = version > NEWEST ? [begin, RELEASED[NEWEST] ?? begin].sort().at(-1) : begin;
  return Date.parse(RELEASED[version] ?? earliest ?? begin);
}

const OURS_RELEASED_AT = releasedAt(tzdbVersion);

/** The same in whole days. */
export const tzdbAgeDays = (version: string, now: number): number =>
  Math.floor(tzdbAgeSeconds(version, now) / 86_400);

/** Governments give a few months of notice at best, and releases come every few weeks. */
export const TZDB_OLD_DAYS = 120;
