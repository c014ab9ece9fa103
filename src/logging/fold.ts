import type { Clock } from '../services/ports.ts';

/** How long repetitions of a line are only counted. */
const QUIET_MS = 60_000;
/** Distinct lines that are remembered; beyond, the oldest is forgotten and may be written again. */
const REMEMBERED = 200;

/** Writes a line; `fields` are its own. */
export type Write = (fields: Record<string, unknown>, message: string) => void;

/**
 * Folds repeated failures: the first one is written at once, its repetitions of the next minute are counted, and the next
 * one after that carries the count as `repeated`.
 */
export function createFold(clock: Pick<Clock, 'monotonic'>) {
  const seen = new Map<string, { until: number; repeated: number }>();
  return (key: string, write: Write, fields: Record<string, unknown>, message: string): void => {
    const now = clock.monotonic();
    const last = seen.get(key);
    if (last !== undefined && now < last.until) {
      last.repeated += 1;
      return;
    }
    seen.delete(key);
    seen.set(key, { until: now + QUIET_MS, repeated: 0 });
    const [oldest] = seen.keys();
    if (seen.size > REMEMBERED && oldest !== undefined) seen.delete(oldest);
    write(last?.repeated ? { ...fields, repeated: last.repeated } : fields, message);
  };
}
