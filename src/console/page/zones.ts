/** Finding a zone by id, alias, Windows name, city or abbreviation. */
export interface Zone {
  id: string;
  /** Names of before. */
  aliases: string[];
  windows: string[];
  /** EST, EDT: what people call it. */
  abbreviations: string[];
}

export interface Match {
  /** What goes into the request. */
  value: string;
  /** What else it is called. */
  note: string;
}

/** English speakers of each place have their own abbreviations: Berlin is CET in London and GMT+1 in New York. */
const LOCALES = ['en-US', 'en-GB', 'en-AU', 'en-NZ', 'en-IN', 'en-ZA'];

function abbreviationsOf(id: string, moments: Date[]): string[] {
  const found = LOCALES.flatMap((locale) => {
    const format = new Intl.DateTimeFormat(locale, { timeZone: id, timeZoneName: 'short' });
    return moments.map(
      (at) => format.formatToParts(at).find(({ type }) => type === 'timeZoneName')?.value ?? '',
    );
  });
  return [...new Set(found)].filter((name) => /^[A-Z]{2,5}$/.test(name));
}

/** Browsers still list some zones by the names of before; the tz database has moved on. */
const RENAMED: Record<string, string> = {
  'Africa/Asmera': 'Africa/Asmara',
  'America/Buenos_Aires': 'America/Argentina/Buenos_Aires',
  'America/Catamarca': 'America/Argentina/Catamarca',
  'America/Coral_Harbour': 'America/Atikokan',
  'America/Cordoba': 'America/Argentina/Cordoba',
  'America/Godthab': 'America/Nuuk',
  'America/Indianapolis': 'America/Indiana/Indianapolis',
  'America/Jujuy': 'America/Argentina/Jujuy',
  'America/Louisville': 'America/Kentucky/Louisville',
  'America/Mendoza': 'America/Argentina/Mendoza',
  'Asia/Calcutta': 'Asia/Kolkata',
  'Asia/Katmandu': 'Asia/Kathmandu',
  'Asia/Rangoon': 'Asia/Yangon',
  'Asia/Saigon': 'Asia/Ho_Chi_Minh',
  'Atlantic/Faeroe': 'Atlantic/Faroe',
  'Europe/Kiev': 'Europe/Kyiv',
  'Pacific/Enderbury': 'Pacific/Kanton',
  'Pacific/Ponape': 'Pacific/Pohnpei',
  'Pacific/Truk': 'Pacific/Chuuk',
};

/** The zones of this browser; `windows` maps Windows names to ids. */
export function zonesOf(windows: Record<string, string>, year: number): Zone[] {
  const moments = [new Date(Date.UTC(year, 0, 15)), new Date(Date.UTC(year, 6, 15))];
  return ['UTC', ...Intl.supportedValuesOf('timeZone').filter((id) => id !== 'UTC')].map((id) => ({
    id: RENAMED[id] ?? id,
    aliases: RENAMED[id] === undefined ? [] : [id],
    windows: Object.keys(windows).filter((name) => windows[name] === id),
    abbreviations: abbreviationsOf(id, moments),
  }));
}

const folded = (text: string) =>
  text
    .toLowerCase()
    .replaceAll(/[_\s/]+/g, ' ')
    .trim();

/** How well a zone fits, the smaller the better; undefined when it does not. */
function rank(zone: Zone, wanted: string): number | undefined {
  const id = folded(zone.id);
  const city = folded(zone.id.split('/').at(-1) ?? '');
  const former = zone.aliases.map(folded);
  if (id === wanted || former.includes(wanted)) return 0;
  if (zone.abbreviations.some((name) => name.toLowerCase() === wanted)) return 1;
  if (city.startsWith(wanted)) return 2;
  if (zone.windows.some((name) => folded(name).startsWith(wanted))) return 3;
  if (id.includes(wanted) || former.some((name) => name.includes(wanted))) return 4;
  return zone.windows.some((name) => folded(name).includes(wanted)) ? 5 : undefined;
}

/** The canonical id of an alias such as `US/Eastern`, as far as this browser knows it. */
function canonical(alias: string): string | undefined {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: alias }).resolvedOptions().timeZone;
  } catch {
    return undefined;
  }
}

const note = ({ windows, abbreviations }: Zone) =>
  [abbreviations.join('/'), windows[0]].filter(Boolean).join(' · ');

/** The best of them first. What was typed comes first where it is an alias of its own. */
export function findZones(zones: Zone[], query: string, most = 8): Match[] {
  const wanted = folded(query);
  if (wanted === '') return zones.slice(0, most).map((zone) => ({ value: zone.id, note: note(zone) }));
  const matches = zones
    .map((zone) => ({ zone, fit: rank(zone, wanted) }))
    .filter((one): one is { zone: Zone; fit: number } => one.fit !== undefined)
    .sort((a, b) => a.fit - b.fit || a.zone.id.localeCompare(b.zone.id))
    .map(({ zone }) => ({ value: zone.id, note: note(zone) }));
  const typed = query.trim();
  const alias = zones.some(({ id }) => id === typed) ? undefined : canonical(typed);
  if (alias !== undefined) matches.unshift({ value: typed, note: `the same clock as ${alias}` });
  return matches.slice(0, most);
}
