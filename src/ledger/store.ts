import type { Coordinator, IdempotencyClaim, Intent, Notification, Outcome } from '../services/ports.ts';
import type { HistoryRow } from './journal/history.ts';
import type { HeadRow, RecordRow, Statement } from './journal/records.ts';
import type { DeliveryStore } from './outbox/deliveries.ts';

export interface BeginArguments {
  intent: Intent;
  claim: IdempotencyClaim | null;
  webhookUrl: string | null;
  /** When the entry is written, epoch milliseconds. */
  at: number;
  leaseMs: number;
  /** How long the idempotency key lives. */
  ttlMs: number;
}

/** Of a key that an earlier request has. The row is missing only in a ledger that is damaged. */
export type TakenRow =
  { kind: 'key_reused' | 'in_progress' } | { kind: 'replay'; row: RecordRow | undefined };

export type BegunRow = { kind: 'begun' } | TakenRow;

export interface DispatchArguments {
  requestId: string;
  at: number;
}

export interface CompleteArguments {
  requestId: string;
  outcome: Outcome;
  notification: Notification | null;
  at: number;
}

/** Whether this outcome ended the record; the record as it stands where it did not. Null when there is no such intent. */
export type Completed = { first: true } | { first: false; row: RecordRow } | null;

export interface ClaimedRow {
  request_id: string;
  /** The text of the intent's entry. */
  intent: string;
  /** 0 or 1. */
  dispatched: number;
  /** How often settling it was postponed. */
  postponed: number;
  webhook_url: string | null;
}

/** Writes, so that a ledger that cannot be written is noticed. */
export const CHECK =
  'INSERT INTO checks (id, at) VALUES (1, now_ms()) ON CONFLICT (id) DO UPDATE SET at = excluded.at';

/** How long an intent that cannot be settled now is left alone: the first time, doubled each time, at most. */
export const FIRST_BACKOFF_MS = 5_000;
export const LONGEST_BACKOFF_MS = 120_000;

/**
 * The owner of an intent that an instance has claimed to settle it. It is another one than that of the manipulations of the
 * same instance, so that one whose lease has expired is refused its dispatch there, too.
 */
export const reconcilerOf = (owner: string): string => `${owner} reconciler`;

/**
 * What a database does for the ledger. Each method is one transaction, durable when it resolves, and throws
 * `LEDGER_UNAVAILABLE`. Leases, expiry and due times go by the store's own clock: that of PostgreSQL, or the steady clock
 * of the one process that has the file. `at` is the wall clock's time for an entry.
 */
export interface Store {
  begin(of: BeginArguments): Promise<BegunRow>;
  /** Null for a key that is available. */
  lookUp(claim: IdempotencyClaim): Promise<TakenRow | null>;
  /** False when this instance is not, or no longer, the owner. */
  dispatch(of: DispatchArguments): Promise<boolean>;
  complete(of: CompleteArguments): Promise<Completed>;
  claimExpired(limit: number, leaseMs: number): Promise<ClaimedRow[]>;
  release(requestId: string): Promise<void>;
  postpone(requestId: string): Promise<void>;
  countUnreconciled(): Promise<number>;
  record(requestId: string): Promise<RecordRow | null>;
  history(requestId: string): Promise<HistoryRow | null>;
  records(statement: Statement): Promise<RecordRow[]>;
  /** Deletes some of the keys that have expired; returns how many. */
  expireKeys(): Promise<number>;
  check(): Promise<void>;
  /** The last entry of each chain, and whether it is known to have ended with it. `closing`: we write no more. */
  heads(closing: boolean): Promise<(HeadRow & { ended: boolean })[]>;
  readonly deliveries: DeliveryStore;
  readonly coordinator: Coordinator;
  /** Resolves when nothing is being written. */
  idle(): Promise<void>;
  close(): Promise<void>;
}
