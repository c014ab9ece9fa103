/**
 * What the types of the client refuse: checked by `npm run check:types`, which fails where an expected error is not there.
 * Nothing of it runs.
 */
import type { Client, Manipulation, PreviewRequest, ProblemError } from '../../client/src/index.ts';

const BASE = {
  action_name: 'Production_Date_Processor',
  source_timestamp: '2024-02-29T15:30:00Z',
  target_timezone: 'UTC',
} as const;

export const RIGHT: Manipulation[] = [
  { ...BASE, operation: 'CONVERT' },
  { ...BASE, operation: 'ADD', duration: 'P1M' },
  { ...BASE, operation: 'ADD_OFFSET' },
  {
    ...BASE,
    operation: 'NEXT_OPENING',
    opening_hours: [{ days: [1], open: '08:00', close: '17:30' }],
    holidays: ['2026-12-25', { date: '2026-12-24', open: '08:00', close: '12:00' }],
  },
  {
    ...BASE,
    operation: 'SEQUENCE',
    steps: [
      { operation: 'ADD', duration: 'P1M' },
      { operation: 'ROLL_TO_BUSINESS_DAY', roll: 'following' },
    ],
  },
];

export const WRONG: Manipulation[] = [
  // @ts-expect-error an operation misspelt
  { ...BASE, operation: 'ADD_OFSET' },
  // @ts-expect-error no operation
  { ...BASE },
  // @ts-expect-error a field of another operation
  { ...BASE, operation: 'CONVERT', duration: 'P1M' },
  // @ts-expect-error the operation's own field is missing
  { ...BASE, operation: 'ADD' },
  // @ts-expect-error a number in quotes
  { ...BASE, operation: 'ADD_OFFSET', offset_minutes: '120' },
  // @ts-expect-error camel case
  { ...BASE, operation: 'CONVERT', outputFormat: 'utc' },
  // @ts-expect-error a value that is not one of the list
  { ...BASE, operation: 'CONVERT', output_format: 'iso' },
  // @ts-expect-error null is not "not given"
  { ...BASE, operation: 'CONVERT', webhook_url: null },
  // @ts-expect-error an epoch without its unit
  { ...BASE, operation: 'CONVERT', source_epoch: { value: 1 } },
  // @ts-expect-error no target_timezone
  { action_name: 'A', operation: 'CONVERT' },
  // @ts-expect-error a step without its field
  { ...BASE, operation: 'SEQUENCE', steps: [{ operation: 'ADD' }] },
];

// @ts-expect-error a write without an action
export const NO_ACTION: Manipulation = { target_timezone: 'UTC', operation: 'CONVERT' };
export const PREVIEW: PreviewRequest = { target_timezone: 'UTC', operation: 'CONVERT', occurrences: 5 };

export async function uses(client: Client, error: ProblemError): Promise<void> {
  // @ts-expect-error a code that there is not
  if (error.code === 'NOT_FOUND') return;
  if (error.code === 'ACTION_NOT_FOUND') return;
  for await (const line of client.batch(RIGHT)) {
    if ('summary' in line) line.summary.total satisfies number;
    // @ts-expect-error a line may be a problem
    else line.audit_record satisfies unknown;
  }
  // @ts-expect-error a status that there is not
  await client.listAuditRecords({ status: 'OK' });
}
