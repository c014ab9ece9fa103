const FORMATTERS_KEPT = 64;
const formatters = new Map<string, Intl.DateTimeFormat>();

function formatter(zone: string): Intl.DateTimeFormat {
  let found = formatters.get(zone);
  if (found === undefined) {
    found = new Intl.DateTimeFormat('en-US', { timeZone: zone, timeZoneName: 'longOffset' });
    if (formatters.size >= FORMATTERS_KEPT) formatters.clear();
    formatters.set(zone, found);
  }
  return found;
}

const GMT = /GMT(?:([+-])(\d\d):(\d\d)(?::(\d\d))?)?$/;

/** What Intl says the zone's offset from UTC is at that moment; both in nanoseconds. */
export function intlOffset(zone: string, epochNs: bigint): bigint {
  // Rounded down, as the offset never changes within a millisecond.
  const ms = Number(epochNs / 1_000_000n) - (epochNs % 1_000_000n < 0n ? 1 : 0);
  const [, sign, hours = '0', minutes = '0', seconds = '0'] = GMT.exec(formatter(zone).format(ms)) ?? [];
  const magnitude = BigInt(Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)) * 1_000_000_000n;
  return sign === '-' ? -magnitude : magnitude;
}

/** The readings of a local time with the offsets of a day before and of a day after, and which of them the clocks show. */
export function intlReadings(localNs: bigint, zone: string): { epochNs: bigint; shown: boolean }[] {
  const day = 86_400_000_000_000n;
  return [intlOffset(zone, localNs - day), intlOffset(zone, localNs + day)].map((offset) => ({
    epochNs: localNs - offset,
    shown: intlOffset(zone, localNs - offset) === offset,
  }));
}
