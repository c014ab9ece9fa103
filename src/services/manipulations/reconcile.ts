import { Problem } from '../../errors.ts';
import type { AuditRecord } from '../../schemas/audit-record.ts';
import type { Budget, ClaimedIntent, Clock, DataActions, DateProcessing, Ledger, Outcome } from '../ports.ts';
import type { PendingOutcome } from './pending-outcomes.ts';

/** How many are claimed at a time; each may cost the tenant a read. */
const ROUND = 50;
/** How many of them are settled at once, as a tenant that does not answer takes its whole time for each. */
const LANES = 8;

export interface ReconcileDeps {
  dataActions: DataActions;
  ledger: Ledger;
  clock: Pick<Clock, 'now' | 'monotonic'>;
  deadlineMs: number;
  /** The outcome, where this process knows it. */
  known: (requestId: string) => Outcome | undefined;
  record: (pending: PendingOutcome) => Promise<AuditRecord>;
}

export type Reconciled = 'success' | 'failed' | 'unknown';

/**
 * Settles intents whose leases have expired: their process died, or gave up. One is `FAILED` when no write can have been
 * applied, `SUCCESS` when the action holds the value, `UNKNOWN` when that cannot be told any more. Nothing is ever written
 * to the tenant here. An intent whose action cannot be read now is postponed.
 * @returns what became of those that were settled
 * @throws Problem `LEDGER_UNAVAILABLE` when one could not be recorded; after several, the rest is released
 */
export async function reconcile(deps: ReconcileDeps, signal: AbortSignal): Promise<Reconciled[]> {
  const { ledger } = deps;
  const claimed = signal.aborted ? [] : await ledger.claimExpired(ROUND);
  // Those that need no read first: they cost nothing, and the tenant may be slow.
  const queue = claimed.toSorted((one, other) => Number(one.dispatched) - Number(other.dispatched));
  const failures: unknown[] = [];
  const settled: Reconciled[] = [];

  const lane = async (): Promise<void> => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const { intent, webhookUrl } = next;
      try {
        if (failures.length >= LANES || signal.aborted) {
          await ledger.release(intent.request_id);
          continue;
        }
        const outcome = deps.known(intent.request_id) ?? (await determineOutcome(deps, next, signal));
        if (outcome === undefined) {
          await ledger.postpone(intent.request_id);
          continue;
        }
        const { status } = await deps.record({ intent, outcome, webhookUrl });
        settled.push(status.toLowerCase() as Reconciled);
      } catch (error) {
        failures.push(error);
        // Not the first one again in the next round, should it be at fault itself.
        await ledger.postpone(intent.request_id).catch(() => undefined);
      }
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  if (failures.length > 0) throw failures[0];
  return settled;
}

/** After so many pauses, 15 seconds together, a write that had left has arrived or never will. */
const ENOUGH_PAUSES = 2;

const NOT_WRITTEN = {
  status: 'FAILED',
  action_id: null,
  error: {
    code: 'INTERNAL_ERROR',
    detail: 'The service stopped before the value was written. Nothing was written: send it again.',
  },
  retryable: true,
} as const;

const NOT_TOLD = {
  status: 'UNKNOWN',
  error: {
    code: 'OUTCOME_UNKNOWN',
    detail:
      'The service stopped while it wrote, and the data action holds another value now: the write may have been applied and overwritten, or may never have arrived.',
  },
  retryable: false,
} as const;

/** Undefined while that cannot be determined. */
async function determineOutcome(
  { dataActions, ledger, clock, deadlineMs }: ReconcileDeps,
  { intent, dispatched, postponed }: ClaimedIntent,
  signal: AbortSignal,
): Promise<Outcome | undefined> {
  const budget: Budget = {
    deadline: clock.monotonic() + deadlineMs,
    signal,
    spent: { upstreamMs: 0, attempts: 0, attemptedAt: [] },
  };
  const settledAs = (rest: Pick<Outcome, 'status' | 'action_id' | 'error' | 'retryable'>): Outcome => ({
    latency_ms: Math.max(0, clock.now() - Date.parse(intent.timestamp)),
    upstream_ms: budget.spent.upstreamMs,
    attempts: dispatched ? 1 : 0,
    retry_after_seconds: null,
    reconciled: true,
    ...rest,
  });
  if (!dispatched) return settledAs(NOT_WRITTEN);
  try {
    const action = await dataActions.find(intent.action_name, budget);
    const held = await dataActions.read(action, budget);
    if (held !== null && sameValue(held, intent.date_processing)) {
      return settledAs({ status: 'SUCCESS', action_id: action.id, error: null, retryable: false });
    }
    if (!(await holdsThePrevious(ledger, intent.action_name, intent.timestamp, held))) {
      return settledAs({ ...NOT_TOLD, action_id: action.id });
    }
    // The tenant may still be at work on a write of a process that was killed: seen once, the old value is no proof.
    return postponed < ENOUGH_PAUSES ? undefined : settledAs(NOT_WRITTEN);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    if (error.code === 'LEDGER_UNAVAILABLE') throw error;
    // The action is gone or has a twin now: no later round could tell more.
    if (error.status === 404 || error.status === 409) return settledAs({ ...NOT_TOLD, action_id: null });
    return undefined;
  }
}

/**
 * Whether the action still holds what the newest `SUCCESS` before this intent wrote.
 */
async function holdsThePrevious(
  ledger: Ledger,
  action_name: string,
  timestamp: string,
  held: DateProcessing | null,
): Promise<boolean> {
  const { items } = await ledger.audit.list({ action_name, status: 'SUCCESS' }, 1);
  const [newest] = items;
  if (held === null || newest === undefined || newest.timestamp >= timestamp) return false;
  return held.computedValue === newest.output_timestamp && held.timezone === newest.target_timezone;
}

const sameValue = (a: DateProcessing, b: DateProcessing) =>
  a.computedValue === b.computedValue && a.timezone === b.timezone && a.precision === b.precision;
