/**
 * What the use cases need from the world, in their own words: the tenant (`DataActions`), and the ledger with its parts
 * (`Ledger`, `AuditLog`, `Outbox`, `Coordinator`). `plugins/` provides each port.
 */
import type { AuditHistory } from '../schemas/audit-history.ts';
import type { AuditRecord } from '../schemas/audit-record.ts';
import type { Preview } from './date/index.ts';

/** Time and chance, passed in so that tests need no waiting. */
export interface Clock {
  /** Epoch milliseconds. */
  now(): number;
  /** Milliseconds that only ever grow; for durations and deadlines. */
  monotonic(): number;
  /** Rejects with the signal's reason when it aborts first. */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>;
  /** Calls back once after that time, unless the function that it returns is called first. */
  after: (milliseconds: number, callback: () => void) => () => void;
  /** From 0 (included) to 1 (excluded). */
  random(): number;
}

/** What one manipulation may still spend at the tenant, and what it has spent so far. */
export interface Budget {
  /** On `Clock.monotonic`'s scale; nothing is waited for beyond it. */
  readonly deadline: number;
  /** Aborts a look-up or a read. A write goes on to its end. */
  readonly signal?: AbortSignal;
  /** The caller that the work is for: callers share the tenant's rate and the bulkhead fairly. */
  readonly caller?: string;
  /** W3C Trace Context, passed on to the tenant as it is. */
  readonly traceparent?: string;
  /** Nothing is sent to the tenant before it has resolved. Where it rejects, with a `Problem`, so does the call. */
  readonly begun?: Promise<unknown>;
  /** Filled in by the gateway: time spent waiting for the tenant, the PUTs that were sent, and when (epoch milliseconds). */
  readonly spent: { upstreamMs: number; attempts: number; attemptedAt: number[] };
}

/** The part of a data action's configuration that this service owns. Names are CXone's. */
export interface DateProcessing {
  sourceField: string;
  targetField: string;
  computedValue: string | number;
  timezone: string;
  dstAdjustment: boolean;
  precision: number;
}

export interface ActionRef {
  id: string;
  name: string;
}

/** How an update works together with the ledger. */
export interface UpdateHooks {
  /**
   * Called once per update, when the action's lock is held: it runs beside the read of the action, or beside what the
   * budget's `begun` waits for, and no PUT leaves before it has resolved. When it rejects, nothing is written and the update
   * rejects with that `Problem`.
   */
  beforeWrite?: () => Promise<void>;
  /** Asked right before a PUT leaves: false once the lock on the action may have been lost, and then none leaves. */
  isHeld?: () => boolean;
}

/** What the gateway measures of itself, for metrics. */
export interface GatewayGauges {
  /** Operations that wait for a bulkhead slot. */
  bulkheadQueue: number;
  /** Requests a second that may be sent now. */
  ratePerSecond: number;
  /** Seconds until the token is renewed or fetched anew; null without a token. */
  tokenExpiresSeconds: number | null;
}

/** The tenant's data actions. Every method throws a `Problem` and nothing else. */
export interface DataActions {
  /** The one action of exactly that name. `ACTION_NOT_FOUND`, `ACTION_AMBIGUOUS`, or an upstream problem. */
  find(name: string, budget: Budget): Promise<ActionRef>;
  /**
   * Writes `value` under `configuration.dateProcessing` and keeps the rest of the action as it was read. Writes to one
   * action happen in the order of these calls. A problem's `effect` says whether the write may have been applied.
   * Returns the action written (its id may be newer than `action.id` when it was deleted and made again).
   */
  update(action: ActionRef, value: DateProcessing, budget: Budget, hooks?: UpdateHooks): Promise<ActionRef>;
  /** What the action holds now, or null when it holds nothing of ours or is gone. Never answered from a cache. */
  read(action: ActionRef, budget: Budget): Promise<DateProcessing | null>;
  /** For readiness; sends nothing. */
  state(): { state: 'ok' | 'degraded'; detail?: string };
  gauges(): GatewayGauges;
}

/** What several instances of the service must agree on. Within one process, plain memory does. */
export interface Coordinator {
  /**
   * Runs `work` alone for that key over all instances. Within an instance work runs in the order of arrival; over
   * instances only one at a time is promised. Rejects with the signal's reason when that aborts before the lock is held.
   * `work` is given a check: false once the lock may have been lost, as after a stall or with its database session; it is
   * asked right before an effect.
   */
  exclusive<T>(key: string, signal: AbortSignal, work: (isHeld: () => boolean) => Promise<T>): Promise<T>;
  /**
   * Reserves `slots` requests of a bucket that refills one slot every `intervalMs` and holds at most `burst` of them
   * (GCRA). Resolves to the milliseconds until the first reserved slot may be used; the others follow `intervalMs` apart
   * unless they came out of the burst. Within one process it answers at once.
   */
  reserve(bucket: string, slots: number, intervalMs: number, burst: number): number | Promise<number>;
  /** Takes one token of such a bucket if there is one; waits for nothing and reserves nothing. */
  take(bucket: string, intervalMs: number, burst: number): Promise<Taken>;
}

/** What became of `Coordinator.take`. Times in milliseconds. */
export interface Taken {
  allowed: boolean;
  /** Tokens that are left. */
  remaining: number;
  /** Until there is a token again; 0 when one was taken. */
  waitMs: number;
  /** Until the bucket is full. */
  fullMs: number;
}

/** What is decided before anything leaves the process; the first half of an audit record. Never changes. */
export interface Intent {
  request_id: string;
  /**
   * When the manipulation was accepted: RFC 3339 in UTC with milliseconds. Taken in the same turn of the event loop as
   * `Ledger.begin` is called, so that the list, which goes by it, is in the order of arrival.
   */
  timestamp: string;
  caller: string;
  /** The distributed trace that it belongs to; absent in records of before there was one. */
  trace_id?: string | null;
  action_name: string;
  operation: string;
  target_timezone: string;
  input_timestamp: string;
  output_timestamp: string | number;
  output_instant: string | null;
  resolution: AuditRecord['resolution'];
  leap_day: boolean;
  discarded_nanoseconds: number;
  tzdb_version: string;
  accuracy_valid: boolean;
  /** The calendar that decided; absent in records of before there were any. */
  calendar?: AuditRecord['calendar'];
  /** What the steps of a sequence came to; absent likewise. */
  steps?: AuditRecord['steps'];
  /** What is going to be written. */
  date_processing: DateProcessing;
  /**
   * What it was computed from, so that it can be computed again: the request without the action and the webhook. It is no
   * part of the record. Null where it is too large to be kept, absent in intents of before it was.
   */
  request?: Preview | null;
}

/** How it ended; the second half. */
export interface Outcome {
  status: 'SUCCESS' | 'FAILED' | 'UNKNOWN';
  action_id: string | null;
  latency_ms: number;
  upstream_ms: number;
  attempts: number;
  /** When each write was sent, RFC 3339; absent in records of before it was kept. */
  attempted_at?: string[];
  error: AuditRecord['error'];
  /** Of the problem the caller got, for an idempotent replay. */
  retry_after_seconds: number | null;
  /** The write did not reach the tenant, so that the same idempotency key may be tried again. */
  retryable: boolean;
  /** True when the outcome was found out after the fact, by reading the action. */
  reconciled: boolean;
}

export interface IdempotencyClaim {
  caller: string;
  key: string;
  /** SHA-256 (hex) over the canonical JSON of the validated body. */
  fingerprint: string;
}

export type Begun =
  | { kind: 'begun' }
  /** The first request with this key is done; `retryAfterSeconds` is that of its problem, if it ended in one. */
  | { kind: 'replay'; record: AuditRecord; retryAfterSeconds: number | null }
  | { kind: 'in_progress'; retryAfterSeconds: number }
  | { kind: 'key_reused' };

/** What keeps a request from beginning: an earlier one with its key. */
export type KeyTaken = Exclude<Begun, { kind: 'begun' }>;

/** A webhook to send, stored in the transaction that completes the record. */
export interface Notification {
  /** The Standard Webhooks message id, the same on every try. */
  id: string;
  request_id: string;
  url: string;
  /** The exact JSON text, frozen, of which each try signs a copy. */
  body: string;
  /** W3C Trace Context for the first try. It is not stored: a later one is told only which trace it belongs to. */
  traceparent?: string;
}

export type DeliveryResult =
  | { outcome: 'delivered' }
  /** `final`: do not try again (410, a refused URL). `refused`: not sent, as the address is not allowed. */
  | { outcome: 'failed'; final: boolean; detail: string; refused?: boolean; retryAfterSeconds?: number };

/** Makes one try. Never throws. */
export type Deliver = (notification: Notification) => Promise<DeliveryResult>;

export interface DeliveryState {
  id: string;
  status: 'delivered' | 'pending' | 'failed';
  attempts: number;
}

/** A webhook that will not be tried again by itself. */
export interface DeadLetter {
  id: string;
  request_id: string;
  attempts: number;
  last_error: string;
  failed_at: string;
}

/** Webhooks on their way: at least once, over restarts. */
export interface Outbox {
  /** Starts background delivery (retries, and what a crash left behind) with this function. */
  start(deliver: Deliver): Promise<void>;
  /**
   * The first try, at once, for a notification that `Ledger.complete` has stored. Resolves to the state after it, or to
   * `pending` when `waitMs` ran out first; the try itself goes on. `delivered` here is what `webhook_triggered` says from
   * then on, unless a crash takes the note of it: that is written afterwards. Never throws: a try that could not be noted down counts as pending and is made again.
   */
  attempt(id: string, waitMs: number): Promise<DeliveryState>;
  deadLetters(limit: number): Promise<DeadLetter[]>;
  /** Puts dead letters back to the start of their schedule; returns how many. */
  resend(ids: string[]): Promise<number>;
}

export interface AuditQuery {
  /** Only this caller's records; unset for a caller with `audit:read:all`. */
  caller?: string;
  action_name?: string;
  status?: AuditRecord['status'];
  /** The key that its caller gave, also when that has expired. */
  idempotency_key?: string;
  /** The id of its webhook's message. */
  webhook_id?: string;
  /** RFC 3339 instants; `from` inclusive, `to` exclusive, over `timestamp`. */
  from?: string;
  to?: string;
}

/** An in-flight intent whose lease had expired, claimed by this instance. */
export interface ClaimedIntent {
  intent: Intent;
  /** Whether a write may have left: `dispatch` was recorded. */
  dispatched: boolean;
  /** How often settling it was postponed. */
  postponed: number;
  webhookUrl: string | null;
}

/**
 * The durable life of a manipulation, with its idempotency key. A method resolves when what it says is on disk. It throws
 * `Problem` `LEDGER_UNAVAILABLE`.
 *
 * From `begin` until `complete` an intent is in flight: it has an owner, an instance, and a lease that lasts for as long
 * as a manipulation can take. An intent whose lease has expired may be claimed by any instance.
 */
export interface Ledger {
  /** Claims the idempotency key, if any, and writes the intent with its lease, in one transaction. */
  begin(intent: Intent, options: { claim?: IdempotencyClaim; webhookUrl: string | null }): Promise<Begun>;
  /** What `begin` would answer for a key that is taken; null for one that is not. Claims nothing. */
  lookUp(claim: IdempotencyClaim): Promise<KeyTaken | null>;
  /**
   * Records that a write may now leave. Without this mark, an intent in flight is known to have written nothing.
   * Refused (`LEDGER_UNAVAILABLE`) when this instance is no longer the owner: nothing may be written then.
   */
  dispatch(requestId: string): Promise<void>;
  /**
   * Writes the outcome, settles the key and stores the notification, in one transaction. Answers the record as it now
   * stands: the first outcome stays, a later one changes nothing.
   */
  complete(intent: Intent, outcome: Outcome, notification: Notification | null): Promise<AuditRecord>;
  /** Claims up to `limit` intents whose leases have expired; each goes to one instance, with a new lease. */
  claimExpired(limit: number): Promise<ClaimedIntent[]>;
  /** Ends the lease of an intent that this instance owns and will not settle, so that it may be claimed at once. */
  release(requestId: string): Promise<void>;
  /** Backs off from an intent that cannot be settled now: it may be claimed after a pause that doubles each time. */
  postpone(requestId: string): Promise<void>;
  /** For readiness: throws when a record could not be written now. */
  check(): Promise<void>;
  /** For metrics. */
  gauges(): Promise<LedgerGauges>;
  readonly audit: AuditLog;
  readonly outbox: Outbox;
  readonly coordinator: Coordinator;
  close(): Promise<void>;
}

/** What the ledger holds, counted. */
export interface LedgerGauges {
  /** Intents whose leases have expired or that were postponed. */
  unreconciledIntents: number;
  /** How long the oldest webhook has been on its way; 0 when there is none. */
  outboxOldestSeconds: number;
  /** Webhooks that are still to be delivered. */
  outboxSize: number;
  deadLetters: number;
  /** Absent where no checkpoints are written. */
  checkpointAgeSeconds?: number;
}

/** The records, to read. Throws `LEDGER_UNAVAILABLE`. */
export interface AuditLog {
  /** Null when there is none, or it is another caller's. */
  get(requestId: string, caller?: string): Promise<AuditRecord | null>;
  /** What happened to it, and when. Null likewise. */
  history(requestId: string, caller?: string): Promise<AuditHistory | null>;
  /** Newest first. The cursor is opaque; an invalid one is a `VALIDATION_FAILED`. */
  list(
    query: AuditQuery,
    limit: number,
    cursor?: string,
  ): Promise<{ items: AuditRecord[]; next_cursor: string | null }>;
  /** Every record that fits, oldest first, in constant memory; it yields to writers. */
  export(query: AuditQuery): AsyncIterable<AuditRecord>;
}
