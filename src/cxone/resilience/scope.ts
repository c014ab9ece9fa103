import { Problem } from '../../errors.ts';
import type { Budget, Clock } from '../../services/ports.ts';

/** How long one operation may wait. */
export interface Scope {
  /** On `Clock.monotonic`'s scale. Read it anew each time: a lookup shared by several callers lasts as long as the last. */
  readonly deadline: number;
  /** Aborts at the deadline and when the caller goes away. */
  readonly signal: AbortSignal;
  /** Aborts at the deadline only: for finding out what became of a write that was sent. */
  readonly committed: AbortSignal;
}

/** A problem of an operation that its caller has left; nobody but the audit record will read it. */
const abandoned = (): Problem =>
  new Problem('UPSTREAM_TIMEOUT', 'The caller went away, or the service stops, before CXone had answered.');

class OutOfTime extends Problem {
  constructor() {
    super(
      'UPSTREAM_TIMEOUT',
      'CXone did not answer within the time of one manipulation. Try again later, or allow more (CXONE_DEADLINE_MS).',
    );
  }
}

/** Whether a signal's reason is the deadline, and not that the caller went away. */
export const isOutOfTime = (reason: unknown): boolean => reason instanceof OutOfTime;

/** Runs `work` until the budget's deadline, or until its caller goes away. */
export const withScope = async <T>(
  clock: Clock,
  budget: Budget,
  work: (scope: Scope) => Promise<T>,
): Promise<T> => {
  const finished = new AbortController();
  const patience = new AbortController();
  const whole = new AbortController();
  const expire = (): void => {
    patience.abort(new OutOfTime());
    whole.abort(patience.signal.reason);
  };
  const leave = (): void => whole.abort(abandoned());
  const left = budget.deadline - clock.monotonic();
  if (left <= 0) expire();
  else clock.sleep(left, finished.signal).then(expire, () => undefined);
  if (budget.signal?.aborted) leave();
  // Not AbortSignal.any: the caller's signal may be one that lasts as long as the process.
  else budget.signal?.addEventListener('abort', leave, { once: true });
  try {
    return await work({
      deadline: budget.deadline,
      signal: whole.signal,
      committed: patience.signal,
    });
  } finally {
    finished.abort();
    budget.signal?.removeEventListener('abort', leave);
  }
};

/** The promise, or the signal's reason when that aborts first; the work itself may go on. */
export const abortable = async <T>(promise: Promise<T>, signal: AbortSignal): Promise<T> => {
  if (signal.aborted) {
    promise.catch(() => undefined);
    throw signal.reason;
  }
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const abort = (): void => reject(signal.reason);
  signal.addEventListener('abort', abort, { once: true });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
};
