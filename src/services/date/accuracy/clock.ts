/** Four hundred years are always as many days, and Date.UTC takes the first hundred for those of the 20th century. */
const CYCLE_YEARS = 400;
const CYCLE_MS = 146_097 * 86_400_000;

/** The number of two digits. */
const two = (text: string, at: number): number =>
  (text.charCodeAt(at) - 48) * 10 + text.charCodeAt(at + 1) - 48;

/**
 * The milliseconds of a clock written `YYYY-MM-DDThh:mm:ss`, as if it were UTC, whatever follows it. Undefined for what no
 * clock shows: Date counts 31 June as 1 July, and second 60 as the next minute's first.
 */
export function clockMs(text: string): number | undefined {
  const day = two(text, 8);
  const second = two(text, 17);
  const year = two(text, 0) * 100 + two(text, 2) + CYCLE_YEARS;
  const ms = Date.UTC(year, two(text, 5) - 1, day, two(text, 11), two(text, 14), second) - CYCLE_MS;
  return second < 60 && (day < 29 || new Date(ms).getUTCDate() === day) ? ms : undefined;
}
