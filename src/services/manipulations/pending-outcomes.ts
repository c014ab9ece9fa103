import type { AuditRecord } from '../../schemas/audit-record.ts';
import type { Intent, Outcome } from '../ports.ts';

/** An outcome that this process knows and the ledger does not. */
export interface PendingOutcome {
  intent: Intent;
  outcome: Outcome;
  webhookUrl: string | null;
  /** W3C Trace Context for the webhook's first try. */
  traceparent?: string | undefined;
}

/** Far more than are in flight at once; an outcome that is pushed out is determined by reading the action instead. */
const MOST = 10_000;

/**
 * Outcomes that could not be recorded, each with the intent it belongs to, so that they can be recorded later without
 * asking the tenant anything.
 */
export function createPendingOutcomes(record: (pending: PendingOutcome) => Promise<AuditRecord>) {
  const pending = new Map<string, PendingOutcome>();

  return {
    add(one: PendingOutcome): void {
      pending.set(one.intent.request_id, one);
      const [oldest] = pending.keys();
      if (pending.size > MOST && oldest !== undefined) pending.delete(oldest);
    },
    get: (requestId: string): PendingOutcome | undefined => pending.get(requestId),
    /**
     * Records what can be recorded. Of several that the ledger refuses, each is tried.
     * @returns how many were recorded
     * @throws the first failure, after all were tried
     */
    async flush(): Promise<number> {
      let recorded = 0;
      const failures: unknown[] = [];
      for (const [requestId, one] of [...pending]) {
        try {
          await record(one);
          pending.delete(requestId);
          recorded += 1;
        } catch (error) {
          failures.push(error);
        }
      }
      if (failures.length > 0) throw failures[0];
      return recorded;
    },
    get size(): number {
      return pending.size;
    },
  };
}
