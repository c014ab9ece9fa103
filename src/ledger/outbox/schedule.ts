/**
 * When a webhook is tried: the schedule that Standard Webhooks 1.0 recommends, in seconds between one try and the next.
 * The first try is made at once; after the last one the webhook is a dead letter.
 */
export const STANDARD_SCHEDULE: readonly number[] = [
  5,
  5 * 60,
  30 * 60,
  2 * 3600,
  5 * 3600,
  10 * 3600,
  14 * 3600,
  20 * 3600,
  24 * 3600,
];

/** A pause is up to this much longer, so that what failed together does not come back together. */
const JITTER = 0.1;

/**
 * Milliseconds to wait after that many tries have failed (1 or more), or null when there are no more tries. What the
 * receiver asks for with `Retry-After` is respected up to a day.
 */
export function pauseAfter(
  tries: number,
  schedule: readonly number[],
  random: number,
  retryAfterSeconds = 0,
): number | null {
  const seconds = schedule[tries - 1];
  if (seconds === undefined) return null;
  return Math.round(Math.max(seconds * (1 + JITTER * random), Math.min(retryAfterSeconds, 86_400)) * 1000);
}
