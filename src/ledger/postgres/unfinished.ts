import type { UnfinishedRow } from '../store.ts';
import { columns } from './columns.ts';
import type { Complete, Dispatch, Free } from './operations.ts';
import type { Db } from './pool.ts';

/** Of this process ($1) those that it does not hold ($2), and those of processes that have ended or are gone ($3). */
const FREE = `CASE WHEN writer = $1 THEN request_id <> ALL($2) ELSE
  NOT EXISTS (SELECT FROM writers WHERE id = writer) OR $3::integer IS NOT NULL AND NOT is_alive(writer, $3) END`;

/** Makes some of them this process's own. */
export async function takeFree(
  db: Db,
  writer: string,
  { held, leaseSeconds, limit }: Free & { limit: number },
): Promise<UnfinishedRow[]> {
  const rows = await db.rows(
    `WITH free AS (
       SELECT request_id FROM unfinished WHERE ${FREE} ORDER BY place LIMIT $4 FOR UPDATE SKIP LOCKED
     ), taken AS (
       UPDATE unfinished u SET writer = $1 FROM free WHERE u.request_id = free.request_id
       RETURNING u.request_id, u.place, u.dispatched, u.webhook_url
     )
     SELECT t.request_id, i.entry AS intent, t.dispatched, t.webhook_url
     FROM taken t JOIN entries i ON i.request_id = t.request_id AND i.kind = 'intent' ORDER BY t.place`,
    [writer, held, leaseSeconds, limit],
  );
  return rows as UnfinishedRow[];
}

export async function countFree(db: Db, writer: string, { held, leaseSeconds }: Free): Promise<number> {
  const rows = await db.rows(`SELECT count(*) AS count FROM unfinished WHERE ${FREE}`, [
    writer,
    held,
    leaseSeconds,
  ]);
  return (rows as { count: number }[])[0]?.count ?? 0;
}

/** Marks what is this process's own; maps each such request to whether it had been marked before. */
export async function markDispatched(
  db: Db,
  writer: string,
  dispatches: Dispatch[],
): Promise<Map<string, number>> {
  if (dispatches.length === 0) return new Map();
  const rows = (await db.rows(
    `WITH mine AS (
       SELECT request_id, dispatched FROM unfinished
       WHERE request_id = ANY($1) AND writer = $2 ORDER BY request_id FOR UPDATE
     ), marked AS (
       UPDATE unfinished SET dispatched = 1 FROM mine
       WHERE unfinished.request_id = mine.request_id AND mine.dispatched = 0
     )
     SELECT request_id, dispatched FROM mine`,
    [dispatches.map(({ argument }) => argument.requestId), writer],
  )) as { request_id: string; dispatched: number }[];
  return new Map(rows.map(({ request_id, dispatched }) => [request_id, dispatched]));
}

interface OpenRow {
  request_id: string;
  place: string;
  caller: string | null;
  key: string | null;
}

/** Deletes them; maps each that was there to its row. */
export async function closeUnfinished(db: Db, completes: Complete[]): Promise<Map<string, OpenRow>> {
  if (completes.length === 0) return new Map();
  const rows = (await db.rows(
    'DELETE FROM unfinished WHERE request_id = ANY($1) RETURNING request_id, place, caller, key',
    [completes.map(({ argument }) => argument.requestId)],
  )) as OpenRow[];
  return new Map(rows.map((row) => [row.request_id, row]));
}

export async function insertUnfinished(db: Db, rows: object[]): Promise<void> {
  if (rows.length === 0) return;
  await db.rows(
    `INSERT INTO unfinished (request_id, place, writer, caller, key, webhook_url, dispatched)
     SELECT *, 0 FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[])`,
    columns(rows, 'request_id', 'place', 'writer', 'caller', 'key', 'webhook_url'),
  );
}
