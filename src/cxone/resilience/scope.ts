import { Problem } from '../../errors.ts';
import type { Budget, Clock } from '../../services/ports.ts';

/** How long one piece of work may wait, and for whom it is done. */
export interface Scope {
  /** On `Clock.monotonic`'s scale. Read it anew each time: a search shared by several callers lasts as long as the last. */
  readonly deadline: number;
  /** Aborts when the result is not wanted any more; undefined for what goes on to its end. */
  readonly signal: AbortSignal | undefined;
  readonly caller: string;
  readonly traceparent: string | undefined;
}

/** Of a budget whose work ends with its caller's interest: look-ups and reads. */
export const scopeOf = ({ deadline, signal, caller = '', traceparent }: Budget): Scope => ({
  deadline,
  signal,
  caller,
  traceparent,
});

export const outOfTime = (): Problem =>
  new Problem(
    'UPSTREAM_TIMEOUT',
    'CXone did not answer within the time of one manipulation. Try again later, or allow more (CXONE_DEADLINE_MS).',
  );

export const aborted = (): Problem =>
  new Problem('UPSTREAM_TIMEOUT', 'The caller went away, or the service stops, before CXone had answered.');

/** Throws when there is no time left, or the result is not wanted any more. */
export function assertOpen(clock: Pick<Clock, 'monotonic'>, scope: Scope): void {
  if (scope.signal?.aborted) throw aborted();
  if (clock.monotonic() >= scope.deadline) throw outOfTime();
}

/** Calls back once, at the deadline or when the scope is aborted, unless the function that it returns is called first. */
export function onEnd(
  clock: Pick<Clock, 'monotonic' | 'after'>,
  scope: Scope,
  callback: (reason: Problem) => void,
): () => void {
  const stop = (): void => {
    cancel();
    scope.signal?.removeEventListener('abort', abort);
  };
  const abort = (): void => {
    stop();
    callback(aborted());
  };
  const expire = (): void => {
    const left = scope.deadline - clock.monotonic();
    // A shared search may have been given more time meanwhile.
    if (left > 0) cancel = clock.after(left, expire);
    else {
      stop();
      callback(outOfTime());
    }
  };
  let cancel = clock.after(scope.deadline - clock.monotonic(), expire);
  scope.signal?.addEventListener('abort', abort, { once: true });
  return stop;
}

/** The promise, or a `Problem` when the scope ends first; the work itself may go on. */
export function waitWithin<T>(
  clock: Pick<Clock, 'monotonic' | 'after'>,
  scope: Scope,
  promise: Promise<T>,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = onEnd(clock, scope, reject);
    void promise.then(resolve, reject).then(stop);
  });
}

/** Throws a `Problem` when the scope is aborted meanwhile. The caller sees to it that it ends before the deadline. */
export async function pause(clock: Pick<Clock, 'sleep'>, scope: Scope, milliseconds: number): Promise<void> {
  try {
    await clock.sleep(milliseconds, scope.signal);
  } catch (error) {
    throw scope.signal?.aborted ? aborted() : error;
  }
}
