import { Problem, type ProblemCode } from '../../errors.ts';
import type { AuditRecord } from '../../schemas/audit-record.ts';
import { DEFAULT_PRECISION } from '../../schemas/manipulation.ts';
import { type Calendars, type Computation, compute, type Manipulation } from '../date/index.ts';
import type { Events } from '../events.ts';
import type {
  ActionRef,
  Budget,
  Clock,
  DataActions,
  IdempotencyClaim,
  Intent,
  KeyTaken,
  Ledger,
  Outcome,
} from '../ports.ts';
import { auditRecord } from './audit-record.ts';
import { fingerprintOf } from './fingerprint.ts';
import { notificationFor } from './notification.ts';
import { createPendingOutcomes, type PendingOutcome } from './pending-outcomes.ts';
import { reconcile } from './reconcile.ts';

export interface ManipulationDeps {
  dataActions: DataActions;
  calendars: Calendars;
  ledger: Ledger;
  /** @throws Problem `WEBHOOK_URL_REFUSED` for a URL that must not be called */
  acceptWebhook: (url: string) => void;
  clock: Clock;
  events: Events;
  settings: {
    /** What one manipulation may spend at the tenant, in milliseconds. */
    deadlineMs: number;
    /** Where it is announced unless the request says otherwise. */
    webhookUrl: string | null;
    /** How long the answer waits for the first delivery, in milliseconds. */
    webhookWaitMs: number;
  };
}

export interface ManipulationContext {
  /** A UUID, the record's own. */
  requestId: string;
  caller: string;
  idempotencyKey?: string;
  /** Why it must not begin. What an earlier request with its key came to is answered all the same. */
  refusal?: Problem | undefined;
  /** Where it belongs in a distributed trace; passed on to the tenant. */
  trace?: { traceId: string; traceparent: string } | null;
}

export interface Answer {
  record: AuditRecord;
  /** What the caller is told went wrong, or null. */
  problem: Problem | null;
  /** True when an earlier request with the same idempotency key did the work. */
  replayed: boolean;
}

export interface Manipulations {
  /**
   * Computes one date/time, writes it into the data action, records it and announces it. Nothing leaves the process before
   * the intent is on disk, and nothing is answered before the outcome is.
   * @throws Problem when it could not begin, or its outcome could not be recorded; else the problem comes back beside its
   * record
   */
  manipulate(request: Manipulation, context: ManipulationContext): Promise<Answer>;
  /**
   * Records the pending outcomes, then settles intents whose leases have expired.
   * @param signal when it aborts, no more of them are begun
   * @returns how many were settled
   * @throws Problem `LEDGER_UNAVAILABLE`
   */
  reconcile(signal: AbortSignal): Promise<number>;
  /** Waits for what is in flight, then records the pending outcomes. @throws Problem `LEDGER_UNAVAILABLE` */
  drain(): Promise<void>;
  /** Manipulations in flight in this process. */
  readonly inFlight: number;
}

/** The use case, with what it must remember: the manipulations in flight, and the outcomes that are not recorded yet. */
export function createManipulations(deps: ManipulationDeps): Manipulations {
  const { dataActions, ledger, clock, events, settings } = deps;
  /** They go on when their callers disconnect. */
  const inFlight = new Set<Promise<unknown>>();
  const pendingOutcomes = createPendingOutcomes((pending) => record(pending, 0));

  async function perform(request: Manipulation, context: ManipulationContext): Promise<Answer> {
    const started = clock.monotonic();
    const now = clock.now();
    const webhookUrl = request.webhook_url ?? settings.webhookUrl;
    const claim = claimOf(request, context);
    let computed: Computation;
    try {
      if (context.refusal) throw context.refusal;
      if (webhookUrl !== null) deps.acceptWebhook(webhookUrl);
      computed = measuredCompute(request, now);
    } catch (error) {
      // A calendar may be gone, a webhook refused, or `now` past its end since an earlier request with this key was done.
      const taken = claim && (await ledger.lookUp(claim));
      if (!taken) throw error;
      return answerOfEarlier(taken);
    }
    const intent = intentOf(request, computed, context, now);
    const beginning = ledger.begin(intent, { webhookUrl, ...(claim && { claim }) });
    if (claim) {
      const begun = await beginning;
      if (begun.kind !== 'begun') return answerOfEarlier(begun);
    }
    // Without a key nothing can be in the way: where the action's lock is free, intent and dispatch share a commit.
    const writing = write(intent, context, started, beginning);
    await beginning;
    const { outcome, problem } = await writing;
    events.emit('manipulation.finished', {
      operation: request.operation,
      outcome: outcome.status.toLowerCase(),
      seconds: (clock.monotonic() - started) / 1000,
      traceId: intent.trace_id,
    });
    const stored = await complete({
      intent,
      outcome,
      webhookUrl,
      traceparent: context.trace?.traceparent,
    });
    // Of two outcomes the first one stays; the caller is told what stands.
    const stands = stored.status === outcome.status;
    return { record: stored, problem: stands ? problem : problemOf(stored, null), replayed: false };
  }

  /** @throws Problem `IDEMPOTENCY_IN_PROGRESS`, `IDEMPOTENCY_KEY_REUSED` */
  function answerOfEarlier(taken: KeyTaken): Answer {
    events.emit('idempotency.replay', { outcome: taken.kind === 'replay' ? 'replayed' : taken.kind });
    return replay(taken);
  }

  /** Finds the action and writes to it when `begun` has resolved; whatever happens comes back as an outcome. */
  async function write(
    intent: Intent,
    context: ManipulationContext,
    started: number,
    begun: Promise<unknown>,
  ) {
    const budget: Budget = {
      deadline: started + settings.deadlineMs,
      caller: intent.caller,
      begun,
      spent: { upstreamMs: 0, attempts: 0, attemptedAt: [] },
      ...(context.trace && { traceparent: context.trace.traceparent }),
    };
    let action: ActionRef | null = null;
    let problem: Problem | null = null;
    try {
      action = await dataActions.find(intent.action_name, budget);
      action = await dataActions.update(action, intent.date_processing, budget, {
        // Made durable under the action's lock, so that it stands for a write that is about to leave.
        beforeWrite: () => ledger.dispatch(intent.request_id),
      });
    } catch (error) {
      problem = asProblem(error, budget.spent.attempts > 0);
    }
    const outcome: Outcome = {
      status: problem === null ? 'SUCCESS' : problem.effect === 'unknown' ? 'UNKNOWN' : 'FAILED',
      action_id: action?.id ?? null,
      latency_ms: round(clock.monotonic() - started),
      upstream_ms: round(budget.spent.upstreamMs),
      attempts: budget.spent.attempts,
      attempted_at: budget.spent.attemptedAt.map((at) => new Date(at).toISOString()),
      error: problem && { code: problem.code, detail: problem.message },
      retry_after_seconds: problem?.retryAfterSeconds ?? null,
      retryable: problem?.effect === 'none',
      reconciled: false,
    };
    return { outcome, problem };
  }

  /** Records an outcome; one that cannot be recorded now is kept, and recorded later. */
  async function complete(pending: PendingOutcome): Promise<AuditRecord> {
    try {
      return await record(pending, settings.webhookWaitMs);
    } catch (error) {
      pendingOutcomes.add(pending);
      const { outcome, intent } = pending;
      const applied = outcome.status === 'SUCCESS';
      const what = applied ? 'The value was written' : `The write ended as ${outcome.status}`;
      throw new Problem(
        'LEDGER_UNAVAILABLE',
        `${what}, but the ledger could not record that. It will be recorded when the ledger is there again: ask for GET /audit-records/${intent.request_id}, do not send it again under another key.`,
        {
          effect: applied ? 'applied' : outcome.status === 'UNKNOWN' ? 'unknown' : 'none',
          cause: error,
        },
      );
    }
  }

  /**
   * Stores an outcome together with its webhook, and makes the first delivery.
   * @throws Problem `LEDGER_UNAVAILABLE`
   */
  async function record(
    { intent, outcome, webhookUrl, traceparent }: PendingOutcome,
    webhookWaitMs: number,
  ): Promise<AuditRecord> {
    if (webhookUrl === null) return ledger.complete(intent, outcome, null);
    const id = `msg_${intent.request_id}`;
    const announced = auditRecord(intent, outcome, { id, status: 'pending', attempts: 0 }, false);
    const stored = await ledger.complete(
      intent,
      outcome,
      notificationFor(announced, webhookUrl, clock.now(), traceparent),
    );
    // Another instance recorded it first: the announcement is its own.
    if (stored.webhook?.id !== id) return stored;
    const state = await ledger.outbox.attempt(id, webhookWaitMs);
    return { ...stored, webhook: state, webhook_triggered: state.status === 'delivered' };
  }

  function measuredCompute(request: Manipulation, now: number): Computation {
    const started = clock.monotonic();
    try {
      return compute(request, { now, calendars: deps.calendars });
    } finally {
      events.emit('date.computed', {
        operation: request.operation,
        seconds: (clock.monotonic() - started) / 1000,
      });
    }
  }

  return {
    manipulate(request, context) {
      const answer = perform(request, context);
      const ended = () => void inFlight.delete(answer);
      inFlight.add(answer);
      answer.then(ended, ended);
      return answer;
    },
    async reconcile(signal) {
      const flushed = pendingOutcomes.size === 0 ? 0 : await pendingOutcomes.flush();
      const settled = await reconcile(
        {
          dataActions,
          ledger,
          clock,
          deadlineMs: settings.deadlineMs,
          known: (requestId) => pendingOutcomes.get(requestId)?.outcome,
          record: (pending) => record(pending, 0),
        },
        signal,
      );
      for (const outcome of settled) events.emit('ledger.reconciled', { outcome });
      return flushed + settled.length;
    },
    async drain() {
      while (inFlight.size > 0) await Promise.allSettled(inFlight);
      await pendingOutcomes.flush();
    },
    get inFlight() {
      return inFlight.size;
    },
  };
}

/** What an idempotency key stands for: the request as it was validated, never what a calendar says of it. */
function claimOf(
  request: Manipulation,
  { caller, idempotencyKey: key }: ManipulationContext,
): IdempotencyClaim | undefined {
  return key === undefined ? undefined : { caller, key, fingerprint: fingerprintOf(request) };
}

function replay(taken: KeyTaken): Answer {
  switch (taken.kind) {
    case 'replay':
      return {
        record: taken.record,
        problem: problemOf(taken.record, taken.retryAfterSeconds),
        replayed: true,
      };
    case 'in_progress':
      throw new Problem(
        'IDEMPOTENCY_IN_PROGRESS',
        'The first request with this Idempotency-Key is still running. Send it again after Retry-After to get its outcome.',
        { retryAfterSeconds: taken.retryAfterSeconds },
      );
    case 'key_reused':
      throw new Problem(
        'IDEMPOTENCY_KEY_REUSED',
        'This Idempotency-Key came with another body before. Use a new key for a new request.',
      );
  }
}

/** Characters of a request that the ledger keeps: five hundred holidays, but not a megabyte for ever. */
const LARGEST_KEPT = 16_384;

const round = (milliseconds: number) => Math.round(milliseconds * 1000) / 1000;

/** A fault of ours in the middle of a write leaves open whether it was applied. */
function asProblem(error: unknown, sent: boolean): Problem {
  if (error instanceof Problem) return error;
  return new Problem('INTERNAL_ERROR', 'Something failed here that should not. Report the request_id.', {
    effect: sent ? 'unknown' : 'none',
    cause: error,
  });
}

function intentOf(
  request: Manipulation,
  computed: Computation,
  context: ManipulationContext,
  now: number,
): Intent {
  // A webhook's URL may hold a secret, and the ledger is kept for long.
  const { action_name, webhook_url: _announced, ...asked } = request;
  return {
    request_id: context.requestId,
    timestamp: new Date(now).toISOString(),
    caller: context.caller,
    trace_id: context.trace?.traceId ?? null,
    action_name,
    operation: request.operation,
    ...computed,
    date_processing: {
      sourceField: 'input_datetime',
      targetField: 'processed_datetime',
      computedValue: computed.output_timestamp,
      timezone: computed.target_timezone,
      dstAdjustment: true,
      precision: request.precision_limit ?? DEFAULT_PRECISION,
    },
    request: JSON.stringify(asked).length > LARGEST_KEPT ? null : asked,
  };
}

/**
 * The problem that the first caller got, made again from its record. What can never be told any more has a code of its
 * own, as no retry of the same key would find out.
 */
function problemOf(record: AuditRecord, retryAfterSeconds: number | null): Problem | null {
  const { error, status } = record;
  if (error === null) return null;
  if (status === 'UNKNOWN') {
    return new Problem(
      'OUTCOME_UNKNOWN',
      `${error.detail} Look at the data action before sending it again under another key.`,
      { effect: 'unknown' },
    );
  }
  return new Problem(
    error.code as ProblemCode,
    error.detail,
    retryAfterSeconds === null ? {} : { retryAfterSeconds },
  );
}
