import type { DeadLetter } from '../../services/ports.ts';
import { indexable } from '../journal/entry.ts';
import { tryLine } from '../journal/history.ts';
import type { Settlement } from './deliveries.ts';

/**
 * The statements of the outbox that both databases run. Times are epoch milliseconds of the store's clock, which is
 * `now_ms()` in SQL. A webhook's state stays in `deliveries`; what has to be sent is in `outbox` only until it is delivered, so
 * that the room it took is used again.
 */

export const DEAD_LETTERS = `SELECT id, request_id, attempts, error, failed_at FROM deliveries
  WHERE status = 'failed' ORDER BY failed_at DESC LIMIT $1`;

/** Only a webhook that is still a dead letter is sent again; it is due at once, by any clock. */
export const RESEND = `UPDATE deliveries SET status = 'pending', attempts = 0, due_at = 0
  WHERE id = $1 AND status = 'failed' RETURNING id`;

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

/** The values of `settledRow`, in the order in which both databases bind them. */
export const SETTLED = ['id', 'line', 'status', 'answered', 'pause_ms', 'error'] as const;

/** What a try changes: a column that it leaves as it was is null. */
export const settledRow = (id: string, settlement: Settlement) => {
  const { at, status } = settlement;
  const error = status === 'delivered' ? null : indexable(settlement.error);
  return {
    id,
    line: tryLine(at, status, error),
    status,
    answered: status === 'delivered' ? Number(settlement.withinWait) : null,
    pause_ms: status === 'pending' ? settlement.pauseMs : null,
    error,
  };
};

/**
 * The SET of a try: `of` names a value of `settledRow`. A delivered webhook stays delivered, so that a late result of
 * another try changes nothing; each try leaves its line.
 */
export const settledBy = (of: (name: (typeof SETTLED)[number]) => string): string =>
  `SET attempts = attempts + 1, tries = tries || ${of('line')}, status = ${of('status')},
     answered = coalesce(${of('answered')}, answered), due_at = coalesce(now_ms() + ${of('pause_ms')}, due_at),
     failed_at = CASE ${of('status')} WHEN 'failed' THEN now_ms() ELSE failed_at END, error = coalesce(${of('error')}, error)`;
