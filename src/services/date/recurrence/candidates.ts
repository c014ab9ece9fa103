/** Times of day, in seconds, of BYHOUR x BYMINUTE x BYSECOND in order. The product is never laid out: it may have 86,400. */
export interface Times {
  readonly length: number;
  at(index: number): number;
}

export function timesOf(hours: number[], minutes: number[], seconds: number[]): Times {
  const perHour = minutes.length * seconds.length;
  return {
    length: hours.length * perHour,
    at: (index) =>
      (hours[Math.floor(index / perHour)] ?? 0) * 3600 +
      (minutes[Math.floor(index / seconds.length) % minutes.length] ?? 0) * 60 +
      (seconds[index % seconds.length] ?? 0),
  };
}

/** The candidates of one period in order: each of the times on each of the days, as local seconds. */
export interface Candidates {
  readonly length: number;
  at(index: number): number;
}

export const candidatesOf = (days: number[], times: Times): Candidates => ({
  length: days.length * times.length,
  at: (index) => (days[Math.floor(index / times.length)] ?? 0) * 86_400 + times.at(index % times.length),
});

/** The candidates that BYSETPOS leaves: its positions, from the end when negative. */
export function chosenBy(positions: number[] | null, candidates: Candidates): Candidates {
  if (positions === null) return candidates;
  const indexes = positions
    .map((position) => (position > 0 ? position - 1 : candidates.length + position))
    .filter((index) => index >= 0 && index < candidates.length);
  const chosen = [...new Set(indexes)].sort((a, b) => a - b);
  return { length: chosen.length, at: (index) => candidates.at(chosen[index] ?? 0) };
}

/** The index of the first candidate that is not before `local`; the length when there is none. */
export function firstFrom(candidates: Candidates, local: number): number {
  let low = 0;
  let high = candidates.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (candidates.at(middle) < local) low = middle + 1;
    else high = middle;
  }
  return low;
}
