/** Moments and offsets for people. */
const pad = (value: number) => String(value).padStart(2, '0');

/** `-05:00` in minutes; seconds are dropped. */
export function offsetMinutes(offset: string): number {
  const [, sign, hours, minutes] = /^([+-])(\d\d):(\d\d)/.exec(offset) ?? [];
  if (sign === undefined) return 0;
  return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes));
}

export function offsetText(minutes: number): string {
  const size = Math.abs(minutes);
  return `UTC${minutes < 0 ? '−' : '+'}${pad(Math.floor(size / 60))}:${pad(size % 60)}`;
}

const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** The wall clock of a moment at an offset, told apart into its parts. */
export function wallClock(epochMs: number, minutes: number) {
  const local = new Date(epochMs + minutes * 60_000);
  const seconds = local.getUTCSeconds();
  return {
    time: `${pad(local.getUTCHours())}:${pad(local.getUTCMinutes())}${seconds === 0 ? '' : `:${pad(seconds)}`}`,
    date: `${DAYS[local.getUTCDay()]} ${local.getUTCDate()} ${MONTHS[local.getUTCMonth()]} ${local.getUTCFullYear()}`,
    day: `${DAYS[local.getUTCDay()]} ${local.getUTCDate()} ${MONTHS[local.getUTCMonth()]}`,
  };
}

const UNITS = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
  ['second', 1],
] as const;

/** `2 hours 5 minutes`: the two largest units of a length of time in seconds. */
export function lengthText(seconds: number): string {
  let left = Math.round(Math.abs(seconds));
  const parts: string[] = [];
  for (const [unit, size] of UNITS) {
    const count = Math.floor(left / size);
    left -= count * size;
    if (count > 0 && parts.length < 2) parts.push(`${count} ${unit}${count === 1 ? '' : 's'}`);
  }
  return parts.length === 0 ? 'no time' : parts.join(' ');
}

/** Milliseconds as people read them. */
export const durationText = (ms: number): string =>
  ms < 1
    ? `${Math.round(ms * 1000)} µs`
    : ms < 1_000
      ? `${ms.toFixed(ms < 10 ? 1 : 0)} ms`
      : `${(ms / 1000).toFixed(1)} s`;

/** `Sun 8 Mar 2026, 03:30 −04:00`; undefined for a zone that this browser does not know. */
export function inZone(instant: string, timeZone: string): string | undefined {
  try {
    const parts = new Intl.DateTimeFormat('en-GB', {
      timeZone,
      weekday: 'short',
      day: 'numeric',
      month: 'short',
      year: 'numeric',
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
      timeZoneName: 'longOffset',
    }).formatToParts(new Date(instant));
    const part = (name: string) => parts.find(({ type }) => type === name)?.value ?? '';
    // UTC needs no offset beside it, and its column says what it is.
    const offset = timeZone === 'UTC' ? '' : part('timeZoneName').replace('GMT', '').replace('-', '−');
    const seconds = /:(\d\d)(?:\.\d+)?Z$/.exec(instant)?.[1] ?? '00';
    const time = `${part('hour')}:${part('minute')}${seconds === '00' ? '' : `:${seconds}`}`;
    return `${part('weekday')} ${part('day')} ${part('month')} ${part('year')}, ${time} ${offset}`.trim();
  } catch {
    return undefined;
  }
}

/** An RFC 3339 text on its own clock, for people: `Tue 24 Nov 2026, 18:00`. */
export function stampText(stamp: string): string {
  const { date, time } = wallClock(Date.parse(`${stamp.slice(0, 19)}Z`), 0);
  return `${date}, ${time}`;
}
