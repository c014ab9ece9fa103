import { Problem, type ProblemCode } from '../../errors.ts';

/**
 * Why one request to CXone failed.
 *
 * - `status`: an answer that is not 2xx
 * - `unsent`: no connection, so nothing can have been applied
 * - `reset`: the connection was lost, before or within the answer
 * - `timeout`: no whole answer within the attempt's or the manipulation's time
 * - `invalid`: a whole answer that cannot be used
 */
export type FailureKind = 'status' | 'unsent' | 'reset' | 'timeout' | 'invalid';

export interface FailureOptions {
  status?: number;
  /** From the answer's `Retry-After`. */
  retryAfterMs?: number | undefined;
  /** The head of an answer had arrived. */
  begun?: boolean;
  /** False when not a byte of the request had left. */
  sent?: boolean;
  /** The registered error code of an OAuth answer. */
  oauthError?: string | undefined;
  cause?: unknown;
}

/** A failed request, between the transport and the place that turns it into a `Problem`. `message` is safe to show. */
export class Failure extends Error {
  readonly kind: FailureKind;
  readonly status: number | undefined;
  readonly retryAfterMs: number | undefined;
  readonly begun: boolean;
  readonly sent: boolean;
  readonly oauthError: string | undefined;

  constructor(kind: FailureKind, message: string, options: FailureOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'Failure';
    this.kind = kind;
    this.status = options.status;
    this.retryAfterMs = options.retryAfterMs;
    this.begun = options.begun ?? false;
    this.sent = options.sent ?? kind !== 'unsent';
    this.oauthError = options.oauthError;
  }
}

const isServerError = (failure: Failure): boolean => (failure.status ?? 0) >= 500;

/** Another try may succeed. */
export const isTransient = (failure: Failure): boolean =>
  failure.kind === 'unsent' ||
  failure.kind === 'reset' ||
  failure.kind === 'timeout' ||
  failure.status === 429 ||
  failure.status === 408 ||
  isServerError(failure);

/** CXone itself is failing: what the circuit counts. A 429 is an answer of a healthy tenant. */
export const meansFailing = (failure: Failure): boolean => isTransient(failure) && failure.status !== 429;

/** A write that ended so is in doubt: it may have been applied all the same. */
export const leavesDoubt = (failure: Failure): boolean =>
  failure.sent &&
  (failure.kind === 'reset' ||
    failure.kind === 'timeout' ||
    failure.kind === 'invalid' ||
    isServerError(failure) ||
    failure.status === 408);

/** A write in doubt that was not found may still be applied later: what answered may not be what applies it. */
export const mayArriveLate = (failure: Failure): boolean =>
  leavesDoubt(failure) && failure.kind !== 'invalid';

/** The tenant refused a write because the action has changed since it was read. */
export const isConflict = (failure: Failure): boolean =>
  failure.status === 409 ||
  failure.status === 412 ||
  (failure.status === 400 && /does not match the current version/iu.test(failure.message));

/** The label of a failure in metrics: a bounded set. */
export const outcomeOf = (failure: Failure): string => {
  if (failure.kind !== 'status') return failure.kind;
  if (failure.status === 429) return 'rate_limited';
  return isServerError(failure) ? 'server_error' : 'client_error';
};

const codeOf = (failure: Failure): ProblemCode => {
  switch (failure.kind) {
    case 'unsent':
      return 'UPSTREAM_UNAVAILABLE';
    case 'reset':
      return failure.begun ? 'UPSTREAM_INVALID_RESPONSE' : 'UPSTREAM_UNAVAILABLE';
    case 'timeout':
      return failure.begun ? 'UPSTREAM_INVALID_RESPONSE' : 'UPSTREAM_TIMEOUT';
    case 'invalid':
      return 'UPSTREAM_INVALID_RESPONSE';
    case 'status':
      if (failure.status === 429) return 'UPSTREAM_RATE_LIMITED';
      if (failure.status === 401 || failure.status === 403) return 'UPSTREAM_UNAUTHORIZED';
      return isServerError(failure) || failure.status === 408 ? 'UPSTREAM_UNAVAILABLE' : 'UPSTREAM_REJECTED';
  }
};

const ADVICE: Partial<Record<ProblemCode, string>> = {
  UPSTREAM_RATE_LIMITED: 'Send less, or try again after the time in Retry-After.',
  UPSTREAM_UNAVAILABLE: 'Try again later; if it lasts, look at the state of CXone.',
  UPSTREAM_TIMEOUT: 'Try again later, or allow more time (CXONE_DEADLINE_MS, CXONE_ATTEMPT_TIMEOUT_MS).',
  UPSTREAM_INVALID_RESPONSE:
    'Check that the configured URL is that of the CXone API and that no proxy answers for it.',
  UPSTREAM_REJECTED: 'Correct what CXone names.',
};

/** The longest `Retry-After` that is passed on: 68 years, as far as 31 bits of seconds reach. */
const LONGEST_RETRY_AFTER_SECONDS = 2 ** 31 - 1;

/** The problem for the caller, of a failure that retries did not overcome. */
export const problemOf = (failure: Failure): Problem => {
  const code = codeOf(failure);
  const advice = ADVICE[code];
  return new Problem(code, advice ? `${failure.message} ${advice}` : failure.message, {
    cause: failure,
    ...(failure.retryAfterMs !== undefined && {
      retryAfterSeconds: Math.min(
        LONGEST_RETRY_AFTER_SECONDS,
        Math.max(1, Math.ceil(failure.retryAfterMs / 1000)),
      ),
    }),
  });
};

/** The problem for the caller, of anything thrown; `effect` is that of a fault of our own. */
export const asProblem = (error: unknown, effect: 'none' | 'unknown' = 'none'): Problem => {
  if (error instanceof Problem) return error;
  if (error instanceof Failure) return problemOf(error);
  return new Problem('INTERNAL_ERROR', 'The gateway to CXone failed. The log says more.', {
    effect,
    cause: error,
  });
};
