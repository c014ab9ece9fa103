/** What was probably meant by a timestamp of another form. Asked only when one is refused. */

const CLOCK = /^(\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2})(:\d{2})?([.,]\d+)?\s*(.*)$/;
const OFFSET = /^([+-]\d{2})(?::?(\d{2}))?$/;

/** How an RFC 3339 text has to be changed, or undefined where it is nothing like one. */
export function timestampHint(text: string): string | undefined {
  if (text.length > 64) return undefined;
  if (/^-?\d{6,24}$/.test(text))
    return 'a count since 1970 is written out here, such as 2024-02-29T15:30:00Z';
  const [, minutes, seconds, fraction = '', rest = ''] = CLOCK.exec(text) ?? [];
  if (minutes === undefined) return undefined;
  if (seconds === undefined) return `its seconds are missing, as in ${minutes}:00${rest}`;
  if (fraction.length > 10) return 'a fraction has up to nine digits';
  const clock = `${minutes}${seconds}${fraction.replace(',', '.')}`;
  if (fraction.startsWith(',')) return `a fraction begins with a point, as in ${clock}${rest}`;
  const [, hours, offsetMinutes = '00'] = OFFSET.exec(rest) ?? [];
  if (hours !== undefined) return `an offset has hours and minutes, as in ${clock}${hours}:${offsetMinutes}`;
  if (/^[A-Za-z_]+\/[A-Za-z_/]+$/.test(rest)) return `a zone stands in brackets, as in ${clock}[${rest}]`;
  if (/^[A-Za-z]{2,5}$/.test(rest)) {
    return `${rest} is no offset: write ${clock}-05:00 with the offset, or ${clock}[America/New_York] with the zone`;
  }
  return undefined;
}

const UNITS = [
  [11, 'second'],
  [14, 'millisecond'],
  [17, 'microsecond'],
  [Infinity, 'nanosecond'],
] as const;

/** The same for `source_timestamp`, beside which other fields say how it is written. */
export function sourceHint(text: string): string | undefined {
  if (/^-?\d{6,24}$/.test(text)) {
    const [, unit] = UNITS.find(([digits]) => text.length <= digits) ?? UNITS[0];
    return `a count since 1970 goes into source_epoch with its unit, such as "source_epoch": {"value": "${text}", "unit": "${unit}"}`;
  }
  if (/^\d{4}-\d{2}-\d{2}$/.test(text)) {
    return `it is a date alone: add "source_format": "date" for its first moment, or write ${text}T00:00:00`;
  }
  if (/^\d{1,2}\/\d{1,2}\/\d{4}/.test(text)) {
    return 'with "source_format": "cxone_studio" it is read as MM/dd/yyyy hh:mm:ss tt, such as 02/29/2024 10:30:00 AM';
  }
  if (/^[A-Za-z]{3}, \d/.test(text)) {
    return 'with "source_format": "rfc1123" it is read like Thu, 29 Feb 2024 15:30:00 GMT';
  }
  if (/^\d{5}\.\d+$/.test(text)) {
    return 'with "source_format": "ole_automation_date" it is read as days since 30 December 1899';
  }
  return timestampHint(text);
}
