import type { AuditRecord } from './audit-record.ts';

/** The manipulation that the documents and the demo show. */
export const EXAMPLE_REQUEST = {
  action_name: 'Production_Date_Processor',
  source_timestamp: '2024-02-29T15:30:00.000Z',
  target_timezone: 'America/New_York',
  operation: 'ADD_OFFSET' as const,
  offset_minutes: 120,
};

export const EXAMPLE_COMPUTED = {
  output_timestamp: '2024-02-29T12:30:00.000-05:00',
  output_instant: '2024-02-29T17:30:00.000Z',
  resolution: 'exact' as const,
  leap_day: true,
  discarded_nanoseconds: 0,
  tzdb_version: '2026c',
  accuracy_valid: true,
  calendar: null,
  steps: null,
};

export const EXAMPLE_RECORD: AuditRecord = {
  request_id: '5f0c1c1e-8a53-4b0e-9f0e-2f6f3a1f6a54',
  timestamp: '2024-02-29T15:30:01.204Z',
  caller: 'scheduler',
  trace_id: '0af7651916cd43dd8448eb211c80319c',
  action_id: 'a1f6c2d4-0017',
  action_name: EXAMPLE_REQUEST.action_name,
  operation: EXAMPLE_REQUEST.operation,
  target_timezone: EXAMPLE_REQUEST.target_timezone,
  input_timestamp: EXAMPLE_REQUEST.source_timestamp,
  ...EXAMPLE_COMPUTED,
  latency_ms: 41.3,
  upstream_ms: 36.8,
  attempts: 1,
  webhook_triggered: true,
  webhook: { id: 'msg_3c6f3f0a-6a0e-4d29-8f2b-1c0d7f4e9b11', status: 'delivered', attempts: 1 },
  status: 'SUCCESS',
  error: null,
};
