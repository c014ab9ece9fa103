/**
 * The known word that was probably meant: at most a third of its letters off, whatever their case and whatever separates
 * them; undefined when none is that near.
 */
export function nearest(word: string, known: readonly string[]): string | undefined {
  if (word.length > 64) return undefined;
  const bare = plain(word);
  let best: { word: string; distance: number } | undefined;
  for (const candidate of known) {
    const most = Math.min(Math.floor(candidate.length / 3), best?.distance ?? Infinity);
    const off = editDistance(bare, plain(candidate), most);
    if (off > most) continue;
    // Of two that are equally near, the one whose letter case and separators are nearer.
    if (
      off < (best?.distance ?? Infinity) ||
      editDistance(word, candidate) < editDistance(word, best?.word ?? '')
    )
      best = { word: candidate, distance: off };
  }
  return best?.word;
}

export const plain = (word: string): string => word.toLowerCase().replaceAll(/[-_\s]/g, '');

/**
 * Levenshtein's: how many letters have to be put in, taken out or replaced. Where that is more than `most`, any number
 * above it: what is not near costs little.
 */
export function editDistance(one: string, other: string, most = Infinity): number {
  if (Math.abs(one.length - other.length) > most) return Infinity;
  let previous = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (let i = 1; i <= one.length; i += 1) {
    const row = [i];
    let least = i;
    for (let j = 1; j <= other.length; j += 1) {
      const substituted = (previous[j - 1] ?? 0) + (one[i - 1] === other[j - 1] ? 0 : 1);
      const cell = Math.min(substituted, (previous[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1);
      row.push(cell);
      least = Math.min(least, cell);
    }
    if (least > most) return Infinity;
    previous = row;
  }
  return previous[other.length] ?? 0;
}
