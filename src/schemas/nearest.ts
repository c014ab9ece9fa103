/** The known word that was probably meant: at most a third of its letters off; undefined when none is that near. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  if (word.length > 64) return undefined;
  const bare = plain(word);
  let best: { word: string; distance: number } | undefined;
  for (const candidate of known) {
    const off = editDistance(bare, plain(candidate));
    if (off <= candidate.length / 3 && off < (best?.distance ?? Infinity)) {
      best = { word: candidate, distance: off };
    }
  }
  return best?.word;
}

const plain = (word: string) => word.toLowerCase().replaceAll(/[-_\s]/g, '');

/** Levenshtein's: how many letters have to be put in, taken out or replaced. */
export function editDistance(one: string, other: string): number {
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
