import { Problem } from '../../../errors.ts';
import {
  dayOf,
  floorDiv,
  type LocalFields,
  localFields,
  NS_PER_MINUTE,
  weekdayOf,
} from '../engine/gregorian.ts';
import { quote } from '../input/text.ts';
import { type Names, namesOf } from './names.ts';

/** A pattern of Unicode's date fields (LDML, UTS 35 part 4), ready to write with. */
export interface Pattern {
  /** Decimal places of seconds that it writes; undefined when it has no seconds at all. */
  digits: number | undefined;
  /** `offset` is the zone's at that moment, exact; `printed` the same rounded to minutes. */
  write(epochNs: bigint, zone: string, offset: bigint, printed: bigint): string;
}

interface Moment extends LocalFields {
  weekday: number;
  dayOfYear: number;
  printed: bigint;
  zone: string;
  epochMs: number;
}

type Field = (moment: Moment, names: Names) => string;

const pad = (value: number, length: number): string => String(value).padStart(length, '0');

const twelve = (hour: number): number => (hour % 12 === 0 ? 12 : hour % 12);

/** An offset as `+05`, `+0530` or `+05:30`; `short` leaves out minutes that are zero, `z` writes UTC as `Z`. */
function offsetText(
  offset: bigint,
  { colon, short, z }: { colon: string; short?: boolean; z?: boolean },
): string {
  const minutes = Number(offset / NS_PER_MINUTE);
  if (minutes === 0 && z === true) return 'Z';
  const magnitude = Math.abs(minutes);
  const sign = minutes < 0 ? '-' : '+';
  const rest = short === true && magnitude % 60 === 0 ? '' : `${colon}${pad(magnitude % 60, 2)}`;
  return `${sign}${pad(Math.floor(magnitude / 60), 2)}${rest}`;
}

function gmtText(offset: bigint, isLong: boolean): string {
  const minutes = Number(offset / NS_PER_MINUTE);
  if (minutes === 0) return 'GMT';
  const magnitude = Math.abs(minutes);
  const [hour, minute] = [Math.floor(magnitude / 60), magnitude % 60];
  const sign = minutes < 0 ? '-' : '+';
  if (isLong) return `GMT${sign}${pad(hour, 2)}:${pad(minute, 2)}`;
  return `GMT${sign}${hour}${minute === 0 ? '' : `:${pad(minute, 2)}`}`;
}

/** Every field there is. A letter that is not here is refused. */
const FIELDS: Record<string, Field> = {
  y: ({ year }) => String(year),
  yy: ({ year }) => pad(year % 100, 2),
  yyyy: ({ year }) => pad(year, 4),
  Q: ({ month }) => String(Math.ceil(month / 3)),
  M: ({ month }) => String(month),
  MM: ({ month }) => pad(month, 2),
  MMM: ({ month }, { months }) => months.short[month - 1] ?? '',
  MMMM: ({ month }, { months }) => months.long[month - 1] ?? '',
  LLL: ({ month }, { monthsAlone }) => monthsAlone.short[month - 1] ?? '',
  LLLL: ({ month }, { monthsAlone }) => monthsAlone.long[month - 1] ?? '',
  d: ({ day }) => String(day),
  dd: ({ day }) => pad(day, 2),
  D: ({ dayOfYear }) => String(dayOfYear),
  DDD: ({ dayOfYear }) => pad(dayOfYear, 3),
  E: ({ weekday }, { weekdays }) => weekdays.short[weekday - 1] ?? '',
  EEE: ({ weekday }, { weekdays }) => weekdays.short[weekday - 1] ?? '',
  EEEE: ({ weekday }, { weekdays }) => weekdays.long[weekday - 1] ?? '',
  a: ({ hour }, { halves }) => halves[hour < 12 ? 0 : 1],
  h: ({ hour }) => String(twelve(hour)),
  hh: ({ hour }) => pad(twelve(hour), 2),
  H: ({ hour }) => String(hour),
  HH: ({ hour }) => pad(hour, 2),
  m: ({ minute }) => String(minute),
  mm: ({ minute }) => pad(minute, 2),
  s: ({ second }) => String(second),
  ss: ({ second }) => pad(second, 2),
  S: ({ nanosecond }) => pad(nanosecond, 9).slice(0, 1),
  SS: ({ nanosecond }) => pad(nanosecond, 9).slice(0, 2),
  SSS: ({ nanosecond }) => pad(nanosecond, 9).slice(0, 3),
  X: ({ printed }) => offsetText(printed, { colon: '', short: true, z: true }),
  XX: ({ printed }) => offsetText(printed, { colon: '', z: true }),
  XXX: ({ printed }) => offsetText(printed, { colon: ':', z: true }),
  x: ({ printed }) => offsetText(printed, { colon: '', short: true }),
  xx: ({ printed }) => offsetText(printed, { colon: '' }),
  xxx: ({ printed }) => offsetText(printed, { colon: ':' }),
  O: ({ printed }) => gmtText(printed, false),
  OOOO: ({ printed }) => gmtText(printed, true),
  z: ({ zone, epochMs }, { zoneName }) => zoneName('short', zone, epochMs),
  zzzz: ({ zone, epochMs }, { zoneName }) => zoneName('long', zone, epochMs),
  VV: ({ zone }) => zone,
};

export const PATTERN_FIELDS: readonly string[] = Object.keys(FIELDS);

const PATTERNS_KEPT = 64;
const known = new Map<string, Pattern>();

/**
 * Reads a pattern: fields of letters, text in 'quotes' ('' is a quote), and everything else as it stands.
 * @throws Problem `VALIDATION_FAILED` for an unknown field or locale
 */
export function patternOf(text: string, locale: string): Pattern {
  const key = `${locale} ${text}`;
  const found = known.get(key);
  if (found !== undefined) return found;
  const names = namesOf(locale);
  if (names === undefined) {
    throw refused(
      '/output_locale',
      `${quote(locale)} is not a locale that is known here: give one such as en-US or de-CH.`,
    );
  }
  const pattern = compile(text, names);
  if (known.size >= PATTERNS_KEPT) known.clear();
  known.set(key, pattern);
  return pattern;
}

const refused = (path: string, detail: string): Problem =>
  new Problem('VALIDATION_FAILED', detail, { errors: [{ path, message: detail }] });

const TOKEN = /''|'((?:[^']|'')*)'|(([A-Za-z])\3*)|([^A-Za-z']+)/gy;

/** What is probably meant by letters that other pattern languages have. */
const MEANT: Record<string, string> = {
  Y: 'yyyy (YYYY would be the year that the week belongs to)',
  f: 'SSS',
  t: 'a',
  T: "'T' in quotes",
  Z: 'xx or XXX',
  D: 'dd (D and DDD count the days of the year)',
  n: 'SSS',
  K: 'XXX',
};

function compile(text: string, names: Names): Pattern {
  const parts: (string | Field)[] = [];
  let digits: number | undefined;
  let end = 0;
  for (const [whole, quoted, field, letter = '', plain] of text.matchAll(TOKEN)) {
    end += whole.length;
    if (field !== undefined) {
      const write = FIELDS[field];
      if (write === undefined) throw unknownField(field, letter);
      if (letter === 'S') digits = Math.max(digits ?? 0, field.length);
      else if (letter === 's') digits ??= 0;
      parts.push(write);
    } else {
      parts.push(plain ?? (quoted === undefined ? "'" : quoted.replaceAll("''", "'")));
    }
  }
  if (end < text.length) {
    throw refused(
      '/output_pattern',
      "output_pattern has a quote that is not closed: write '' for a quote itself.",
    );
  }
  return {
    digits,
    write(epochNs, zone, offset, printed) {
      const local = localFields(epochNs + offset);
      const day = dayOf(local.year, local.month, local.day);
      const moment: Moment = {
        ...local,
        weekday: weekdayOf(day),
        dayOfYear: day - dayOf(local.year, 1, 1) + 1,
        printed,
        zone,
        epochMs: Number(floorDiv(epochNs, 1_000_000n)),
      };
      return parts.map((part) => (typeof part === 'string' ? part : part(moment, names))).join('');
    },
  };
}

function unknownField(field: string, letter: string): Problem {
  const sizes = PATTERN_FIELDS.filter((one) => one.startsWith(letter));
  const meant =
    sizes.length > 0
      ? ` It is written ${sizes.join(' or ')}.`
      : letter in MEANT
        ? ` You may mean ${String(MEANT[letter])}.`
        : '';
  return refused(
    '/output_pattern',
    `${quote(field)} is not a field of output_pattern.${meant} Fields are ${PATTERN_FIELDS.join(' ')}; other text stands in 'quotes'.`,
  );
}
