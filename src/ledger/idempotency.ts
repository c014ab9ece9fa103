import type { RecordRow } from './journal/records.ts';
import type { TakenRow } from './store.ts';

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

/** What is kept under the key `$2` of the caller `$1`. */
export const KEY = `SELECT fingerprint, request_id, settled, CASE WHEN expires_at <= now_ms() THEN 1 ELSE 0 END AS expired
  FROM keys WHERE caller = $1 AND key = $2`;

/** Deletes a bounded number of the keys that have expired, a row for each. */
export const EXPIRE_KEYS = `DELETE FROM keys WHERE (caller, key) IN
  (SELECT caller, key FROM keys WHERE settled = 1 AND expires_at <= now_ms() ORDER BY expires_at LIMIT 1000) RETURNING 1`;

/** Seconds after which a caller should ask again while the first request with its key is still running. */
export const IN_PROGRESS_RETRY_SECONDS = 1;

/**
 * What a request with that key gets, or null when the key is available; `record` is that of the key. Another body is refused
 * first: it is wrong whether or not the first request has ended.
 */
export function takenAs(
  stored: KeyRow | undefined,
  fingerprint: string,
  record: (requestId: string) => RecordRow | undefined,
): TakenRow | null {
  if (stored === undefined || (stored.settled === 1 && stored.expired === 1)) return null;
  if (stored.fingerprint !== fingerprint) return { kind: 'key_reused' };
  if (stored.settled === 0) return { kind: 'in_progress' };
  return { kind: 'replay', row: record(stored.request_id) };
}
