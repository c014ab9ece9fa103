import windowsZones from '../../../src/services/date/input/windows-zones.json' with { type: 'json' };

/** The zones of the runtime, and names that Intl's list leaves out. */
export const zoneList: readonly string[] = [
  ...new Set([
    ...Intl.supportedValuesOf('timeZone'),
    ...Object.values(windowsZones),
    ...[
      'UTC',
      'GMT',
      'EST5EDT',
      'CET',
      'WET',
      'MST',
      'HST',
      'US/Pacific',
      'Asia/Ulan_Bator',
      'America/Godthab',
    ],
    ...['+05:30', '-04:00', '+14:00', '-00:01'],
  ]),
].sort();
