import { Problem } from '../../errors.ts';
import { type ManipulationDeps, settle } from './manipulate.ts';
import type { Budget, DateProcessing, Outcome, Unfinished } from '../ports.ts';

/** How many are taken at a time; each may cost the tenant a read. */
const ROUND = 50;
const EVERYTHING = 1_000_000;
/** How many of them are settled at once, as a tenant that does not answer takes its whole time for each. */
const LANES = 8;

/**
 * Settles what was left without an outcome. Where only the ledger had been away, this process knows it. After a crash it
 * is `FAILED` when no write can have left, `SUCCESS` when the action holds the value, `UNKNOWN` when it holds another one,
 * as ours may have been applied and overwritten since. Nothing is ever written to the tenant here. An intent whose action
 * cannot be read now is put off.
 * @param signal when it aborts, only what is known here is settled; the rest is left to the next process
 * @returns how many were settled
 * @throws Problem `LEDGER_UNAVAILABLE` when one could not be recorded; after several, the rest is left for the next round
 */
export async function reconcile(deps: ManipulationDeps, signal: AbortSignal, limit = ROUND): Promise<number> {
  const taken = await deps.ledger.takeUnfinished(limit);
  const needsRead = ({ intent, dispatched }: Unfinished) =>
    dispatched && !deps.unrecorded.has(intent.request_id);
  const queue = taken.toSorted((one, other) => Number(needsRead(one)) - Number(needsRead(other)));
  const failures: unknown[] = [];
  let settled = 0;

  const lane = async (): Promise<void> => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const { request_id } = next.intent;
      const known = deps.unrecorded.get(request_id);
      try {
        if (failures.length >= LANES) {
          deps.ledger.release(request_id);
          continue;
        }
        const outcome = known ?? (signal.aborted ? null : await findOut(deps, next, signal));
        if (outcome === null) {
          deps.ledger.putOff(request_id);
          continue;
        }
        // Nobody waits for this answer: the webhook is on its way, and the next intent's turn has come.
        await settle(deps, next.intent, outcome, next.webhookUrl, 0);
        settled += 1;
        deps.events.emit('ledger.reconciled', {
          outcome: outcome.status.toLowerCase() as 'success' | 'failed' | 'unknown',
        });
      } catch (error) {
        // Not the first one again in the next round, should it be at fault itself.
        deps.ledger.putOff(request_id);
        failures.push(error);
      }
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  if (failures.length > 0) throw failures[0];
  return settled;
}

/** Records what this process knows and the ledger does not; for the end of a process. Throws like `reconcile`. */
export async function settleKnown(deps: ManipulationDeps): Promise<void> {
  if (deps.unrecorded.size === 0) return;
  for (const requestId of deps.unrecorded.keys()) deps.ledger.release(requestId);
  await reconcile(deps, AbortSignal.abort(), EVERYTHING);
}

async function findOut(
  deps: ManipulationDeps,
  { intent, dispatched }: Unfinished,
  signal: AbortSignal,
): Promise<Outcome | null> {
  const settledAs = (rest: Pick<Outcome, 'status' | 'action_id' | 'error' | 'retryable'>): Outcome => ({
    latency_ms: Math.max(0, deps.clock.now() - Date.parse(intent.timestamp)),
    upstream_ms: budget.spent.upstreamMs,
    attempts: dispatched ? 1 : 0,
    retry_after_seconds: null,
    reconciled: true,
    ...rest,
  });
  const budget: Budget = {
    deadline: deps.clock.monotonic() + deps.settings.deadlineMs,
    signal,
    spent: { upstreamMs: 0, attempts: 0 },
  };
  if (!dispatched) {
    return settledAs({
      status: 'FAILED',
      action_id: null,
      error: {
        code: 'INTERNAL_ERROR',
        detail: 'The service stopped before the write left. Nothing was written: send it again.',
      },
      retryable: true,
    });
  }
  try {
    const action = await deps.dataActions.find(intent.action_name, budget);
    const held = await deps.dataActions.read(action, budget);
    if (held !== null && sameValue(held, intent.date_processing)) {
      return settledAs({ status: 'SUCCESS', action_id: action.id, error: null, retryable: false });
    }
    return settledAs({ ...UNTOLD, action_id: action.id });
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    // The action is gone or has a twin now: no later round could tell more.
    if (error.status === 404 || error.status === 409) return settledAs({ ...UNTOLD, action_id: null });
    return null;
  }
}

const UNTOLD = {
  status: 'UNKNOWN' as const,
  error: {
    code: 'INTERNAL_ERROR',
    detail:
      'The service stopped while it wrote, and the data action holds another value now: the write may have been applied and overwritten, or never arrived. Look at the data action before sending it again.',
  },
  retryable: false,
};

const sameValue = (a: DateProcessing, b: DateProcessing) =>
  a.computedValue === b.computedValue && a.timezone === b.timezone && a.precision === b.precision;
