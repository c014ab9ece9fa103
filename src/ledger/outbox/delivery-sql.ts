import type { DeadLetter, DeliveryState } from '../../services/ports.ts';
import type { Settlement } from './deliveries.ts';
import type { Statement } from '../journal/records.ts';

/** The statements of the outbox that both databases run. Times are epoch milliseconds. */

export const INSERT_DELIVERY = `INSERT INTO deliveries
  (id, request_id, url, body, status, attempts, answered, created_at, due_at)
  VALUES ($1, $2, $3, $4, 'pending', 0, 0, $5, $6)`;

export const DELIVERY_STATE = `SELECT id, status, attempts FROM deliveries WHERE id = $1`;

export const DEAD_LETTERS = `SELECT id, request_id, attempts, error, failed_at FROM deliveries
  WHERE status = 'failed' ORDER BY failed_at DESC LIMIT $1`;

/** Only what is still a dead letter is sent again. */
export const RESEND = `UPDATE deliveries SET status = 'pending', attempts = 0, due_at = $2
  WHERE id = $1 AND status = 'failed'`;

export interface DeadRow {
  id: string;
  request_id: string;
  attempts: number;
  error: string | null;
  failed_at: number | string;
}

export const deadLetterOf = ({ id, request_id, attempts, error, failed_at }: DeadRow): DeadLetter => ({
  id,
  request_id,
  attempts,
  last_error: error ?? '',
  failed_at: new Date(Number(failed_at)).toISOString(),
});

export const stateOf = ({ id, status, attempts }: DeliveryState): DeliveryState => ({ id, status, attempts });

/** What was delivered is over: a late result of another try changes nothing, and the body is not kept. */
export function settleStatement(id: string, settlement: Settlement): Statement {
  const update = (set: string, ...values: (string | number)[]) => ({
    sql: `UPDATE deliveries SET attempts = attempts + 1, ${set} WHERE id = $1 AND status <> 'delivered'`,
    values: [id, ...values],
  });
  switch (settlement.status) {
    case 'delivered':
      return update(`status = 'delivered', answered = $2, url = '', body = ''`, settlement.answered ? 1 : 0);
    case 'pending':
      return update(`status = 'pending', due_at = $2, error = $3`, settlement.dueAt, settlement.error);
    case 'failed':
      return update(`status = 'failed', failed_at = $2, error = $3`, settlement.failedAt, settlement.error);
  }
}
