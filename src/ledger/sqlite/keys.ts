import type { IdempotencyClaim } from '../../services/ports.ts';
import { checkKey, type KeyRow } from '../idempotency.ts';
import { RECORD, type RecordRow } from '../journal/records.ts';
import type { TakenRow } from '../store.ts';
import type { Connection } from './connection.ts';

/** What stands under a key, `now` in epoch milliseconds; undefined when it is available. */
export function takenBy(
  db: Connection,
  { caller, key, fingerprint }: IdempotencyClaim,
  now: number,
): TakenRow | undefined {
  const stored = db.get(
    `SELECT fingerprint, request_id, settled, expires_at <= $3 AS expired
     FROM keys WHERE caller = $1 AND key = $2`,
    [caller, key, now],
  ) as KeyRow | undefined;
  const verdict = checkKey(stored, fingerprint);
  if (verdict === 'available') return undefined;
  if (verdict !== 'replay') return { kind: verdict };
  const row = stored && (db.get(RECORD, [stored.request_id]) as RecordRow | undefined);
  if (row === undefined) throw new Error('the record of a known key is missing');
  return { kind: 'replay', row };
}
