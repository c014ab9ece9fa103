import {
  type Content,
  ENTRY_COLUMNS,
  type Entry,
  entryAfter,
  type Head,
  headFor,
  intentContent,
} from '../journal/entry.ts';
import { DELIVERY_LEASE_MS } from '../outbox/deliveries.ts';
import type { BegunRow, CompleteArguments, Completed, DispatchArguments } from '../store.ts';
import { claimKeys, recordsOf } from './keys.ts';
import { type Begin, begunIn, columns, requestIdOf, type WriteOperation } from './operations.ts';
import type { Db } from './pool.ts';

interface OpenRow {
  request_id: string;
  place: string;
  caller: string | null;
  key: string | null;
}

/** What a group writes: a column for each array, so that it is one statement however many rows there are. */
interface Rows {
  entries: Entry[];
  /** By the request. */
  begun: Map<
    string,
    {
      request_id: string;
      place: string;
      caller: string | null;
      key: string | null;
      webhook_url: string | null;
      lease_ms: number;
      dispatched: number;
    }
  >;
  deliveries: { id: string; request_id: string; url: string; body: string }[];
  settledKeys: { caller: string | null; key: string | null }[];
  availableKeys: { caller: string | null; key: string | null }[];
}

/**
 * Does a group of operations inside the transaction of `db`, in two statements and those that idempotency keys need. No two
 * operations of it are of the same request, but for a begin and the dispatch after it. Returns their values in order, and the
 * head of the chain if the transaction commits.
 */
export async function writeGroup(
  db: Db,
  { owner, head }: { owner: string; head: Head | undefined },
  operations: WriteOperation[],
): Promise<{ values: unknown[]; head: Head | undefined }> {
  const begins = operations.filter((one): one is Begin => one.name === 'begin');
  const verdicts = await claimKeys(db, begins);
  const open = await openRows(db, owner, operations);
  const rows: Rows = { entries: [], begun: new Map(), deliveries: [], settledKeys: [], availableKeys: [] };
  let last = head;

  const append = (content: Content, at: number): string => {
    const entry = entryAfter(headFor(last, at), content, new Date(at).toISOString());
    rows.entries.push(entry);
    last = entry;
    return entry.place ?? '';
  };

  function begin(operation: Begin): BegunRow {
    const verdict = verdicts.get(operation);
    if (verdict !== undefined) return verdict;
    const { intent, claim, webhookUrl, at, leaseMs } = operation.argument;
    const { request_id } = intent;
    const sortKey = append(intentContent(intent, claim), at);
    const { caller = null, key = null } = claim ?? {};
    rows.begun.set(request_id, {
      request_id,
      place: sortKey,
      caller,
      key,
      webhook_url: webhookUrl,
      lease_ms: leaseMs,
      dispatched: 0,
    });
    return { kind: 'begun' };
  }

  function dispatch({ requestId, at }: DispatchArguments): boolean {
    const row = rows.begun.get(requestId);
    const before = row?.dispatched ?? open.dispatched.get(requestId);
    if (before === 0) append({ kind: 'dispatch', request_id: requestId }, at);
    if (row !== undefined) row.dispatched = 1;
    return before !== undefined;
  }

  function complete({ requestId, outcome, notification, at }: CompleteArguments): Completed {
    const row = open.closed.get(requestId);
    // Of one that had its outcome already, the record is read below.
    if (row === undefined) return null;
    append({ kind: 'outcome', request_id: requestId, place: row.place, outcome }, at);
    if (row.key !== null) (outcome.retryable ? rows.availableKeys : rows.settledKeys).push(row);
    if (notification !== null) rows.deliveries.push(notification);
    return { first: true };
  }

  const values = operations.map((operation): unknown => {
    switch (operation.name) {
      case 'begin':
        return begin(operation);
      case 'dispatch':
        return dispatch(operation.argument);
      case 'complete':
        return complete(operation.argument);
    }
  });
  await insert(db, owner, rows);
  await readThoseCompletedBefore(db, operations, values);
  return { values, head: last };
}

/** The first outcome stays: a later one is answered with it. */
async function readThoseCompletedBefore(
  db: Db,
  operations: WriteOperation[],
  values: unknown[],
): Promise<void> {
  const late = operations.flatMap(({ name }, i) => (name === 'complete' && values[i] === null ? [i] : []));
  if (late.length === 0) return;
  const ids = late.map((i) => (operations[i] === undefined ? '' : requestIdOf(operations[i])));
  const records = await recordsOf(db, ids);
  late.forEach((i, n) => {
    const row = records.get(ids[n] ?? '');
    if (row !== undefined) values[i] = { first: false, row } satisfies Completed;
  });
}

/**
 * Marks what this owner dispatches, and closes what is completed.
 * `dispatched` maps a request to whether it had been marked before, `closed` to its row.
 */
async function openRows(db: Db, owner: string, operations: WriteOperation[]) {
  const begun = begunIn(operations);
  const of = (name: 'dispatch' | 'complete') =>
    operations
      .filter((one) => one.name === name)
      .map(requestIdOf)
      .filter((requestId) => !begun.has(requestId));
  const [dispatches, completes] = [of('dispatch'), of('complete')];
  const dispatched = new Map<string, number>();
  const closed = new Map<string, OpenRow>();
  if (dispatches.length + completes.length === 0) return { dispatched, closed };
  const found = (await db.rows(
    `WITH owned AS (
       SELECT request_id, dispatched FROM in_flight
       WHERE request_id = ANY($1) AND owner = $2 ORDER BY request_id FOR UPDATE
     ), marked AS (
       UPDATE in_flight SET dispatched = 1 FROM owned
       WHERE in_flight.request_id = owned.request_id AND owned.dispatched = 0
     ), closed AS (
       DELETE FROM in_flight WHERE request_id = ANY($3) RETURNING request_id, place, caller, key
     )
     SELECT request_id, dispatched, NULL AS place, NULL AS caller, NULL AS key FROM owned
     UNION ALL SELECT request_id, NULL, place, caller, key FROM closed`,
    [dispatches, owner, completes],
  )) as (OpenRow & { dispatched: number | null })[];
  for (const row of found) {
    if (row.dispatched === null) closed.set(row.request_id, row);
    else dispatched.set(row.request_id, row.dispatched);
  }
  return { dispatched, closed };
}

/** One statement for all of it: the arrays may be empty. */
async function insert(db: Db, owner: string, rows: Rows): Promise<void> {
  if (rows.entries.length === 0) return;
  await db.rows(
    `WITH inserted AS (
       INSERT INTO entries (${ENTRY_COLUMNS.join()})
       SELECT * FROM unnest($1::text[], $2::bigint[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[],
         $8::text[], $9::text[], $10::text[], $11::text[])
     ), begun AS (
       INSERT INTO in_flight (request_id, place, caller, key, webhook_url, lease_until, owner, dispatched)
       SELECT request_id, place, caller, key, webhook_url,
         clock_timestamp() + lease_ms * interval '1 ms', $12, dispatched
       FROM unnest($13::text[], $14::text[], $15::text[], $16::text[], $17::text[], $18::float8[], $19::int[])
         AS new (request_id, place, caller, key, webhook_url, lease_ms, dispatched)
     ), stored AS (
       INSERT INTO deliveries (id, request_id, created_at, due_at, status, attempts, answered)
       SELECT id, request_id, now_ms(), now_ms() + ${DELIVERY_LEASE_MS}, 'pending', 0, 0
       FROM unnest($20::text[], $21::text[]) AS new (id, request_id)
     ), sent AS (
       INSERT INTO outbox (id, url, body)
       SELECT * FROM unnest($20::text[], $22::text[], $23::text[])
     ), settled AS (
       UPDATE keys SET settled = 1 FROM unnest($24::text[], $25::text[]) AS claim (caller, key)
       WHERE keys.caller = claim.caller AND keys.key = claim.key
     )
     DELETE FROM keys USING unnest($26::text[], $27::text[]) AS claim (caller, key)
     WHERE keys.caller = claim.caller AND keys.key = claim.key`,
    [
      ...columns(rows.entries, ...ENTRY_COLUMNS),
      owner,
      ...columns(
        [...rows.begun.values()],
        'request_id',
        'place',
        'caller',
        'key',
        'webhook_url',
        'lease_ms',
        'dispatched',
      ),
      ...columns(rows.deliveries, 'id', 'request_id', 'url', 'body'),
      ...columns(rows.settledKeys, 'caller', 'key'),
      ...columns(rows.availableKeys, 'caller', 'key'),
    ],
  );
}
