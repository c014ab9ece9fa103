import { editDistance } from './schemas/nearest.ts';

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
      (bare === candidate.replaceAll('_', '') || editDistance(name.toUpperCase(), candidate) <= 2),
  );
}
