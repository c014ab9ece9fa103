/**
 * The known word that was probably meant: at most a third of its letters off, or another `share` of them, whatever their case and whatever separates
 * them; undefined when none is that near.
 */
export function nearest(word: string, known: readonly string[], share = 1 / 3): string | undefined {
  if (word.length > 64) return undefined;
  const bare = plain(word);
  let best: { word: string; distance: number } | undefined;
  const bareKnown = plainNames(known);
  for (const [index, candidate] of known.entries()) {
    const most = Math.min(Math.floor(candidate.length * share), best?.distance ?? Infinity);
    const off = editDistance(bare, bareKnown[index] ?? '', most);
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

/** Lists that stay are read once. */
const plainLists = new WeakMap<readonly string[], string[]>();

function plainNames(known: readonly string[]): string[] {
  const found = plainLists.get(known);
  if (found !== undefined) return found;
  const made = known.map(plain);
  plainLists.set(known, made);
  return made;
}

export const plain = (word: string): string => word.toLowerCase().replaceAll(/[-_\s]/g, '');

/**
 * Levenshtein's: how many letters have to be put in, taken out or replaced. Where that is more than `most`, any number
 * above it: what is not near costs little.
 */
export function editDistance(one: string, other: string, most = Infinity): number {
  if (Math.abs(one.length - other.length) > most) return Infinity;
  const row = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (let i = 1; i <= one.length; i += 1) {
    const letter = one.charCodeAt(i - 1);
    let diagonal = i - 1;
    let left = i;
    let least = i;
    row[0] = i;
    for (let j = 1; j <= other.length; j += 1) {
      const above = row[j] ?? 0;
      const substituted = diagonal + (letter === other.charCodeAt(j - 1) ? 0 : 1);
      left = Math.min(substituted, above + 1, left + 1);
      row[j] = left;
      if (left < least) least = left;
      diagonal = above;
    }
    if (least > most) return Infinity;
  }
  return row[other.length] ?? 0;
}
