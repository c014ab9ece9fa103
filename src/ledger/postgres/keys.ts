import { type KeyRow, takenAs } from '../idempotency.ts';
import { RECORD, type RecordRow } from '../journal/records.ts';
import type { TakenRow } from '../store.ts';
import { type Begin, columns } from './operations.ts';
import type { Db } from './pool.ts';

/** `RECORD`, for many. */
const RECORDS = RECORD.replace('i.request_id = $1', 'i.request_id = ANY($1)');

interface Claimed {
  operation: Begin;
  request_id: string;
  caller: string;
  key: string;
  fingerprint: string;
  ttl_ms: number;
}

/**
 * Claims the keys that are available, and checks those that are not. It waits for no other instance: a key that is there is
 * checked against what has been committed, and one that is being claimed at this moment is in progress.
 */
export async function claimKeys(db: Db, begins: Begin[]): Promise<Map<Begin, TakenRow>> {
  const verdicts = new Map<Begin, TakenRow>();
  const claims = begins.flatMap((operation): Claimed[] => {
    const { claim, intent, ttlMs } = operation.argument;
    return claim === null ? [] : [{ ...claim, request_id: intent.request_id, ttl_ms: ttlMs, operation }];
  });
  const available = await checkStored(db, claims, verdicts);
  const ours = await withoutWaiting(db, available, verdicts);
  if (ours.length === 0) return verdicts;
  await db.rows(
    `DELETE FROM keys USING unnest($1::text[], $2::text[]) AS claim (caller, key)
     WHERE keys.caller = claim.caller AND keys.key = claim.key AND keys.settled = 1 AND keys.expires_at <= now_ms()`,
    columns(ours, 'caller', 'key'),
  );
  const taken = (await db.rows(
    `INSERT INTO keys (caller, key, fingerprint, request_id, settled, expires_at)
     SELECT caller, key, fingerprint, request_id, 0, now_ms() + ttl_ms
     FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::bigint[])
       WITH ORDINALITY AS claim (caller, key, fingerprint, request_id, ttl_ms, n)
     ORDER BY n ON CONFLICT (caller, key) DO NOTHING RETURNING request_id`,
    columns(ours, 'caller', 'key', 'fingerprint', 'request_id', 'ttl_ms'),
  )) as { request_id: string }[];
  const begun = new Set(taken.map(({ request_id }) => request_id));
  // Of several with one key, the first one in this group has it now.
  const late = ours.filter(({ request_id }) => !begun.has(request_id));
  for (const { operation } of await checkStored(db, late, verdicts)) {
    verdicts.set(operation, { kind: 'in_progress' });
  }
  return verdicts;
}

/** Checks those whose keys are there; returns those whose keys are not, or have expired. */
async function checkStored(db: Db, claims: Claimed[], verdicts: Map<Begin, TakenRow>): Promise<Claimed[]> {
  if (claims.length === 0) return [];
  const taken = await takenBy(db, claims);
  return claims.filter((claim, i) => {
    const verdict = taken[i];
    if (verdict) verdicts.set(claim.operation, verdict);
    return !verdict;
  });
}

/** What stands under each of the keys that has been committed; null for one that is available. */
async function takenBy(db: Db, claims: Claimed[]): Promise<(TakenRow | null)[]> {
  const stored = (await db.rows(
    `SELECT DISTINCT keys.caller, keys.key, fingerprint, request_id, settled,
       (expires_at <= now_ms())::integer AS expired FROM keys JOIN unnest($1::text[], $2::text[]) AS claim (caller, key)
     ON keys.caller = claim.caller AND keys.key = claim.key`,
    columns(claims, 'caller', 'key'),
  )) as (KeyRow & { caller: string; key: string })[];
  const byKey = new Map(stored.map((row) => [JSON.stringify([row.caller, row.key]), row]));
  const records = await recordsOf(
    db,
    stored.filter(({ settled }) => settled === 1).map(({ request_id }) => request_id),
  );
  return claims.map(({ caller, key, fingerprint }) =>
    takenAs(byKey.get(JSON.stringify([caller, key])), fingerprint, (id) => records.get(id)),
  );
}

/** Those whose keys no other instance is claiming at this moment, nor will until the end of this transaction. */
async function withoutWaiting(db: Db, claims: Claimed[], verdicts: Map<Begin, TakenRow>): Promise<Claimed[]> {
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

/** Records by their id. */
export async function recordsOf(db: Db, requestIds: string[]): Promise<Map<string, RecordRow>> {
  if (requestIds.length === 0) return new Map();
  const rows = (await db.rows(RECORDS, [requestIds])) as (RecordRow & { request_id: string })[];
  return new Map(rows.map((record) => [record.request_id, record]));
}
