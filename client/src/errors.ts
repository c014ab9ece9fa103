import type { Problem, ProblemCode } from './types.ts';

interface Told {
  /** The key that the request bore: the same request may be sent again with it. */
  idempotencyKey?: string | undefined;
  /** Requests that were sent. */
  attempts: number;
}

/** The service answered that it could not do it: `code` says why, and `message` what to do about it. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError';
  readonly code: ProblemCode;
  readonly status: number;
  /** The whole problem document; `errors` names each field that does not fit. */
  readonly problem: Problem;
  readonly requestId: string;
  readonly idempotencyKey: string | undefined;
  readonly attempts: number;

  constructor(problem: Problem, { idempotencyKey, attempts }: Told) {
    super(problem.detail);
    this.code = problem.code;
    this.status = problem.status;
    this.problem = problem;
    this.requestId = problem.request_id;
    this.idempotencyKey = idempotencyKey;
    this.attempts = attempts;
  }
}

/** There was no answer of the service: no connection, no time left, or something else answered in its place. */
export class NoAnswerError extends Error {
  override readonly name = 'NoAnswerError';
  /** Of an answer that is not the service's own, such as a proxy's page. */
  readonly status: number | undefined;
  readonly idempotencyKey: string | undefined;
  readonly attempts: number;

  constructor(
    message: string,
    { status, idempotencyKey, attempts, cause }: Told & { status?: number; cause?: unknown },
  ) {
    super(message, cause === undefined ? undefined : { cause });
    this.status = status;
    this.idempotencyKey = idempotencyKey;
    this.attempts = attempts;
  }
}
