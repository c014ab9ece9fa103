import type { AuditHistory } from '../../schemas/audit-history.ts';
import type { DeliveryState, Intent, Outcome } from '../../services/ports.ts';

/** What `HISTORY` selects: the texts of a record's entries, and the tries of its webhook. */
export interface HistoryRow {
  intent: string;
  dispatch: string | null;
  outcome: string | null;
  /** A line of JSON for each try: `[epoch milliseconds, status after it, error]`. */
  tries: string | null;
}

/** All that was written down about one record. */
export const HISTORY = `SELECT i.entry AS intent, w.entry AS dispatch, o.entry AS outcome, d.tries
  FROM entries i
  LEFT JOIN entries w ON w.request_id = i.request_id AND w.kind = 'dispatch'
  LEFT JOIN entries o ON o.request_id = i.request_id AND o.kind = 'outcome'
  LEFT JOIN deliveries d ON d.request_id = i.request_id
  WHERE i.kind = 'intent' AND i.request_id = $1`;

type Event = AuditHistory['events'][number];
type Written<Content = object> = Content & { at: string };

/** The line that `deliveries.tries` keeps of a try. `at` is epoch milliseconds. */
export const tryLine = (at: number, status: DeliveryState['status'], error: string | null): string =>
  `${JSON.stringify(error === null ? [at, status] : [at, status, error])}\n`;

/** Oldest first, in the order in which things happened where two bear the same millisecond. */
export function historyOf(row: HistoryRow): AuditHistory {
  const begun = JSON.parse(row.intent) as Written<{ intent: Intent; idempotency_key?: string }>;
  const { request, ...intent } = begun.intent;
  const key = begun.idempotency_key === undefined ? '' : `, idempotency key ${begun.idempotency_key}`;
  const events: Event[] = [
    { kind: 'accepted', at: intent.timestamp, detail: `from ${intent.caller}${key}` },
    {
      kind: 'computed',
      at: intent.timestamp,
      detail: `${intent.output_timestamp}, tz database ${intent.tzdb_version}`,
    },
  ];
  if (row.dispatch !== null)
    events.push({ kind: 'dispatched', at: (JSON.parse(row.dispatch) as Written).at, detail: null });
  if (row.outcome !== null) {
    const { at: endedAt, outcome } = JSON.parse(row.outcome) as Written<{ outcome: Outcome }>;
    (outcome.attempted_at ?? []).forEach((at, i) => {
      events.push({ kind: 'attempt', at, detail: `write ${i + 1}` });
    });
    const { status, error, reconciled } = outcome;
    const why = error === null ? '' : `, ${error.code}: ${error.detail}`;
    const how = reconciled ? ', found by reading the action afterwards' : '';
    events.push({ kind: 'outcome', at: endedAt, detail: `${status}${why}${how}` });
  }
  triesIn(row.tries).forEach(([at, status, error], i) => {
    const result = status === 'delivered' ? 'delivered' : `failed: ${error ?? 'no reason was kept'}`;
    const over = status === 'failed' ? '; it will not be tried again' : '';
    const detail = `try ${i + 1} ${result}${over}`;
    events.push({ kind: 'webhook', at: new Date(at).toISOString(), detail });
  });
  return {
    request: request === undefined ? null : { action_name: intent.action_name, ...request },
    events: events.sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0)),
  };
}

const triesIn = (lines: string | null) =>
  (lines ?? '')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as [number, DeliveryState['status'], string?]);
