import type { Lifetime } from './children.ts';

/** Runs `work`, then ends what it started, the last first. */
export async function withLifetime<T>(work: (lifetime: Lifetime) => Promise<T>): Promise<T> {
  const ends: (() => unknown)[] = [];
  try {
    return await work({ defer: (end) => void ends.unshift(end) });
  } finally {
    for (const end of ends) await end();
  }
}
