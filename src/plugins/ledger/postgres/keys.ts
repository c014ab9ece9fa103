import type { BegunRow } from '../backend.ts';
import { judgeKey } from '../keys.ts';
import { RECORD, type RecordRow } from '../records.ts';
import { unavailable } from '../unavailable.ts';
import { columns } from './columns.ts';
import type { Begin, Complete } from './operations.ts';
import type { Db } from './pool.ts';

/** `RECORD`, for many. */
const RECORDS = RECORD.replace('i.request_id = $1', 'i.request_id = ANY($1)');

/** Takes the keys that are free, and judges those that are not. */
export async function takeKeys(db: Db, begins: Begin[]): Promise<Map<Begin, BegunRow>> {
  const verdicts = new Map<Begin, BegunRow>();
  const claims = begins.flatMap((operation) => {
    const { claim, intent, now, expiresAt } = operation.argument;
    return claim === null
      ? []
      : [{ ...claim, request_id: intent.request_id, now, expires_at: expiresAt, operation }];
  });
  if (claims.length === 0) return verdicts;
  const busy = await keysInUse(db, claims);
  for (const { operation } of claims.filter(({ request_id }) => busy.has(request_id))) {
    verdicts.set(operation, { kind: 'in_progress' });
  }
  const free = claims.filter(({ request_id }) => !busy.has(request_id));
  if (free.length === 0) return verdicts;
  await db.rows(
    `DELETE FROM keys USING unnest($1::text[], $2::text[], $3::bigint[]) AS claim (caller, key, now)
     WHERE keys.caller = claim.caller AND keys.key = claim.key AND keys.settled = 1 AND keys.expires_at <= claim.now`,
    columns(free, 'caller', 'key', 'now'),
  );
  // In the order of the keys, so that two instances wait for each other and do not block each other.
  const taken = (await db.rows(
    `INSERT INTO keys (caller, key, fingerprint, request_id, settled, expires_at)
     SELECT caller, key, fingerprint, request_id, 0, expires_at
     FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::bigint[])
       WITH ORDINALITY AS claim (caller, key, fingerprint, request_id, expires_at, place)
     ORDER BY caller COLLATE "C", key COLLATE "C", place
     ON CONFLICT (caller, key) DO NOTHING RETURNING request_id`,
    columns(free, 'caller', 'key', 'fingerprint', 'request_id', 'expires_at'),
  )) as { request_id: string }[];
  const ours = new Set(taken.map(({ request_id }) => request_id));
  const others = free.filter(({ request_id }) => !ours.has(request_id));
  if (others.length === 0) return verdicts;
  const stored = (await db.rows(
    `SELECT DISTINCT keys.* FROM keys JOIN unnest($1::text[], $2::text[]) AS claim (caller, key)
     ON keys.caller = claim.caller AND keys.key = claim.key`,
    columns(others, 'caller', 'key'),
  )) as KeyRow[];
  const byKey = new Map(stored.map((row) => [JSON.stringify([row.caller, row.key]), row]));
  const records = await recordsOf(
    db,
    stored.filter(({ settled }) => settled === 1).map(({ request_id }) => request_id),
  );
  for (const { caller, key, fingerprint, now, operation } of others) {
    verdicts.set(operation, judge(byKey.get(JSON.stringify([caller, key])), fingerprint, now, records));
  }
  return verdicts;
}

/**
 * Of these, whose keys are new and being taken by another instance at this very moment; the lock on the other new ones is
 * ours until the end of the transaction. So nobody waits for an instance that hangs in the middle of its own.
 */
async function keysInUse(
  db: Db,
  claims: { caller: string; key: string; request_id: string }[],
): Promise<Set<string>> {
  const rows = (await db.rows(
    `SELECT request_id FROM unnest($1::text[], $2::text[], $3::text[]) AS claim (request_id, caller, key)
     WHERE NOT EXISTS (SELECT FROM keys WHERE keys.caller = claim.caller AND keys.key = claim.key)
     AND NOT pg_try_advisory_xact_lock(hashtextextended(jsonb_build_array(caller, key)::text, 7))`,
    columns(claims, 'request_id', 'caller', 'key'),
  )) as { request_id: string }[];
  return new Set(rows.map(({ request_id }) => request_id));
}

interface KeyRow {
  caller: string;
  key: string;
  fingerprint: string;
  request_id: string;
  settled: number;
  expires_at: number;
}

function judge(
  row: KeyRow | undefined,
  fingerprint: string,
  now: number,
  records: Map<string, RecordRow>,
): BegunRow {
  const stored = row && {
    fingerprint: row.fingerprint,
    requestId: row.request_id,
    settled: row.settled === 1,
    expiresAt: row.expires_at,
  };
  const verdict = judgeKey(stored, fingerprint, now);
  // It was freed, or ran out, between two statements: the next try will take it.
  if (verdict === 'free') return { kind: 'in_progress' };
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
