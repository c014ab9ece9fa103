/** What the ledger holds of an idempotency key. */
export interface StoredKey {
  /** SHA-256 (hex) of the first request's canonical body. */
  fingerprint: string;
  /** The record that the key stands for. */
  requestId: string;
  /** Whether that record has its outcome. */
  settled: boolean;
  /** Epoch milliseconds. A key in use does not expire. */
  expiresAt: number;
}

/** A key as both databases keep it. */
export interface KeyRow {
  fingerprint: string;
  request_id: string;
  settled: number;
  expires_at: number;
}

export const storedKeyOf = ({ fingerprint, request_id, settled, expires_at }: KeyRow): StoredKey => ({
  fingerprint,
  requestId: request_id,
  settled: settled === 1,
  expiresAt: expires_at,
});

/** Seconds after which a caller should ask again while the first request with its key is still running. */
export const IN_PROGRESS_RETRY_SECONDS = 1;

/** What a request with that key may do. Another body is refused first: it is wrong whether or not the first has ended. */
export function judgeKey(
  stored: StoredKey | undefined,
  fingerprint: string,
  now: number,
): 'free' | 'key_reused' | 'in_progress' | 'replay' {
  if (stored === undefined || (stored.settled && stored.expiresAt <= now)) return 'free';
  if (stored.fingerprint !== fingerprint) return 'key_reused';
  return stored.settled ? 'replay' : 'in_progress';
}
