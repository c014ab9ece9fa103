import { EventEmitter } from 'node:events';

/**
 * Events that services emit while they work; `plugins/metrics.ts` turns them into series.
 * Labels come from bounded sets only: never a name, a URL or an id.
 */
export interface ServiceEvents {
  'manipulation.finished': [
    { operation: string; outcome: string; seconds: number; traceId?: string | null | undefined },
  ];
  'date.computed': [{ operation: string; seconds: number }];
  'cxone.request': [
    {
      endpoint: 'token' | 'discovery' | 'list' | 'read' | 'write';
      /** `ok`, `client_error`, `rate_limited`, `server_error`, `timeout`, `reset`, `invalid`. */
      outcome: string;
      seconds: number;
    },
  ];
  'cxone.retry': [{ reason: string }];
  /** `detail` says why it failed, without a secret. */
  'cxone.token_refresh': [{ outcome: 'ok' | 'failed'; detail?: string }];
  /** Which circuit: that of the data actions (also when unset), or that of the token endpoint. */
  'cxone.circuit': [{ state: 'closed' | 'open' | 'half_open'; circuit?: 'tenant' | 'token' }];
  /** The token endpoint refused our credentials, with a registered OAuth error code or `unknown`. */
  'cxone.token_refused': [{ status: number; error: string }];
  /** A 429 slowed us down to so many requests a second; `restored` when the rate is back at its limit. */
  'cxone.rate_reduced': [{ perSecond: number }];
  'cxone.rate_restored': [{ perSecond: number }];
  'cxone.rate_limit_wait': [{ seconds: number }];
  /** One try. Id, record and `detail` are for the log, never labels. */
  'webhook.delivery': [
    {
      outcome: 'delivered' | 'retry' | 'dead' | 'refused';
      id?: string;
      requestId?: string;
      attempts?: number;
      detail?: string;
      seconds?: number;
    },
  ];
  'ledger.write': [{ operation: string; seconds: number }];
  /** Whether the ledger could be used just now, told with each use; `detail` says why not. */
  'ledger.state': [{ available: boolean; detail?: string }];
  'ledger.reconciled': [{ outcome: 'success' | 'failed' | 'unknown' }];
  'auth.failure': [
    { reason: 'missing' | 'unknown_key' | 'token_expired' | 'token_refused' | 'unavailable' | 'scope' },
  ];
  /** A calendar's file was read: accepted, or refused with why. */
  'calendar.read': [{ name: string; accepted: boolean; detail?: string }];
  'batch.item': [{ outcome: 'success' | 'failed' }];
  /** A problem that a caller was told, also one of a batch's item. */
  problem: [{ code: string }];
  /** So many spans could not be sent to the OTLP endpoint. */
  'traces.lost': [{ spans: number; detail: string }];
  /** A line that was not written, as the reader of the log did not keep up. */
  'log.dropped': [Record<string, never>];
  'rate.limited': [Record<string, never>];
  'idempotency.replay': [{ outcome: 'replayed' | 'in_progress' | 'key_reused' }];
}

export type Events = EventEmitter<ServiceEvents>;

export const createEvents = (): Events => new EventEmitter<ServiceEvents>();
