import { EventEmitter } from 'node:events';

/**
 * What the service tells of itself while it works. Whoever does the work emits; `plugins/metrics.ts` measures.
 * Labels come from bounded sets only: never a name, a URL or an id.
 */
export interface ServiceEvents {
  'manipulation.finished': [{ operation: string; outcome: string; seconds: number }];
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
  'cxone.token_refresh': [{ outcome: 'ok' | 'failed' }];
  'cxone.circuit': [{ state: 'closed' | 'open' | 'half_open' }];
  /** The token endpoint refused our credentials, with a registered OAuth error code or `unknown`. */
  'cxone.token_refused': [{ status: number; error: string }];
  /** A 429 slowed us down to so many requests a second; `restored` when the rate is back at its limit. */
  'cxone.rate_reduced': [{ perSecond: number }];
  'cxone.rate_restored': [{ perSecond: number }];
  'cxone.rate_limit_wait': [{ seconds: number }];
  'webhook.delivery': [{ outcome: 'delivered' | 'retry' | 'dead' | 'refused' }];
  'ledger.write': [{ operation: string; seconds: number }];
  'ledger.reconciled': [{ outcome: 'success' | 'failed' | 'unknown' }];
  'auth.failure': [
    { reason: 'missing' | 'unknown_key' | 'token_expired' | 'token_refused' | 'unavailable' | 'scope' },
  ];
  'rate.limited': [Record<string, never>];
  'idempotency.replay': [{ outcome: 'replayed' | 'in_progress' | 'key_reused' }];
}

export type Events = EventEmitter<ServiceEvents>;

export const createEvents = (): Events => new EventEmitter<ServiceEvents>();
