import type { Disambiguation } from '../../../schemas/manipulation.ts';
import { dayOf, daysInMonth, joinLocal, NS_PER_SECOND, splitLocal } from '../engine/gregorian.ts';
import { firstMomentOf, settle } from '../engine/local-time.ts';
import { offsetAt } from '../engine/offsets.ts';
import { quote } from '../input/text.ts';
import { resolveZone } from '../input/zones.ts';
import { invalidRule, parseRule, type Rule } from './rule.ts';

/** A recurrence set as its text describes it. Moments are epoch seconds, which is as fine as RFC 5545 goes. */
export interface Recurrence {
  rule: Rule;
  /** The zone in which the rule's clock runs. */
  zone: string;
  /** Where it starts: the moment, and what the clock shows then (seconds as if it were UTC). */
  start: { epoch: number; local: number };
  /** The last moment that may occur. */
  until: number;
  additional: number[];
  excludedMoments: ReadonlySet<number>;
  /** Days of the zone's calendar that are excluded whole (an `EXDATE` without a time). */
  excludedDays: ReadonlySet<number>;
}

const PARAMETERS = String.raw`(?:;[A-Z0-9-]+=(?:"[^"]*"|[^";:]*))*`;
const LINE = new RegExp(`^([A-Z]+)(${PARAMETERS}):(.*)$`, 'i');
const PARAMETER = /;([A-Z0-9-]+)=(?:"([^"]*)"|([^";:]*))/gi;
/** The value of an RRULE without its name. */
const BARE_RULE = /^[A-Z]+=[^:]*$/i;
const PROPERTIES = new Set(['DTSTART', 'RRULE', 'RDATE', 'EXDATE']);
const VALUE = /^(\d{4})(\d{2})(\d{2})(?:T(\d{2})(\d{2})(\d{2})(Z)?)?$/;

interface Property {
  zone: string | null;
  value: string;
}

/**
 * Reads content lines (RFC 5545 3.1): one `RRULE`, or its bare value, and `DTSTART`, `RDATE` and `EXDATE` if wanted.
 * Without `DTSTART` it starts at the source, at the full second. A time without `TZID` or `Z` is on the target zone's clock;
 * with a `DTSTART` that has a zone, the rule runs on the clock of that zone. Throws `INVALID_RECURRENCE_RULE` or
 * `UNKNOWN_TIME_ZONE`.
 */
export function parseRecurrence(text: string, sourceNs: bigint, targetZone: string): Recurrence {
  const properties = readLines(text);
  const ruleText = single(properties, 'RRULE')?.value;
  if (ruleText === undefined) throw invalidRule('there is no RRULE in it');
  const rule = parseRule(ruleText);
  const dtstart = single(properties, 'DTSTART');
  const { zone, start, dateOnly } =
    dtstart === undefined ? fromSource(sourceNs, targetZone) : fromText(dtstart, targetZone);
  const excluded = values(properties, 'EXDATE').map((property) => read(property, zone));
  return {
    // RFC 5545 3.3.10: a DTSTART that is a date has no times, and these parts are ignored beside it.
    rule: dateOnly ? { ...rule, byHour: null, byMinute: null, bySecond: null } : rule,
    zone,
    start,
    until: rule.until === null ? Infinity : lastMoment(rule.until, zone),
    additional: values(properties, 'RDATE').map((property) => read(startOfPeriod(property), zone).epoch),
    excludedMoments: new Set(excluded.filter(({ dateOnly }) => !dateOnly).map(({ epoch }) => epoch)),
    excludedDays: new Set(excluded.filter(({ dateOnly }) => dateOnly).map(({ local }) => local / 86_400)),
  };
}

function readLines(text: string): Map<string, Property[]> {
  const properties = new Map<string, Property[]>();
  // A line that begins with a space goes on from the one before.
  const lines = text.replaceAll(/\r?\n[ \t]/g, '').split(/\r?\n/);
  for (const line of lines) {
    if (line === '') continue;
    const match = LINE.exec(BARE_RULE.test(line) ? `RRULE:${line}` : line);
    const name = match?.[1]?.toUpperCase() ?? '';
    if (match === null || !PROPERTIES.has(name))
      throw invalidRule(ruleHint(line) ?? `${quote(line)} is not a line that it can have`);
    const property = { zone: zoneParameter(String(match[2])), value: String(match[3]) };
    properties.set(name, [...(properties.get(name) ?? []), property]);
  }
  return properties;
}

/** What was probably meant by a line that is none of a rule. */
function ruleHint(line: string): string | undefined {
  const words = line.trim().split(/\s+/);
  if (words.length === 5 && words.every((word) => /^[\d*/,#\-LWA-Z?]+$/i.test(word))) {
    return `a cron expression goes into "cron": ${quote(line)}`;
  }
  return /^(?:every|daily|weekly|monthly|yearly|hourly)\b/i.test(line)
    ? `${quote(line)} is not one: "FREQ=WEEKLY;BYDAY=MO" is every Monday, "FREQ=DAILY" every day`
    : undefined;
}

/** The zone of `TZID`. Other parameters say nothing that the value does not show, or nothing that matters here. */
function zoneParameter(parameters: string): string | null {
  for (const [, name = '', quoted, plain = ''] of parameters.matchAll(PARAMETER)) {
    if (name.toUpperCase() === 'TZID') return resolveZone(quoted ?? plain);
  }
  return null;
}

function single(properties: Map<string, Property[]>, name: string): Property | undefined {
  const [first, second] = properties.get(name) ?? [];
  if (second !== undefined) throw invalidRule(`${name} stands twice`);
  return first;
}

const values = (properties: Map<string, Property[]>, name: string): Property[] =>
  (properties.get(name) ?? []).flatMap(({ zone, value }) =>
    value.split(',').map((one) => ({ zone, value: one })),
  );

/** Of `19970101T180000Z/PT5H30M`, its start. */
const startOfPeriod = ({ zone, value }: Property): Property => ({
  zone,
  value: value.replace(/\/(?:P[\dWDTHMS]+|\d{8}T\d{6}Z?)$/i, ''),
});

const seconds = (ns: bigint): number => Number(ns / NS_PER_SECOND);

type Start = Pick<Recurrence, 'zone' | 'start'> & { dateOnly: boolean };

function fromSource(sourceNs: bigint, zone: string): Start {
  const { day, timeNs } = splitLocal(sourceNs + offsetAt(zone, sourceNs));
  const local = day * 86_400 + seconds(timeNs);
  return { zone, start: { epoch: local - seconds(offsetAt(zone, sourceNs)), local }, dateOnly: false };
}

function fromText(property: Property, targetZone: string): Start {
  const zone = /Z$/i.test(property.value) ? 'UTC' : (property.zone ?? targetZone);
  const { epoch, local, dateOnly } = read(property, zone);
  return { zone, start: { epoch, local }, dateOnly };
}

/** A local time that is written out is settled as RFC 5545 3.3.5 says, which is `compatible`. */
const WRITTEN: Disambiguation = 'compatible';

function read(
  { zone, value }: Property,
  fallback: string,
): { epoch: number; local: number; dateOnly: boolean } {
  const match = VALUE.exec(value.toUpperCase());
  if (match === null) throw invalidRule(`${quote(value)} is not a date or time such as 20260131T090000`);
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match
    .slice(1, 7)
    .map((part: string | undefined) => Number(part ?? 0));
  if (
    month < 1 ||
    month > 12 ||
    day < 1 ||
    day > daysInMonth(year, month) ||
    hour > 23 ||
    minute > 59 ||
    second > 60
  ) {
    throw invalidRule(`${quote(value)} is not a date or time that exists`);
  }
  const local = dayOf(year, month, day) * 86_400 + hour * 3600 + minute * 60 + Math.min(second, 59);
  const dateOnly = match[4] === undefined;
  if (match[7] !== undefined) {
    if (zone !== null)
      throw invalidRule(`TZID does not stand beside ${quote(value)}, which ends with Z and so is UTC`);
    return { epoch: local, local, dateOnly };
  }
  const localNs = joinLocal(0, BigInt(local) * NS_PER_SECOND);
  return { epoch: seconds(settle(localNs, zone ?? fallback, WRITTEN).epochNs), local, dateOnly };
}

/** `UNTIL` includes its moment; as a date, the whole of that day. */
function lastMoment(until: string, zone: string): number {
  const { epoch, local, dateOnly } = read({ zone: null, value: until }, zone);
  return dateOnly ? seconds(firstMomentOf(local / 86_400 + 1, zone)) - 1 : epoch;
}
