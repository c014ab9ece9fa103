/** An idempotency key as both databases keep it. */
export interface KeyRow {
  /** SHA-256 (hex) of the first request's canonical body. */
  fingerprint: string;
  /** The record that the key stands for. */
  request_id: string;
  /** 1 when that record has its outcome. */
  settled: number;
  /** 1 when its time is over, by the store's clock. A key in use does not expire. */
  expired: number;
}

/** Seconds after which a caller should ask again while the first request with its key is still running. */
export const IN_PROGRESS_RETRY_SECONDS = 1;

/** What a request with that key may do. Another body is refused first: it is wrong whether or not the first has ended. */
export function checkKey(
  stored: KeyRow | undefined,
  fingerprint: string,
): 'available' | 'key_reused' | 'in_progress' | 'replay' {
  if (stored === undefined || (stored.settled === 1 && stored.expired === 1)) return 'available';
  if (stored.fingerprint !== fingerprint) return 'key_reused';
  return stored.settled === 1 ? 'replay' : 'in_progress';
}
