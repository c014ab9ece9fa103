import { readFile } from 'node:fs/promises';
import type ICAL from 'ical.js';
import { Problem } from '../../errors.ts';
import type { CalendarFile } from '../../services/calendars/schema.ts';
import {
  dateOf,
  dayOf,
  joinLocal,
  localFields,
  NS_PER_SECOND,
  splitLocal,
} from '../../services/date/engine/gregorian.ts';
import { firstMomentOf, settle } from '../../services/date/engine/local-time.ts';
import { offsetAt } from '../../services/date/engine/offsets.ts';
import { pad2, pad4 } from '../../services/date/input/text.ts';
import { resolveZone } from '../../services/date/input/zones.ts';
import { needed, reasonOf, Unusable, UsageError, validFor, type Years } from './files.ts';

type Ical = typeof ICAL;
type Time = InstanceType<Ical['Time']>;
type Component = InstanceType<Ical['Component']>;
type Event = InstanceType<Ical['Event']>;

/** An event as files have it: what is required there may be missing. */
interface Occurrence {
  item: Event;
  startDate: Time;
  endDate: Time;
}

const LARGEST_BYTES = 16 * 1024 * 1024;
/** Of one event: a rule by the minute is no holiday. */
const MOST_OCCURRENCES = 5_000;

/** Events that calendars of holidays hold although they are no days off: that the clocks change. */
const CLOCK_CHANGE =
  /daylight[ -]?sav|\bDST\b|summer ?time|winter ?time|standard time|clocks? (?:change|go|are|spring|fall|move)|zeitumstellung|(?:sommer|winter|normal)zeit|heure d[’']\s?(?:été|hiver)|changement d[’']heure|cambio de hora|horario de (?:verano|invierno|verão)|ora (?:legale|solare)|zomertijd|wintertijd/i;

interface Import {
  name: string;
  /** Of the calendar; without it that of the file. */
  timezone: string | undefined;
  years: Years | undefined;
  say: (line: string) => void;
}

interface Closing {
  /** Epoch nanoseconds of a part of days, or the local days (from 1970) that are closed from midnight to midnight. */
  at: { fromNs: bigint; toNs: bigint } | { firstDay: number; days: number };
  reason: string;
}

/**
 * A calendar of what an iCalendar file (RFC 5545) holds: whole days become `holidays`, events with times closings.
 * @throws UsageError where the zone or the years must be said; Unusable for a file that is none, or has no event to use
 */
export async function importICalendar(
  path: string,
  { name, timezone, years, say }: Import,
): Promise<CalendarFile> {
  const bytes = await readFile(path);
  if (bytes.length > LARGEST_BYTES) throw new Unusable(`${path} is larger than ${LARGEST_BYTES} bytes.`);
  const { default: ical } = await needed('ical.js', () => import('ical.js'));
  const calendars = calendarsIn(ical, bytes.toString('utf8').replace(/^\uFEFF/, ''), path);
  const zone = resolveZone(timezone ?? zoneOf(calendars));

  const closings: Closing[] = [];
  const events = calendars.flatMap((one) => one.getAllSubcomponents('vevent'));
  for (const component of events) {
    const event = new ical.Event(component);
    if (event.isRecurrenceException()) continue;
    const left = leftOut(event);
    if (left === undefined) closings.push(...closingsOf(event, zone, years));
    else say(`Left out ${JSON.stringify(summaryOf(event))}: ${left}.`);
  }
  const { holidays, overrides } = inYears(closings, zone, years);
  if (holidays.length + overrides.length === 0) {
    throw new Unusable(`${path} has ${events.length} events, and none of them closes a day or a time then.`);
  }
  say(`${holidays.length} days and ${overrides.length} times of ${events.length} events.`);
  return {
    name,
    timezone: zone,
    ...validFor(years),
    ...(holidays.length > 0 && { holidays }),
    ...(overrides.length > 0 && { overrides }),
  };
}

/** @throws Unusable */
function calendarsIn(ical: Ical, text: string, path: string): Component[] {
  let parsed: unknown[];
  try {
    parsed = ical.parse(text) as unknown[];
  } catch (error) {
    throw new Unusable(`${path} is not an iCalendar file: ${(error as Error).message}.`);
  }
  const all = (typeof parsed[0] === 'string' ? [parsed] : parsed) as unknown[][];
  const calendars = all.map((one) => new ical.Component(one as never));
  if (calendars.length === 0 || calendars.some(({ name }) => name !== 'vcalendar')) {
    throw new Unusable(`${path} is not an iCalendar file: it has no VCALENDAR.`);
  }
  return calendars;
}

/** The zone that a file is about. @throws UsageError where it does not say one */
function zoneOf(calendars: readonly Component[]): string {
  const said = calendars.flatMap((one) => {
    const own = one.getFirstPropertyValue('x-wr-timezone');
    const zones = one.getAllSubcomponents('vtimezone').map((zone) => zone.getFirstPropertyValue('tzid'));
    return own === null ? zones : [own];
  });
  const zones = [...new Set(said.map(String))];
  const [zone] = zones;
  if (zones.length === 1 && zone !== undefined) return zone;
  const which = zones.length === 0 ? 'ZONE, as the file names none' : zones.join(' | ');
  throw new UsageError(`Say which zone it is about: --timezone ${which}.`);
}

/** Why an event is no closing; undefined for one that is. */
function leftOut(event: Event): string | undefined {
  const { component } = event;
  if (CLOCK_CHANGE.test(summaryOf(event))) return 'it tells of a change of the clocks';
  if (String(component.getFirstPropertyValue('status')).toUpperCase() === 'CANCELLED')
    return 'it is cancelled';
  return component.hasProperty('dtstart') ? undefined : 'it has no start';
}

const summaryOf = ({ component }: Event): string =>
  String(component.getFirstPropertyValue('summary') ?? '').trim();

/** Of each occurrence, the moved and the cancelled ones taken into account. */
function closingsOf(event: Event, zone: string, years: Years | undefined): Closing[] {
  if (!event.isRecurring())
    return [closing({ item: event, startDate: event.startDate, endDate: event.endDate }, zone)];
  const closings: Closing[] = [];
  if (years === undefined && isEndless(event)) {
    throw new UsageError(
      `${JSON.stringify(summaryOf(event))} recurs for ever: say for which years, --years 2026-2028.`,
    );
  }
  const iterator = event.iterator();
  for (let count = 0; ; count++) {
    const next = iterator.next() as Time | undefined;
    // Beyond the last year by one, as the clock of another zone may be behind.
    if (!next || (years !== undefined && next.year > years.last + 1)) return closings;
    if (count === MOST_OCCURRENCES) {
      throw new Unusable(`${JSON.stringify(summaryOf(event))} occurs more than ${MOST_OCCURRENCES} times.`);
    }
    const occurrence = event.getOccurrenceDetails(next) as unknown as Occurrence;
    if (leftOut(occurrence.item) === undefined) closings.push(closing(occurrence, zone));
  }
}

const isEndless = ({ component }: Event): boolean =>
  component.getAllProperties('rrule').some((rule) => !/COUNT=|UNTIL=/i.test(String(rule.getFirstValue())));

function closing({ item, startDate, endDate }: Occurrence, zone: string): Closing {
  const reason = reasonOf([summaryOf(item)]);
  const from = localOf(startDate, item, 'dtstart', zone);
  const to = localOf(endDate, item, 'dtend', zone);
  const days = to.day - from.day;
  // Some programs write whole days as times from midnight to midnight.
  if (from.timeNs === 0n && to.timeNs === 0n && (startDate.isDate || days > 0)) {
    return { at: { firstDay: from.day, days: Math.max(1, days) }, reason };
  }
  return { at: { fromNs: from.epochNs, toNs: to.epochNs }, reason };
}

/** A time of the file on the clock of `zone`, and its moment. A time without a zone is on that clock already. */
function localOf(time: Time, event: Event, property: 'dtstart' | 'dtend', zone: string) {
  const { year, month, day, hour, minute, second } = time;
  const local = joinLocal(
    dayOf(year, month, day),
    BigInt((hour * 60 + minute) * 60 + second) * NS_PER_SECOND,
  );
  if (time.isDate) return { ...splitLocal(local), epochNs: firstMomentOf(dayOf(year, month, day), zone) };
  const epochNs = momentOf(time, local, tzidOf(time, event, property), zone);
  return { ...splitLocal(epochNs + offsetAt(zone, epochNs)), epochNs };
}

/** Of an end that is told as a duration, the zone of the start. */
function tzidOf({ zone }: Time, { component }: Event, property: 'dtstart' | 'dtend'): string | undefined {
  if (zone.tzid === 'UTC') return 'UTC';
  const said = component.getFirstProperty(property) ?? component.getFirstProperty('dtstart');
  const tzid = said?.getParameter('tzid');
  return tzid === undefined ? undefined : String(tzid);
}

/** By this service's tz database where it knows the zone, else by the file's own definition. @throws Unusable */
function momentOf(time: Time, localNs: bigint, tzid: string | undefined, zone: string): bigint {
  const known = tzid === undefined ? zone : knownZone(tzid);
  if (known !== undefined) return settle(localNs, known, 'compatible').epochNs;
  if (time.zone.tzid === tzid) return BigInt(time.toUnixTime()) * NS_PER_SECOND;
  throw new Unusable(`The file does not define its time zone ${tzid}, and no tz database has it.`);
}

/** Some programs write a path before the name. */
function knownZone(tzid: string): string | undefined {
  for (const name of [tzid, tzid.split('/').slice(-2).join('/')]) {
    try {
      return resolveZone(name);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
    }
  }
  return undefined;
}

/** Both lists in order; of whole days, one entry each. */
function inYears(closings: readonly Closing[], zone: string, years: Years | undefined) {
  const days = new Map<number, string[]>();
  const overrides: NonNullable<CalendarFile['overrides']> = [];
  const isWanted = (day: number) =>
    years === undefined || (dateOf(day).year >= years.first && dateOf(day).year <= years.last);
  for (const { at, reason } of closings) {
    if ('days' in at) {
      for (let day = at.firstDay; day < at.firstDay + at.days; day++) {
        if (isWanted(day)) days.set(day, [...(days.get(day) ?? []), reason]);
      }
    } else if (at.toNs > at.fromNs && isWanted(splitLocal(at.fromNs + offsetAt(zone, at.fromNs)).day)) {
      const [from, to] = [momentText(at.fromNs, zone), momentText(at.toNs, zone)];
      overrides.push({ from, to, open: false, ...(reason !== '' && { reason }) });
    }
  }
  const holidays = [...days]
    .sort(([one], [other]) => one - other)
    .map(([day, reasons]) => {
      const reason = reasonOf(reasons);
      return { date: dayText(day), ...(reason !== '' && { reason }) };
    });
  return { holidays, overrides: overrides.sort((one, other) => (one.from < other.from ? -1 : 1)) };
}

function dayText(epochDay: number): string {
  const { year, month, day } = dateOf(epochDay);
  return `${pad4(year)}-${pad2(month)}-${pad2(day)}`;
}

/** As the calendar's clock shows it; with `Z` where it shows that twice. */
function momentText(epochNs: bigint, zone: string): string {
  const localNs = epochNs + offsetAt(zone, epochNs);
  const isPlain = settle(localNs, zone, 'compatible').epochNs === epochNs;
  const ns = isPlain ? localNs : epochNs;
  const { hour, minute, second } = localFields(ns);
  return `${dayText(splitLocal(ns).day)}T${[hour, minute, second].map(pad2).join(':')}${isPlain ? '' : 'Z'}`;
}
