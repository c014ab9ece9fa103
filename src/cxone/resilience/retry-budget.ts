import type { Clock } from '../../services/ports.ts';

/** Retries that a quiet service may make at any time. */
const RESERVE = 10;
const PER_CALL = 0.1;
const PER_SECOND = 0.1;
const MOST = 50;

/**
 * Bounds what retries add to the callers' own load, as Finagle's retry budget does: every call earns a tenth of a retry,
 * and so does every second; what has been saved up is bounded too.
 */
export const createRetryBudget = (clock: Pick<Clock, 'monotonic'>) => {
  let tokens = RESERVE;
  let earnedAt = clock.monotonic();
  const earn = (amount: number): void => {
    tokens = Math.min(MOST, tokens + amount);
  };
  return {
    /** A call begins. */
    deposit: () => earn(PER_CALL),
    /** False when the budget is spent: then a failure is final. */
    withdraw(): boolean {
      const now = clock.monotonic();
      earn(((now - earnedAt) / 1000) * PER_SECOND);
      earnedAt = now;
      if (tokens < 1) return false;
      tokens -= 1;
      return true;
    },
  };
};
