import { type Static, Type } from '@sinclair/typebox';
import { nullable } from './nullable.ts';
import { oneOf } from './string-enum.ts';

const EVENT_KINDS = ['accepted', 'computed', 'dispatched', 'attempt', 'outcome', 'webhook'] as const;

const Event = Type.Object(
  {
    kind: {
      title: 'AuditEventKind',
      ...oneOf(
        EVENT_KINDS,
        '`dispatched`: the mark that a write may leave is on disk. `attempt`: a write was sent to CXone. `webhook`: a try of the webhook ended.',
      ),
    },
    at: Type.String({ format: 'date-time' }),
    detail: nullable(Type.String(), 'For people: how it ended, or what was written.'),
  },
  { title: 'AuditEvent', additionalProperties: false },
);

/** What the ledger says of one record, beside the record itself. */
export const AuditHistory = Type.Object(
  {
    request: nullable(
      Type.Record(Type.String(), Type.Unknown()),
      'The request as it was accepted; null for a record of before it was kept.',
    ),
    events: Type.Array(Event, { description: 'What happened, oldest first.' }),
  },
  { title: 'AuditHistory', additionalProperties: false },
);

export type AuditHistory = Static<typeof AuditHistory>;

export const EXAMPLE_HISTORY = {
  request: {
    action_name: 'Production_Date_Processor',
    source_timestamp: '2024-02-29T15:30:00.000Z',
    target_timezone: 'America/New_York',
    operation: 'ADD_OFFSET',
    offset_minutes: 120,
  },
  events: [
    { kind: 'accepted', at: '2024-02-29T15:30:00.000Z', detail: 'from scheduler, idempotency key nightly-1' },
    {
      kind: 'computed',
      at: '2024-02-29T15:30:00.000Z',
      detail: '2024-02-29T12:30:00.000-05:00, tz database 2026c',
    },
    { kind: 'dispatched', at: '2024-02-29T15:30:00.018Z', detail: null },
    { kind: 'attempt', at: '2024-02-29T15:30:00.021Z', detail: 'write 1' },
    { kind: 'outcome', at: '2024-02-29T15:30:00.047Z', detail: 'SUCCESS' },
    { kind: 'webhook', at: '2024-02-29T15:30:00.062Z', detail: 'try 1 delivered' },
  ],
};
