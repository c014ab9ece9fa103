/** What was probably meant by a name that is no zone's. Made only when one is refused. */
import { nearest, plain } from '../../../schemas/nearest.ts';
import windowsZones from './windows-zones.json' with { type: 'json' };

/** Abbreviations that are no ids of the tz database, each with zones that use it: most are used by several. */
const ABBREVIATIONS: Readonly<Record<string, readonly string[]>> = {
  EDT: ['America/New_York'],
  CST: ['America/Chicago', 'Asia/Shanghai'],
  CDT: ['America/Chicago'],
  MDT: ['America/Denver'],
  PST: ['America/Los_Angeles', 'Asia/Manila'],
  PDT: ['America/Los_Angeles'],
  AKST: ['America/Anchorage'],
  AKDT: ['America/Anchorage'],
  AST: ['America/Halifax', 'Asia/Riyadh'],
  ADT: ['America/Halifax'],
  BST: ['Europe/London', 'Asia/Dhaka'],
  IST: ['Asia/Kolkata', 'Europe/Dublin', 'Asia/Jerusalem'],
  CEST: ['Europe/Berlin'],
  EEST: ['Europe/Helsinki'],
  WEST: ['Europe/Lisbon'],
  MSK: ['Europe/Moscow'],
  SAST: ['Africa/Johannesburg'],
  GST: ['Asia/Dubai'],
  SGT: ['Asia/Singapore'],
  HKT: ['Asia/Hong_Kong'],
  JST: ['Asia/Tokyo'],
  KST: ['Asia/Seoul'],
  AEST: ['Australia/Sydney'],
  AEDT: ['Australia/Sydney'],
  ACST: ['Australia/Adelaide'],
  AWST: ['Australia/Perth'],
  NZST: ['Pacific/Auckland'],
  NZDT: ['Pacific/Auckland'],
};

/** What the time of a region is called in speech. */
const SPOKEN: readonly (readonly [RegExp, string])[] = [
  [/^(?:us )?eastern(?: (?:standard|daylight))?(?: time)?$/i, 'America/New_York'],
  [/^(?:us )?central(?: (?:standard|daylight))?(?: time)?$/i, 'America/Chicago'],
  [/^(?:us )?mountain(?: (?:standard|daylight))?(?: time)?$/i, 'America/Denver'],
  [/^(?:us )?pacific(?: (?:standard|daylight))?(?: time)?$/i, 'America/Los_Angeles'],
  [/^central european(?: summer)?(?: time)?$/i, 'Europe/Berlin'],
  [/^british(?: summer)?(?: time)?$/i, 'Europe/London'],
];

/** Names of zones are alike by themselves: of five letters, one may be off. */
const NEAR = 1 / 5;

const OFFSET = /^(?:UTC|GMT)?\s*([+-])\s*(\d{1,2})(?::?(\d{2}))?$/i;
/** As Windows shows a zone in its settings. */
const DISPLAYED = /^\((?:UTC|GMT)[^)]*\)\s*/i;
const WINDOWS_NAMES = Object.keys(windowsZones);

let ids: { all: string[]; cities: string[]; byPlainName: Map<string, string> } | undefined;

function zoneIds(): NonNullable<typeof ids> {
  if (ids === undefined) {
    const all = Intl.supportedValuesOf('timeZone');
    const cities = all.map(cityOf);
    const byPlainName = new Map(all.map((id) => [plain(cityOf(id)), id]));
    for (const id of all) byPlainName.set(plain(id), id);
    ids = { all, cities, byPlainName };
  }
  return ids;
}

const cityOf = (id: string): string => id.slice(id.lastIndexOf('/') + 1);

/** A sentence about what was probably meant, or undefined. */
export function meantZone(name: string): string | undefined {
  const abbreviated = ABBREVIATIONS[name.toUpperCase()];
  if (abbreviated !== undefined) {
    const several = abbreviated.length > 1 ? ', and one of several zones' : '';
    return `it is an abbreviation${several}: give ${abbreviated.map(quoted).join(' or ')}`;
  }
  const [, sign = '', hours, minutes = '00'] = OFFSET.exec(name) ?? [];
  if (hours !== undefined && Number(hours) < 24 && Number(minutes) < 60) {
    return `an offset is written ${quoted(`${sign}${hours.padStart(2, '0')}:${minutes}`)}`;
  }
  if (DISPLAYED.test(name)) {
    const shown = name.replace(DISPLAYED, '').replaceAll(/\s*\(.*\)/g, '');
    const [city = ''] = shown.split(',');
    const meant =
      nearest(shown.replace(/ Time$/, ' Standard Time'), WINDOWS_NAMES, NEAR) ??
      zoneIds().byPlainName.get(plain(city));
    return `Windows shows it so, and its id is another${meant === undefined ? '' : `: ${quoted(meant)}`}`;
  }
  const [, spoken] = SPOKEN.find(([words]) => words.test(name.trim())) ?? [];
  if (spoken !== undefined) return `did you mean ${quoted(spoken)}?`;
  const { all, cities, byPlainName } = zoneIds();
  const id =
    byPlainName.get(plain(name)) ??
    byPlainName.get(plain(cityOf(name))) ??
    nearest(name, all, NEAR) ??
    nearest(name, WINDOWS_NAMES, NEAR) ??
    nearest(name, cities, NEAR);
  if (id === undefined) return undefined;
  return `did you mean ${quoted(byPlainName.get(plain(id)) ?? id)}?`;
}

const quoted = (text: string): string => `"${text}"`;
