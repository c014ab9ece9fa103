import type { Clock } from '../services/ports.ts';

/** A map that forgets: the least recently used entry when it is full, any entry when its time is up. */
export interface ExpiringCache<V> {
  get(key: string): V | undefined;
  set(key: string, value: V): void;
  delete(key: string): void;
}

export const createExpiringCache = <V>(
  clock: Pick<Clock, 'monotonic'>,
  { entries, ttlMs }: { entries: number; ttlMs: number },
): ExpiringCache<V> => {
  /** In the order of use: a `Map` keeps the order of insertion. */
  const map = new Map<string, { value: V; until: number }>();
  return {
    get(key) {
      const entry = map.get(key);
      map.delete(key);
      if (!entry || entry.until <= clock.monotonic()) return undefined;
      map.set(key, entry);
      return entry.value;
    },
    set(key, value) {
      map.delete(key);
      map.set(key, { value, until: clock.monotonic() + ttlMs });
      const [oldest] = map.keys();
      if (map.size > entries && oldest !== undefined) map.delete(oldest);
    },
    delete(key) {
      map.delete(key);
    },
  };
};
