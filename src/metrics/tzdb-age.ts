/** When IANA released a version, as far as it is known here. */
const RELEASED: Record<string, string> = {
  '2024a': '2024-02-01',
  '2024b': '2024-09-04',
  '2025a': '2025-01-15',
  '2025b': '2025-03-22',
  '2025c': '2025-12-10',
};

/**
 * Seconds since a version of the tz database was released; NaN where it is no version. A version that is newer than this
 * table is dated from its year's start, so that it may seem older than it is, never younger.
 * @param now epoch milliseconds
 */
export function tzdbAgeSeconds(version: string, now: number): number {
  const year = /^(\d{4})[a-z]$/.exec(version)?.[1];
  if (year === undefined) return Number.NaN;
  return Math.max(0, (now - Date.parse(RELEASED[version] ?? `${year}-01-01`)) / 1000);
}
