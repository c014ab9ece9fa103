import type { AuditRecord } from '../../schemas/audit-record.ts';
import { auditRecord } from '../../services/manipulations/audit-record.ts';
import type { AuditQuery, DeliveryState, Intent, Outcome } from '../../services/ports.ts';
import { type Head, indexable } from './entry.ts';
import { boundsOf } from './paging.ts';

/** What `RECORD` selects: the texts of an intent and its outcome, and where its webhook is. */
export interface RecordRow {
  request_id: string;
  sort_key: string;
  intent: string;
  outcome: string | null;
  delivery: string | null;
  delivery_status: DeliveryState['status'] | null;
  attempts: number | null;
  /** 0 or 1. */
  answered: number | null;
}

/** An SQL statement with `$1`, `$2` … and their values; both databases read it. */
export interface Statement {
  sql: string;
  values: (string | number)[];
}

const COLUMNS = `i.place AS sort_key, i.request_id, i.entry AS intent, o.entry AS outcome,
  d.id AS delivery, d.status AS delivery_status, d.attempts, d.answered`;

const INTENT_FIRST = `FROM entries i
  LEFT JOIN entries o ON o.request_id = i.request_id AND o.kind = 'outcome'
  LEFT JOIN deliveries d ON d.request_id = i.request_id
  WHERE i.kind = 'intent'`;

/** Few at any time. CROSS JOIN keeps SQLite from starting at the entries. */
const IN_FLIGHT_FIRST = `FROM in_flight f CROSS JOIN entries i
  LEFT JOIN entries o ON o.request_id = i.request_id AND o.kind = 'outcome'
  LEFT JOIN deliveries d ON d.request_id = i.request_id
  WHERE i.request_id = f.request_id AND i.kind = 'intent'`;

const OUTCOME_FIRST = `FROM entries o
  JOIN entries i ON i.request_id = o.request_id AND i.kind = 'intent'
  LEFT JOIN deliveries d ON d.request_id = o.request_id
  WHERE o.kind = 'outcome' AND o.status <> 'SUCCESS'`;

/** One record. */
export const RECORD = `SELECT ${COLUMNS} ${INTENT_FIRST} AND i.request_id = $1`;

/** The last entry of one chain. */
export const LAST_OF_CHAIN = `SELECT chain, sequence, hash FROM entries WHERE chain = $1 ORDER BY sequence DESC LIMIT 1`;

/** A row of `HEADS`. */
export type HeadRow = Head & { entry: string };

/** The last entry of each chain, with its text, found by skipping from one chain to the next. */
export const HEADS = `
  WITH RECURSIVE chains (chain) AS (
    SELECT min(chain) FROM entries
    UNION ALL
    SELECT (SELECT min(chain) FROM entries WHERE chain > chains.chain) FROM chains WHERE chain IS NOT NULL
  )
  SELECT e.chain, e.sequence, e.hash, e.entry FROM chains JOIN entries e ON e.chain = chains.chain
    AND e.sequence = (SELECT max(sequence) FROM entries WHERE chain = chains.chain)`;

export function recordOf(row: RecordRow): AuditRecord {
  const webhook =
    row.delivery === null
      ? null
      : { id: row.delivery, status: row.delivery_status ?? 'pending', attempts: row.attempts ?? 0 };
  return auditRecord(intentIn(row), outcomeIn(row), webhook, row.answered === 1);
}

export const intentIn = ({ intent }: { intent: string }): Intent =>
  (JSON.parse(intent) as { intent: Intent }).intent;

export const outcomeIn = ({ outcome }: { outcome: string | null }): Outcome | null =>
  outcome === null ? null : (JSON.parse(outcome) as { outcome: Outcome }).outcome;

/**
 * The records that fit `query`, from a sort key on (not itself), in the list's order or against it. Starts from the rarer
 * side, so that the few failures among many successes are found by an index.
 */
export function recordsStatement(
  query: AuditQuery,
  { order, from, limit }: { order: 'newest' | 'oldest'; from: string | undefined; limit: number },
): Statement {
  // One key or webhook stands for so few records that their status is looked at afterwards.
  const few = query.idempotency_key !== undefined || query.webhook_id !== undefined;
  const rare = !few && (query.status === 'FAILED' || query.status === 'UNKNOWN');
  const inFlight = !few && query.status === 'PROCESSING';
  const sortKey = rare ? 'o.place' : inFlight ? 'f.place' : 'i.place';
  const values: (string | number)[] = [];
  const bound = (value: string | number) => `$${values.push(value)}`;
  const conditions: string[] = [];
  const where = (left: string, value: string | undefined, right = '') => {
    if (value !== undefined) conditions.push(`AND ${left} ${bound(indexable(value))}${right}`);
  };
  const bounds = boundsOf(query);
  where('i.caller =', query.caller);
  where('i.action_name =', query.action_name);
  where('i.idempotency_key =', query.idempotency_key);
  where('i.request_id = (SELECT request_id FROM deliveries WHERE id =', query.webhook_id, ')');
  if (few && query.status === 'PROCESSING') conditions.push('AND o.status IS NULL');
  else if (!inFlight) where('o.status =', query.status);
  where(`${sortKey} >=`, bounds.from);
  where(`${sortKey} <`, bounds.to);
  where(`${sortKey} ${order === 'newest' ? '<' : '>'}`, from);
  const sql = `SELECT ${COLUMNS} ${rare ? OUTCOME_FIRST : inFlight ? IN_FLIGHT_FIRST : INTENT_FIRST}
    ${conditions.join(' ')}
    ORDER BY ${sortKey} ${order === 'newest' ? 'DESC' : 'ASC'} LIMIT ${bound(limit)}`;
  return { sql, values };
}
