import type { Actions } from './actions.ts';
import type { Credentials } from './oauth.ts';
import type { RequestRecord, WebhookRecord } from './record.ts';
import type { Endpoint, Fault, Settings } from './settings.ts';

/** A simulated tenant over HTTP, with a webhook receiver beside it. */
export interface Sandbox extends Readonly<Credentials> {
  readonly url: string;
  readonly webhookUrl: string;
  readonly webhookSecret: string;
  /** Live, oldest first. */
  readonly requests: readonly Readonly<RequestRecord>[];
  /** Live, oldest first; those answered with a fault too. */
  readonly webhooks: readonly Readonly<WebhookRecord>[];
  readonly actions: Actions;
  readonly settings: Readonly<Settings>;
  /** Spoils the next `times` requests to that endpoint (1 by default), after the faults that wait already. */
  fault(endpoint: Endpoint, fault: Fault, times?: number): void;
  clearFaults(endpoint?: Endpoint): void;
  /** Throws a TypeError that names what does not fit. */
  configure(change: Partial<Settings>): void;
  /** Every token given so far is answered 401. */
  revokeTokens(): void;
  /** Actions, settings, rate limit, faults and records as at the start; tokens stay good. */
  reset(): void;
  close(): Promise<void>;
}
