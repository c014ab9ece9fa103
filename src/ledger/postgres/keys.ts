import type { BegunRow } from '../store.ts';
import { judgeKey, type KeyRow, storedKeyOf } from '../idempotency.ts';
import { RECORD, type RecordRow } from '../journal/records.ts';
import { unavailable } from '../unavailable.ts';
import { columns } from './columns.ts';
import type { Begin, Complete } from './operations.ts';
import type { Db } from './pool.ts';

/** `RECORD`, for many. */
const RECORDS = RECORD.replace('i.request_id = $1', 'i.request_id = ANY($1)');

interface Claimed {
  operation: Begin;
  request_id: string;
  caller: string;
  key: string;
  fingerprint: string;
  now: number;
  expires_at: number;
}

/**
 * Takes the keys that are free, and judges those that are not. It waits for no other instance: a key that is there is
 * judged by what has been committed, and one that is being taken at this very moment is in progress.
 */
export async function takeKeys(db: Db, begins: Begin[]): Promise<Map<Begin, BegunRow>> {
  const verdicts = new Map<Begin, BegunRow>();
  const claims = begins.flatMap((operation): Claimed[] => {
    const { claim, intent, now, expiresAt } = operation.argument;
    return claim === null
      ? []
      : [{ ...claim, request_id: intent.request_id, now, expires_at: expiresAt, operation }];
  });
  const free = await judgeStored(db, claims, verdicts);
  const ours = await withoutWaiting(db, free, verdicts);
  if (ours.length === 0) return verdicts;
  await db.rows(
    `DELETE FROM keys USING unnest($1::text[], $2::text[], $3::bigint[]) AS claim (caller, key, now)
     WHERE keys.caller = claim.caller AND keys.key = claim.key AND keys.settled = 1 AND keys.expires_at <= claim.now`,
    columns(ours, 'caller', 'key', 'now'),
  );
  const taken = (await db.rows(
    `INSERT INTO keys (caller, key, fingerprint, request_id, settled, expires_at)
     SELECT caller, key, fingerprint, request_id, 0, expires_at
     FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::bigint[])
       WITH ORDINALITY AS claim (caller, key, fingerprint, request_id, expires_at, place)
     ORDER BY place ON CONFLICT (caller, key) DO NOTHING RETURNING request_id`,
    columns(ours, 'caller', 'key', 'fingerprint', 'request_id', 'expires_at'),
  )) as { request_id: string }[];
  const begun = new Set(taken.map(({ request_id }) => request_id));
  // Of several with one key, the first one in this batch has it now.
  const late = ours.filter(({ request_id }) => !begun.has(request_id));
  for (const { operation } of await judgeStored(db, late, verdicts)) {
    verdicts.set(operation, { kind: 'in_progress' });
  }
  return verdicts;
}

/** Judges those whose keys are there; returns those whose keys are not, or have run out. */
async function judgeStored(db: Db, claims: Claimed[], verdicts: Map<Begin, BegunRow>): Promise<Claimed[]> {
  if (claims.length === 0) return [];
  const stored = (await db.rows(
    `SELECT DISTINCT keys.* FROM keys JOIN unnest($1::text[], $2::text[]) AS claim (caller, key)
     ON keys.caller = claim.caller AND keys.key = claim.key`,
    columns(claims, 'caller', 'key'),
  )) as (KeyRow & { caller: string; key: string })[];
  const byKey = new Map(stored.map((row) => [JSON.stringify([row.caller, row.key]), row]));
  const records = await recordsOf(
    db,
    stored.filter(({ settled }) => settled === 1).map(({ request_id }) => request_id),
  );
  return claims.filter(({ caller, key, fingerprint, now, operation }) => {
    const verdict = judge(byKey.get(JSON.stringify([caller, key])), fingerprint, now, records);
    if (verdict !== 'free') verdicts.set(operation, verdict);
    return verdict === 'free';
  });
}

/** Those whose keys no other instance is taking at this very moment; until the end of the transaction it is only we. */
async function withoutWaiting(db: Db, claims: Claimed[], verdicts: Map<Begin, BegunRow>): Promise<Claimed[]> {
  if (claims.length === 0) return [];
  const rows = (await db.rows(
    `SELECT request_id FROM unnest($1::text[], $2::text[], $3::text[]) AS claim (request_id, caller, key)
     WHERE NOT pg_try_advisory_xact_lock(hashtextextended(jsonb_build_array(caller, key)::text, 7))`,
    columns(claims, 'request_id', 'caller', 'key'),
  )) as { request_id: string }[];
  const busy = new Set(rows.map(({ request_id }) => request_id));
  for (const { operation, request_id } of claims) {
    if (busy.has(request_id)) verdicts.set(operation, { kind: 'in_progress' });
  }
  return claims.filter(({ request_id }) => !busy.has(request_id));
}

function judge(
  row: KeyRow | undefined,
  fingerprint: string,
  now: number,
  records: Map<string, RecordRow>,
): BegunRow | 'free' {
  const stored = row && storedKeyOf(row);
  const verdict = judgeKey(stored, fingerprint, now);
  if (verdict === 'free') return 'free';
  if (verdict !== 'replay') return { kind: verdict };
  const record = stored && records.get(stored.requestId);
  if (record === undefined) throw unavailable('the record of a known key is missing');
  return { kind: 'replay', row: record };
}

/** Settles the keys of ended records, or frees them where nothing was written. */
export async function settleKeys(
  db: Db,
  ended: Complete[],
  open: Map<string, { caller: string | null; key: string | null }>,
): Promise<void> {
  const keyed = ended.flatMap(({ argument }) => {
    const row = open.get(argument.requestId);
    return row === undefined || row.key === null ? [] : [{ ...row, retryable: argument.outcome.retryable }];
  });
  const which = 'unnest($1::text[], $2::text[]) AS claim (caller, key)';
  const same = 'keys.caller = claim.caller AND keys.key = claim.key';
  const freed = keyed.filter(({ retryable }) => retryable);
  if (freed.length > 0)
    await db.rows(`DELETE FROM keys USING ${which} WHERE ${same}`, columns(freed, 'caller', 'key'));
  const settled = keyed.filter(({ retryable }) => !retryable);
  if (settled.length > 0) {
    await db.rows(
      `UPDATE keys SET settled = 1 FROM ${which} WHERE ${same}`,
      columns(settled, 'caller', 'key'),
    );
  }
}

/** Records by their id. */
export async function recordsOf(db: Db, requestIds: string[]): Promise<Map<string, RecordRow>> {
  if (requestIds.length === 0) return new Map();
  const rows = (await db.rows(RECORDS, [requestIds])) as (RecordRow & { request_id: string })[];
  return new Map(rows.map((record) => [record.request_id, record]));
}
