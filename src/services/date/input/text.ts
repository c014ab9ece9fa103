const PAD = Array.from({ length: 100 }, (_, number) => String(number).padStart(2, '0'));

export const pad2 = (number: number): string => PAD[number] ?? String(number);

export const pad4 = (number: number): string =>
  number >= 1000 ? String(number) : number < 0 ? String(number) : String(number).padStart(4, '0');

const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];

/** Why there is no such day or month, such as `February 2023 has 28 days`. */
export const noSuchDay = (year: number, month: number, days: number): string =>
  month < 1 || month > 12
    ? `months go from 01 to 12, not ${pad2(month)}`
    : `${MONTHS[month - 1] ?? 'that month'} ${pad4(year)} has ${days} days`;

/** A caller's own text, cut short, for the detail of a problem. */
export const quote = (text: string): string =>
  JSON.stringify(text.length > 64 ? `${text.slice(0, 64)}…` : text);
