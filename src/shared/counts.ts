/** How many of something each key has at the moment. A key that has none takes no memory. */
export interface Counts {
  of(key: string): number;
  /** Returns how many it has now. */
  add(key: string): number;
  remove(key: string): void;
}

export function createCounts(): Counts {
  const counts = new Map<string, number>();
  const of = (key: string): number => counts.get(key) ?? 0;
  return {
    of,
    add(key) {
      counts.set(key, of(key) + 1);
      return of(key);
    },
    remove(key) {
      if (of(key) <= 1) counts.delete(key);
      else counts.set(key, of(key) - 1);
    },
  };
}
