/** Shorter names are too near to anything. */
const SHORTEST = 8;

/**
 * The known name that a variable was most likely meant to be, or undefined: the same but for underscores, or at most two
 * characters off. A forgotten underscore would otherwise be a setting that is silently not there.
 */
export function meantName(name: string, known: readonly string[]): string | undefined {
  if (name.length < SHORTEST || known.includes(name)) return undefined;
  const bare = name.replaceAll('_', '').toUpperCase();
  return known.find(
    (candidate) =>
      candidate.length >= SHORTEST &&
      (bare === candidate.replaceAll('_', '') || distance(name.toUpperCase(), candidate) <= 2),
  );
}

/** Levenshtein's. */
function distance(one: string, other: string): number {
  let previous = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (let i = 1; i <= one.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= other.length; j += 1) {
      const substituted = (previous[j - 1] ?? 0) + (one[i - 1] === other[j - 1] ? 0 : 1);
      row.push(Math.min(substituted, (previous[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1));
    }
    previous = row;
  }
  return previous[other.length] ?? 0;
}
