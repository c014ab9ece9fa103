/** The words of a locale for parts of a date, from Intl. Digits and the calendar are always those of ISO 8601. */
export interface Names {
  /** In a date, such as the Polish "maja" of 3 May; and standing alone, such as "maj". */
  months: { short: string[]; long: string[] };
  monthsAlone: { short: string[]; long: string[] };
  /** Index 0 is Monday. */
  weekdays: { short: string[]; long: string[] };
  /** Morning and afternoon. */
  halves: [am: string, pm: string];
  /** The zone's name at a moment (epoch milliseconds), such as "EST" or "Eastern Standard Time". */
  zoneName: (style: 'short' | 'long', zone: string, epochMs: number) => string;
}

const LOCALES_KEPT = 32;
const known = new Map<string, Names>();

/** The names of a locale (BCP 47), or undefined when Intl does not know it. */
export function namesOf(locale: string): Names | undefined {
  const found = known.get(locale);
  if (found !== undefined) return found;
  if (!isKnown(locale)) return undefined;
  const names = readNames(new Intl.Locale(locale, { calendar: 'gregory', numberingSystem: 'latn' }));
  if (known.size >= LOCALES_KEPT) known.clear();
  known.set(locale, names);
  return names;
}

function isKnown(locale: string): boolean {
  try {
    return Intl.DateTimeFormat.supportedLocalesOf(locale).length > 0;
  } catch {
    return false;
  }
}

function readNames(locale: Intl.Locale): Names {
  const part = (type: Intl.DateTimeFormatPartTypes, options: Intl.DateTimeFormatOptions) => {
    const formatter = new Intl.DateTimeFormat(locale, { timeZone: 'UTC', ...options });
    return (ms: number): string => formatter.formatToParts(ms).find((one) => one.type === type)?.value ?? '';
  };
  const months = (options: Intl.DateTimeFormatOptions) => {
    const name = part('month', options);
    return Array.from({ length: 12 }, (_, month) => name(Date.UTC(2024, month, 1)));
  };
  const weekdays = (weekday: 'short' | 'long') => {
    const name = part('weekday', { weekday });
    // 1 January 2024 is a Monday.
    return Array.from({ length: 7 }, (_, day) => name(Date.UTC(2024, 0, 1 + day)));
  };
  const half = part('dayPeriod', { hour: 'numeric', hour12: true });
  return {
    months: {
      short: months({ month: 'short', day: 'numeric' }),
      long: months({ month: 'long', day: 'numeric' }),
    },
    monthsAlone: { short: months({ month: 'short' }), long: months({ month: 'long' }) },
    weekdays: { short: weekdays('short'), long: weekdays('long') },
    halves: [half(Date.UTC(2024, 0, 1, 9)) || 'AM', half(Date.UTC(2024, 0, 1, 21)) || 'PM'],
    zoneName: zoneNames(locale),
  };
}

const ZONES_KEPT = 64;

function zoneNames(locale: Intl.Locale): Names['zoneName'] {
  const formatters = new Map<string, Intl.DateTimeFormat>();
  return (style, zone, epochMs) => {
    const key = `${style} ${zone}`;
    let formatter = formatters.get(key);
    if (formatter === undefined) {
      formatter = new Intl.DateTimeFormat(locale, { timeZone: zone, timeZoneName: style });
      if (formatters.size >= ZONES_KEPT) formatters.clear();
      formatters.set(key, formatter);
    }
    return formatter.formatToParts(epochMs).find(({ type }) => type === 'timeZoneName')?.value ?? zone;
  };
}
