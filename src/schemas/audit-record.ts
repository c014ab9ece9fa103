import { type Static, Type } from '@sinclair/typebox';
import { nullable, textOrNumber } from './nullable.ts';
import { CalendarRef } from './calendar-ref.ts';
import { oneOf } from './string-enum.ts';

export const Status = {
  title: 'Status',
  ...oneOf(
    ['PROCESSING', 'SUCCESS', 'FAILED', 'UNKNOWN'],
    '`PROCESSING`: accepted, not ended. `SUCCESS`: the data action holds the value. `FAILED`: it was not written. `UNKNOWN`: the connection was lost and it cannot be told.',
  ),
  examples: ['SUCCESS'],
};

export const Resolution = {
  title: 'Resolution',
  ...oneOf(
    ['exact', 'gap_shifted', 'fold_earlier', 'fold_later'],
    'How a local time was settled: `gap_shifted` when the clocks skip it, `fold_earlier` or `fold_later` when it occurs twice.',
  ),
};

/** The computed part, which a preview answers too. */
export const computedFields = {
  output_timestamp: textOrNumber('The value, in `output_format`.'),
  output_instant: nullable(
    Type.String(),
    'The same moment in UTC at `precision_limit`; null for `UNTIL`, which answers a duration.',
  ),
  resolution: Resolution,
  leap_day: Type.Boolean({
    description: 'The source or the result falls on 29 February in the target zone.',
  }),
  discarded_nanoseconds: Type.Integer({
    description: 'What truncation or rounding removed: the exact result minus the written one.',
  }),
  tzdb_version: Type.String({ description: 'The release of the tz database that decided.' }),
  accuracy_valid: Type.Boolean({
    description:
      'The written value, parsed again from its own text by an independent path, is within one unit of `precision_limit` of the exact expected instant.',
  }),
  calendar: nullable(
    CalendarRef,
    'The calendar that decided; of a sequence, that of its last step with one.',
  ),
  steps: nullable(
    Type.Array(
      Type.Object(
        {
          operation: Type.String(),
          output_timestamp: textOrNumber('As the whole’s.'),
          calendar: nullable(CalendarRef, 'The calendar that decided this step.'),
        },
        { title: 'StepResult', additionalProperties: false },
      ),
    ),
    'Of a `SEQUENCE`, what each step came to.',
  ),
};

export const AuditRecord = Type.Object(
  {
    request_id: Type.String({ format: 'uuid' }),
    timestamp: Type.String({
      format: 'date-time',
      description: 'When the manipulation was accepted.',
    }),
    caller: Type.String({
      description: 'Who asked: the id of the API key or the subject of the token.',
    }),
    trace_id: nullable(Type.String(), 'The distributed trace, from the caller’s `traceparent`.'),
    action_id: nullable(Type.String(), 'CXone’s id of the data action; null until it is known.'),
    action_name: Type.String(),
    operation: Type.String(),
    target_timezone: Type.String(),
    input_timestamp: Type.String({
      description: 'The source as given (an epoch source as its decimal text).',
    }),
    ...computedFields,
    latency_ms: Type.Number({
      description: 'From acceptance to the outcome, the webhook left out.',
    }),
    upstream_ms: Type.Number({ description: 'The part of it spent waiting for CXone.' }),
    attempts: Type.Integer({ description: 'Writes (PUT) sent to CXone.' }),
    webhook_triggered: Type.Boolean({
      description: 'The webhook had been delivered when the answer was sent.',
    }),
    webhook: nullable(
      Type.Object(
        {
          id: Type.String(),
          status: {
            title: 'WebhookStatus',
            ...oneOf(['delivered', 'pending', 'failed'], 'Of the delivery.'),
          },
          attempts: Type.Integer(),
        },
        { title: 'WebhookState', additionalProperties: false },
      ),
      'How far the webhook got, as of now; null when none is configured.',
    ),
    status: Status,
    error: nullable(
      Type.Object(
        { code: Type.String(), detail: Type.String() },
        { title: 'RecordedError', additionalProperties: false },
      ),
      'Why it did not end in `SUCCESS`: the problem’s code and detail.',
    ),
  },
  { $id: 'AuditRecord', title: 'AuditRecord', additionalProperties: false },
);

export type AuditRecord = Static<typeof AuditRecord>;

/** A page of the list. */
export const AuditRecordList = Type.Object(
  {
    items: Type.Array(Type.Unsafe<AuditRecord>(Type.Ref('AuditRecord'))),
    next_cursor: nullable(Type.String(), 'For the next page; null on the last one.'),
  },
  { title: 'AuditRecordList' },
);

const FIELDS = Object.keys(AuditRecord.properties) as (keyof AuditRecord)[];

/** The record with its fields in the order of the schema, as every answer has them. */
export const inOrder = (record: AuditRecord): AuditRecord =>
  Object.fromEntries(FIELDS.map((name) => [name, record[name]])) as AuditRecord;
