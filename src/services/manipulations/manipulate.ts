import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import { Problem, type ProblemCode } from '../../errors.ts';
import type { AuditRecord } from '../../schemas/audit-record.ts';
import { auditRecord } from './audit-record.ts';
import { type Manipulation, compute, type Computation } from '../date/index.ts';
import type { Events } from '../events.ts';
import { notificationFor } from './notification.ts';
import type {
  ActionRef,
  Budget,
  Clock,
  DataActions,
  IdempotencyClaim,
  Intent,
  Ledger,
  Notification,
  Outcome,
} from '../ports.ts';

export interface ManipulationDeps {
  dataActions: DataActions;
  ledger: Ledger;
  /** Throws `WEBHOOK_URL_REFUSED` for a URL that must not be called. */
  acceptWebhook: (url: string) => void;
  clock: Clock;
  events: Events;
  /** What the ledger could not record; the next round of settling does. */
  unrecorded: Unrecorded;
  /** Manipulations that have not ended; they go on when their callers have left. */
  underWay: Set<Promise<unknown>>;
  settings: {
    /** What one manipulation may spend at the tenant. */
    deadlineMs: number;
    /** Where it is announced unless the request says otherwise. */
    webhookUrl: string | null;
    /** How long the answer waits for the first delivery. */
    webhookWaitMs: number;
  };
}

/** Outcomes that this process knows and the ledger does not, by `request_id`. */
export type Unrecorded = Map<string, Outcome>;

/** Far more than are under way at once; an outcome that is pushed out is found by reading the action instead. */
const LARGEST_UNRECORDED = 10_000;

export interface ManipulationContext {
  /** A UUID, the record's own. */
  requestId: string;
  caller: string;
  idempotencyKey?: string;
  /** Where it belongs in a distributed trace. */
  trace?: { traceId: string; traceparent: string } | null;
}

export interface Answer {
  record: AuditRecord;
  /** What the caller is told went wrong, or null. */
  problem: Problem | null;
  /** True when an earlier request with the same idempotency key did the work. */
  replayed: boolean;
}

/**
 * Computes one date/time, writes it into the data action, accounts for it and announces it.
 * Nothing leaves the process before the intent is on disk, and nothing is answered before the outcome is.
 * @throws Problem when it could not begin; once it has begun, the problem comes back beside its record
 */
export function manipulate(
  deps: ManipulationDeps,
  request: Manipulation,
  context: ManipulationContext,
): Promise<Answer> {
  const answer = perform(deps, request, context);
  const ended = () => void deps.underWay.delete(answer);
  deps.underWay.add(answer);
  answer.then(ended, ended);
  return answer;
}

async function perform(
  deps: ManipulationDeps,
  request: Manipulation,
  context: ManipulationContext,
): Promise<Answer> {
  const started = deps.clock.monotonic();
  const now = deps.clock.now();
  const timestamp = new Date(now).toISOString();
  const webhookUrl = request.webhook_url ?? deps.settings.webhookUrl;
  if (webhookUrl !== null) deps.acceptWebhook(webhookUrl);

  const computed = timed(deps, request, now);
  const intent = intentOf(request, computed, context, timestamp);
  const claim = claimOf(request, context);
  const begun = await deps.ledger.begin(intent, { webhookUrl, ...(claim && { claim }) });
  if (begun.kind !== 'begun') {
    deps.events.emit('idempotency.replay', { outcome: begun.kind === 'replay' ? 'replayed' : begun.kind });
  }
  switch (begun.kind) {
    case 'replay':
      return {
        record: begun.record,
        problem: problemOf(begun.record, begun.retryAfterSeconds),
        replayed: true,
      };
    case 'in_progress':
      throw new Problem(
        'IDEMPOTENCY_IN_PROGRESS',
        'The first request with this Idempotency-Key is still running. Send it again after Retry-After to get its outcome.',
        { retryAfterSeconds: begun.retryAfterSeconds },
      );
    case 'key_reused':
      throw new Problem(
        'IDEMPOTENCY_KEY_REUSED',
        'This Idempotency-Key came with another body before. Use a new key for a new request.',
      );
    case 'begun':
  }

  const { problem, outcome } = await write(deps, intent, started, context.trace?.traceparent);
  deps.events.emit('manipulation.finished', {
    operation: request.operation,
    outcome: outcome.status.toLowerCase(),
    seconds: (deps.clock.monotonic() - started) / 1000,
    traceId: intent.trace_id,
  });
  const record = await settle(deps, intent, outcome, webhookUrl);
  // Of two outcomes the first one stays; the caller is told what stands.
  const stands = record.status === outcome.status;
  return { record, problem: stands ? problem : problemOf(record, null), replayed: false };
}

/**
 * Stores an outcome together with its webhook, and makes the first delivery.
 * @throws Problem `LEDGER_UNAVAILABLE`; the intent stays unfinished, its outcome is kept here, and it is settled later
 */
export async function settle(
  deps: ManipulationDeps,
  intent: Intent,
  outcome: Outcome,
  webhookUrl: string | null,
  webhookWaitMs = deps.settings.webhookWaitMs,
): Promise<AuditRecord> {
  if (webhookUrl === null) return complete(deps, intent, outcome, null);
  const id = `msg_${intent.request_id}`;
  const announced = auditRecord(intent, outcome, { id, status: 'pending', attempts: 0 }, false);
  const notification = notificationFor(announced, webhookUrl, deps.clock.now());
  const record = await complete(deps, intent, outcome, notification);
  // Somebody else has settled it first: the announcement is theirs.
  if (record.webhook?.id !== id) return record;
  const state = await deps.ledger.outbox.attempt(id, webhookWaitMs);
  return { ...record, webhook: state, webhook_triggered: state.status === 'delivered' };
}

async function complete(
  deps: ManipulationDeps,
  intent: Intent,
  outcome: Outcome,
  notification: Notification | null,
): Promise<AuditRecord> {
  try {
    const record = await deps.ledger.complete(intent.request_id, outcome, notification);
    deps.unrecorded.delete(intent.request_id);
    return record;
  } catch (error) {
    keep(deps.unrecorded, intent.request_id, outcome);
    const what =
      outcome.status === 'SUCCESS' ? 'The value was written' : `The write ended as ${outcome.status}`;
    throw new Problem(
      'LEDGER_UNAVAILABLE',
      `${what}, but the ledger could not record that. It will be settled when the ledger is there again: ask for GET /audit-records/${intent.request_id}, do not send it again under another key.`,
      { effect: 'unknown', cause: error },
    );
  }
}

function keep(unrecorded: Unrecorded, requestId: string, outcome: Outcome): void {
  unrecorded.set(requestId, outcome);
  const [oldest] = unrecorded.keys();
  if (unrecorded.size > LARGEST_UNRECORDED && oldest !== undefined) unrecorded.delete(oldest);
}

/** What has begun goes on to its end, also when the caller has gone or the service is stopping. */
const NEVER = new AbortController().signal;

/** Finds the action and writes to it; whatever happens comes back as an outcome. */
async function write(deps: ManipulationDeps, intent: Intent, started: number, traceparent?: string) {
  const budget: Budget = {
    deadline: started + deps.settings.deadlineMs,
    signal: NEVER,
    ...(traceparent !== undefined && { traceparent }),
    spent: { upstreamMs: 0, attempts: 0 },
  };
  let action: ActionRef | null = null;
  let problem: Problem | null = null;
  try {
    action = await deps.dataActions.find(intent.action_name, budget);
    await deps.ledger.dispatch(intent.request_id);
    action = await deps.dataActions.update(action, intent.date_processing, budget);
  } catch (error) {
    problem = asProblem(error, budget.spent.attempts > 0);
  }
  const outcome: Outcome = {
    status: problem === null ? 'SUCCESS' : problem.effect === 'unknown' ? 'UNKNOWN' : 'FAILED',
    action_id: action?.id ?? null,
    latency_ms: round(deps.clock.monotonic() - started),
    upstream_ms: round(budget.spent.upstreamMs),
    attempts: budget.spent.attempts,
    error: problem && { code: problem.code, detail: problem.message },
    retry_after_seconds: problem?.retryAfterSeconds ?? null,
    retryable: problem?.effect === 'none',
    reconciled: false,
  };
  return { outcome, problem };
}

const round = (milliseconds: number) => Math.round(milliseconds * 1000) / 1000;

/** A fault of ours in the middle of a write leaves open whether it was applied. */
function asProblem(error: unknown, sent: boolean): Problem {
  if (error instanceof Problem) return error;
  return new Problem('INTERNAL_ERROR', 'Something failed here that should not. Report the request_id.', {
    effect: sent ? 'unknown' : 'none',
    cause: error,
  });
}

function timed(deps: ManipulationDeps, request: Manipulation, now: number): Computation {
  const started = deps.clock.monotonic();
  try {
    return compute(request, { now });
  } finally {
    deps.events.emit('date.computed', {
      operation: request.operation,
      seconds: (deps.clock.monotonic() - started) / 1000,
    });
  }
}

function intentOf(
  request: Manipulation,
  computed: Computation,
  context: ManipulationContext,
  timestamp: string,
): Intent {
  return {
    request_id: context.requestId,
    timestamp,
    caller: context.caller,
    trace_id: context.trace?.traceId ?? null,
    action_name: request.action_name,
    operation: request.operation,
    ...computed,
    date_processing: {
      sourceField: 'input_datetime',
      targetField: 'processed_datetime',
      computedValue: computed.output_timestamp,
      timezone: computed.target_timezone,
      dstAdjustment: true,
      precision: request.precision_limit ?? 3,
    },
  };
}

function claimOf(request: Manipulation, context: ManipulationContext): IdempotencyClaim | undefined {
  if (context.idempotencyKey === undefined) return undefined;
  const text = canonicalize(request) ?? '';
  return {
    caller: context.caller,
    key: context.idempotencyKey,
    fingerprint: createHash('sha256').update(text).digest('hex'),
  };
}

/** The problem that the first caller got, made again from its record. */
function problemOf(record: AuditRecord, retryAfterSeconds: number | null): Problem | null {
  if (record.error === null) return null;
  return new Problem(record.error.code as ProblemCode, record.error.detail, {
    ...(retryAfterSeconds !== null && { retryAfterSeconds }),
    effect: record.status === 'UNKNOWN' ? 'unknown' : 'none',
  });
}
