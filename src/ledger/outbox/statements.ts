import type { DeadLetter } from '../../services/ports.ts';
import { tryLine } from '../journal/history.ts';
import type { Statement } from '../journal/records.ts';
import type { Settlement } from './deliveries.ts';

/**
 * The statements of the outbox that both databases run. Times are epoch milliseconds of the store's clock, which `now`
 * names in SQL. A webhook's state stays in `deliveries`; what has to be sent is in `outbox` only until it is delivered, so
 * that the room it took is used again.
 */

export const DELIVERY_STATE = `SELECT id, status, attempts FROM deliveries WHERE id = $1`;

export const DEAD_LETTERS = `SELECT id, request_id, attempts, error, failed_at FROM deliveries
  WHERE status = 'failed' ORDER BY failed_at DESC LIMIT $1`;

/** Only a webhook that is still a dead letter is sent again. */
export const resend = (now: string): string => `UPDATE deliveries SET status = 'pending', attempts = 0,
  due_at = ${now} WHERE id = $1 AND status = 'failed'`;

export const DELETE_MESSAGE = 'DELETE FROM outbox WHERE id = $1';

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

/** A delivered webhook stays delivered: a late result of another try changes nothing. Each try leaves its line. */
export function settleStatement(id: string, settlement: Settlement, now: string): Statement {
  const error = settlement.status === 'delivered' ? null : settlement.error;
  const line = tryLine(settlement.at, settlement.status, error);
  const update = (set: string, ...values: (string | number)[]) => ({
    sql: `UPDATE deliveries SET attempts = attempts + 1, tries = tries || $2, ${set}
      WHERE id = $1 AND status <> 'delivered'`,
    values: [id, line, ...values],
  });
  switch (settlement.status) {
    case 'delivered':
      return update(`status = 'delivered', answered = $3`, settlement.withinWait ? 1 : 0);
    case 'pending':
      return update(
        `status = 'pending', due_at = ${now} + $3, error = $4`,
        settlement.pauseMs,
        settlement.error,
      );
    case 'failed':
      return update(`status = 'failed', failed_at = ${now}, error = $3`, settlement.error);
  }
}
