import { createRequire } from 'node:module';
import type Holidays from 'date-holidays';
import type { HolidaysTypes } from 'date-holidays';
import type { CalendarFile } from '../../services/calendars/schema.ts';
import { needed, reasonOf, Unusable, UsageError, validFor, type Years } from './files.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Those that date-holidays tells apart. */
const TYPES = ['public', 'bank', 'optional', 'school', 'observance'];

interface Wanted {
  name: string;
  /** ISO 3166 codes; a region is a state, or a state and what is in it (`BY-A`). */
  country: string;
  region: string | undefined;
  /** ISO 639-1. */
  language: string | undefined;
  timezone: string | undefined;
  years: Years;
  types: string[];
  say: (line: string) => void;
}

/**
 * A calendar of a country's holidays. Whole days become `holidays`, parts of days closings.
 * @throws UsageError for a country, region or type that there is not; Unusable when there is no holiday
 */
export async function publicHolidays(wanted: Wanted): Promise<CalendarFile> {
  const { default: Holidays } = await needed('date-holidays', () => import('date-holidays'));
  const { years, types, say } = wanted;
  const unknown = types.find((type) => !TYPES.includes(type));
  if (unknown !== undefined)
    throw new UsageError(`--types takes ${TYPES.join(', ')}, with commas between them.`);
  const all = new Holidays();
  const place = placeOf(all, wanted);
  const [country, state, part] = place.codes;
  const where = { country, ...(state && { state }), ...(part && { region: part }) };
  const zones = new Holidays(where).getTimezones();
  const timezone = wanted.timezone ?? (zones.length === 1 ? zones[0] : undefined);
  if (timezone === undefined) throw new UsageError(`Say which: --timezone ${zones.join(' | ')}.`);
  const source = new Holidays(where, { timezone });

  const found: HolidaysTypes.Holiday[] = [];
  for (let year = years.first; year <= years.last; year++) {
    const own = source.getHolidays(year, wanted.language);
    found.push(...own.filter(({ type }) => types.includes(type)));
  }
  if (found.length === 0) throw new Unusable(`date-holidays knows no holiday of ${place.name} then.`);
  const { holidays, overrides } = closings(found);
  say(
    `${holidays.length} days and ${overrides.length} parts of days. date-holidays is kept by volunteers and known to err: hold the file against what the authorities publish before you use it.`,
  );
  return {
    name: wanted.name,
    attribution: `Holidays (${types.join(', ')}) of ${place.name}, made with date-holidays ${versionOf('date-holidays')} (https://github.com/commenthol/date-holidays), whose data is under CC BY-SA 3.0 (https://creativecommons.org/licenses/by-sa/3.0/) and relies on Wikipedia. Put into this form; not checked against any authority.`,
    timezone,
    ...validFor(years),
    holidays,
    ...(overrides.length > 0 && { overrides }),
  };
}

/** Where there are none, the library answers undefined, whatever its types say. */
type Names = Record<string, string> | undefined;

/** @throws UsageError */
function placeOf(
  all: Holidays,
  { country: said, region }: Wanted,
): { codes: [country: string, state?: string, region?: string]; name: string } {
  const country = said.toUpperCase();
  const countryName = all.getCountries('en')[country];
  if (countryName === undefined) {
    const known = Object.keys(all.getCountries()).join(' ');
    throw new UsageError(`date-holidays does not know the country ${said}. It knows ${known}.`);
  }
  if (region === undefined) return { codes: [country], name: countryName };
  const states = (all.getStates(country, 'en') as Names) ?? {};
  const [saidState = '', saidPart] = region.split(/-(.*)/);
  const state = codeIn(states, saidState);
  const parts =
    state === undefined || saidPart === undefined
      ? undefined
      : (all.getRegions(country, state, 'en') as Names);
  const part = saidPart === undefined ? undefined : codeIn(parts ?? {}, saidPart);
  if (state === undefined || (saidPart !== undefined && part === undefined)) {
    const known = Object.keys(states).join(' ') || 'none';
    throw new UsageError(
      `date-holidays does not know the region ${region} of ${countryName}. It knows ${known}.`,
    );
  }
  return {
    codes: part === undefined ? [country, state] : [country, state, part],
    name: [part === undefined ? undefined : parts?.[part], states[state], countryName]
      .filter(Boolean)
      .join(', '),
  };
}

/** A code as the library writes it, whatever its letter case. */
const codeIn = (names: Record<string, string>, said: string): string | undefined =>
  Object.keys(names).find((code) => code.toLowerCase() === said.toLowerCase());

function closings(found: readonly HolidaysTypes.Holiday[]) {
  const days = new Map<string, string[]>();
  const overrides: NonNullable<CalendarFile['overrides']> = [];
  for (const { date, start, end, name } of found) {
    const length = end.getTime() - start.getTime();
    // A day on which the clocks change has an hour more or less.
    const whole = Math.round(length / DAY_MS);
    if (date.slice(11, 19) === '00:00:00' && Math.abs(length - whole * DAY_MS) <= HOUR_MS && whole > 0) {
      for (let day = 0; day < whole; day++) {
        const at = new Date(Date.parse(`${date.slice(0, 10)}T00:00:00Z`) + day * DAY_MS);
        const text = at.toISOString().slice(0, 10);
        days.set(text, [...(days.get(text) ?? []), name]);
      }
    } else {
      overrides.push({ from: moment(start), to: moment(end), open: false, reason: reasonOf([name]) });
    }
  }
  const holidays = [...days.entries()]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([date, names]) => ({ date, reason: reasonOf(names) }));
  return { holidays, overrides };
}

const moment = (at: Date): string => at.toISOString().replace('.000', '');

const versionOf = (library: string): string =>
  (createRequire(import.meta.url)(`${library}/package.json`) as { version: string }).version;
