import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AuditRecord } from '../../../src/schemas/audit-record.ts';
import { notificationFor } from '../../../src/services/manipulations/notification.ts';

const record: AuditRecord = {
  request_id: '0d2a2f0e-54d1-4c56-8f0e-6a2f6a0d9b11',
  timestamp: '2024-02-29T15:30:00.000Z',
  trace_id: null,
  caller: 'scheduler',
  action_id: 'a1',
  action_name: 'Production_Date_Processor',
  operation: 'CONVERT',
  target_timezone: 'America/New_York',
  input_timestamp: '2024-02-29T15:30:00.000Z',
  output_timestamp: '2024-02-29T10:30:00.000-05:00',
  output_instant: '2024-02-29T15:30:00.000Z',
  resolution: 'exact',
  leap_day: true,
  discarded_nanoseconds: 0,
  tzdb_version: '2026a',
  accuracy_valid: true,
  calendar: null,
  steps: null,
  latency_ms: 12,
  upstream_ms: 8,
  attempts: 1,
  webhook_triggered: false,
  webhook: null,
  status: 'SUCCESS',
  error: null,
};
const now = Date.parse('2024-02-29T15:30:01.5Z');

test('announces the record under an id that stays the same', () => {
  const url = 'https://hooks.example.com/';
  const { body, ...rest } = notificationFor(record, url, now);
  assert.deepEqual(rest, { id: `msg_${record.request_id}`, request_id: record.request_id, url });
  assert.deepEqual(JSON.parse(body), {
    type: 'manipulation.completed',
    timestamp: '2024-02-29T15:30:01.500Z',
    data: { audit_record: record, action_id: 'a1' },
  });
  assert.equal(notificationFor(record, url, now + 1000).id, rest.id);
});

test('what failed, or cannot be known, is announced as failed', () => {
  for (const status of ['FAILED', 'UNKNOWN'] as const) {
    const { body } = notificationFor({ ...record, status }, 'https://hooks.example.com/', now);
    assert.equal((JSON.parse(body) as { type: string }).type, 'manipulation.failed');
  }
});
