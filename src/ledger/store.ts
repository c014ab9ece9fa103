import type { Coordinator, IdempotencyClaim, Intent, Notification, Outcome } from '../services/ports.ts';
import type { Deliveries, DeliveryStore } from './outbox/deliveries.ts';
import type { Head } from './journal/entry.ts';
import type { RecordRow, Statement } from './journal/records.ts';

export interface BeginArguments {
  intent: Intent;
  claim: IdempotencyClaim | null;
  webhookUrl: string | null;
  now: number;
  expiresAt: number;
}

export type BegunRow = { kind: 'begun' | 'key_reused' | 'in_progress' } | { kind: 'replay'; row: RecordRow };

export interface CompleteArguments {
  requestId: string;
  outcome: Outcome;
  notification: Notification | null;
  now: number;
}

/** The record as it stands, and whether it was this outcome that ended it. */
export interface Completed {
  row: RecordRow;
  first: boolean;
}

export interface UnfinishedRow {
  request_id: string;
  intent: string;
  dispatched: number;
  webhook_url: string | null;
}

/**
 * What a database does for the ledger. Each method is one transaction, durable when it resolves, and throws
 * `LEDGER_UNAVAILABLE`. Times are epoch milliseconds. `held` are the intents that this process is working on: what it
 * asks for afterwards is not among them, and is not seen either.
 */
export interface Backend {
  begin(of: BeginArguments): Promise<BegunRow>;
  /** False when the intent is not this process's to dispatch. */
  dispatch(of: { requestId: string; now: number }): Promise<boolean>;
  /** Null when there is no such intent. */
  complete(of: CompleteArguments): Promise<Completed | null>;
  /** Makes unfinished intents this process's own: those of processes that are gone, and its own that are not held. */
  take(of: { held: string[]; limit: number }): Promise<UnfinishedRow[]>;
  /** How many `take` would find. */
  countFree(held: string[]): Promise<number>;
  record(requestId: string): Promise<RecordRow | null>;
  records(statement: Statement): Promise<RecordRow[]>;
  /** Forgets some of the keys whose time is over, returns how many; and what else is of no use any more. */
  tidy(now: number): Promise<number>;
  check(now: number): Promise<void>;
  /** The last entry of each chain, and whether it is known to have ended with it. `closing`: we write no more. */
  heads(closing: boolean): Promise<(Head & { ended: boolean })[]>;
  readonly deliveries: DeliveryStore;
  readonly coordinator: Coordinator;
  /** Starts to try what is due, again and again, until `close`. */
  startDeliveries(deliveries: Deliveries): Promise<void>;
  /** Ends background deliveries; what is written after that is still taken. */
  stopDeliveries(): Promise<void>;
  /** Resolves when nothing is being written. */
  idle(): Promise<void>;
  close(): Promise<void>;
}
