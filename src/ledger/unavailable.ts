import { Problem } from '../errors.ts';

/** Seconds until the ledger is worth another try. */
const RETRY_AFTER_SECONDS = 2;

/** `reason` completes the sentence; it names no host and no credential. */
export const unavailable = (reason: string, cause?: unknown): Problem =>
  new Problem('LEDGER_UNAVAILABLE', `The ledger cannot be used now: ${reason}.`, {
    retryAfterSeconds: RETRY_AFTER_SECONDS,
    cause,
  });
