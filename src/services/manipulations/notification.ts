import type { AuditRecord } from '../../schemas/audit-record.ts';
import type { Notification } from '../ports.ts';

/**
 * The webhook that announces how a manipulation ended, `now` in epoch milliseconds. Its message id follows from the
 * manipulation's, so that a receiver sees one message however often it is made.
 */
export function notificationFor(
  record: AuditRecord,
  url: string,
  now: number,
  traceparent?: string,
): Notification {
  const body = {
    // What cannot be known to have been written is not announced as completed.
    type: record.status === 'SUCCESS' ? 'manipulation.completed' : 'manipulation.failed',
    timestamp: new Date(now).toISOString(),
    data: { audit_record: record, action_id: record.action_id },
  };
  return {
    id: `msg_${record.request_id}`,
    request_id: record.request_id,
    url,
    body: JSON.stringify(body),
    ...(traceparent !== undefined && { traceparent }),
  };
}
