import type { AuditRecord } from '../../schemas/audit-record.ts';
import type { DeliveryState, Intent, Outcome } from '../ports.ts';

/** An intent, its outcome if it has one, and its webhook if it has one, read together. */
export function auditRecord(
  intent: Intent,
  outcome: Outcome | null,
  webhook: DeliveryState | null,
  webhookTriggered: boolean,
): AuditRecord {
  const { date_processing: _written, request: _asked, ...computed } = intent;
  return {
    ...computed,
    trace_id: intent.trace_id ?? null,
    calendar: intent.calendar ?? null,
    steps: intent.steps ?? null,
    action_id: outcome?.action_id ?? null,
    latency_ms: outcome?.latency_ms ?? 0,
    upstream_ms: outcome?.upstream_ms ?? 0,
    attempts: outcome?.attempts ?? 0,
    webhook_triggered: webhookTriggered,
    webhook,
    status: outcome?.status ?? 'PROCESSING',
    error: outcome?.error ?? null,
  };
}
