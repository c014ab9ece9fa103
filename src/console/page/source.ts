/** What a request says of its source. */

/** The local time that was asked for, as if it were UTC (epoch milliseconds); undefined where the source is a moment. */
export function askedLocal({
  source_timestamp: source,
  source_format,
}: Record<string, unknown>): number | undefined {
  if (source_format !== undefined || typeof source !== 'string') return undefined;
  const [, date, time] = /^(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d:\d\d(?:\.\d+)?)(?:\[|$)/.exec(source) ?? [];
  const at = Date.parse(`${date}T${time?.slice(0, 12)}Z`);
  return Number.isNaN(at) ? undefined : at;
}

/** The zone in which the source is meant: where it says so. */
export function sourceZone({
  source_timezone: zone,
  source_timestamp: source,
}: Record<string, unknown>): string {
  const [, annotated] = /\[!?([^\]=]+)\]/.exec(typeof source === 'string' ? source : '') ?? [];
  return annotated ?? (typeof zone === 'string' ? zone : 'UTC');
}
