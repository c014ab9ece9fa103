import type { Notification } from '../../services/ports.ts';
import type { Completed } from '../store.ts';
import { LEASE_MS } from '../outbox/deliveries.ts';
import { type Content, ENTRY_COLUMNS, type Entry, entryAfter, type Head, headFor } from '../journal/entry.ts';
import { columns } from './columns.ts';
import type { Jobs } from './jobs.ts';
import { recordsOf, settleKeys, takeKeys } from './keys.ts';
import type { Begin, Complete, Dispatch, WriteOperation } from './operations.ts';
import type { Db } from './pool.ts';
import { closeUnfinished, countFree, insertUnfinished, markDispatched, takeFree } from './unfinished.ts';

/**
 * Does a batch inside the transaction of `db`, with a handful of statements however large it is. No two operations of it
 * are of the same request. Returns their values in order, and the head of the chain if the transaction commits.
 */
export async function doBatch(
  db: Db,
  { writer, head, jobs }: { writer: string; head: Head | undefined; jobs: Pick<Jobs, 'send'> },
  batch: WriteOperation[],
): Promise<{ values: unknown[]; head: Head | undefined }> {
  const begins = batch.filter((one): one is Begin => one.name === 'begin');
  const dispatches = batch.filter((one): one is Dispatch => one.name === 'dispatch');
  const completes = batch.filter((one): one is Complete => one.name === 'complete');
  const values = new Map<WriteOperation, unknown>();
  const entries: Entry[] = [];
  let last = head;

  const append = (content: Content, now: number): string => {
    const entry = entryAfter(headFor(last, now), content, new Date(now).toISOString());
    entries.push(entry);
    last = entry;
    return entry.place ?? '';
  };

  // Before anything is begun or ended: who asked knew what was under way when it asked.
  for (const operation of batch) {
    if (operation.name === 'take') values.set(operation, await takeFree(db, writer, operation.argument));
    if (operation.name === 'countFree') {
      values.set(operation, await countFree(db, writer, operation.argument));
    }
  }
  const verdicts = await takeKeys(db, begins);
  const dispatched = await markDispatched(db, writer, dispatches);
  const open = await closeUnfinished(db, completes);

  const started: object[] = [];
  for (const operation of batch) {
    switch (operation.name) {
      case 'begin': {
        const { intent, claim, webhookUrl, now } = operation.argument;
        const verdict = verdicts.get(operation) ?? { kind: 'begun' };
        values.set(operation, verdict);
        if (verdict.kind !== 'begun') break;
        const place = append({ kind: 'intent', request_id: intent.request_id, intent }, now);
        const { caller = null, key = null } = claim ?? {};
        started.push({ request_id: intent.request_id, place, writer, caller, key, webhook_url: webhookUrl });
        break;
      }
      case 'dispatch': {
        const { requestId, now } = operation.argument;
        const before = dispatched.get(requestId);
        if (before === 0) append({ kind: 'dispatch', request_id: requestId }, now);
        values.set(operation, before !== undefined);
        break;
      }
      case 'complete': {
        const { requestId, outcome, now } = operation.argument;
        const place = open.get(requestId)?.place;
        if (place !== undefined) append({ kind: 'outcome', request_id: requestId, place, outcome }, now);
        break;
      }
      case 'beat':
        await beat(db, writer);
    }
  }

  await insertEntries(db, entries);
  await insertUnfinished(db, started);
  const ended = completes.filter(({ argument }) => open.has(argument.requestId));
  await settleKeys(db, ended, open);
  await storeNotifications(db, jobs, ended);
  const records = await recordsOf(
    db,
    completes.map(({ argument }) => argument.requestId),
  );
  for (const operation of completes) {
    const { requestId } = operation.argument;
    const row = records.get(requestId);
    const completed: Completed | null = row === undefined ? null : { row, first: open.has(requestId) };
    values.set(operation, completed);
  }
  return { values: batch.map((operation) => values.get(operation)), head: last };
}

/** Says that this process lives. */
export async function beat(db: Db, writer: string): Promise<void> {
  await db.rows(
    `INSERT INTO writers (id, beat_at) VALUES ($1, clock_timestamp())
     ON CONFLICT (id) DO UPDATE SET beat_at = clock_timestamp()`,
    [writer],
  );
}

async function insertEntries(db: Db, entries: Entry[]): Promise<void> {
  if (entries.length === 0) return;
  await db.rows(
    `INSERT INTO entries (${ENTRY_COLUMNS.join()})
     SELECT * FROM unnest($1::text[], $2::bigint[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[],
       $8::text[], $9::text[], $10::text[])`,
    columns(entries, ...ENTRY_COLUMNS),
  );
}

/** Stores the webhooks, each with a job for the case that its first try is never made here. */
async function storeNotifications(db: Db, jobs: Pick<Jobs, 'send'>, ended: Complete[]): Promise<void> {
  const stored = ended.flatMap(({ argument: { notification, requestId, now } }) =>
    notification === null ? [] : [row(notification, requestId, now)],
  );
  if (stored.length === 0) return;
  await db.rows(
    `INSERT INTO deliveries (id, request_id, url, body, created_at, due_at, status, attempts, answered)
     SELECT *, 'pending', 0, 0 FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::bigint[], $6::bigint[])`,
    columns(stored, 'id', 'request_id', 'url', 'body', 'created_at', 'due_at'),
  );
  await jobs.send(
    db,
    stored.map(({ id, due_at }) => ({ id, dueAt: due_at, inSeconds: LEASE_MS / 1000 })),
  );
}

const row = ({ id, url, body }: Notification, requestId: string, now: number) => ({
  id,
  request_id: requestId,
  url,
  body,
  created_at: now,
  due_at: now + LEASE_MS,
});
