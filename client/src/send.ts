import { NoAnswerError } from './errors.ts';
import { pauseBefore, REAL_TIME, retryAfter, type RetryOptions, type Time } from './retry.ts';

export interface CallOptions extends RetryOptions {
  signal?: AbortSignal;
}

/** Sends a request until it has an answer that another try would not change. Reads no answer's body for itself. */
export type Send = (
  request: Request,
  options?: CallOptions,
) => Promise<{ response: Response; attempts: number }>;

export function createSend(
  defaults: RetryOptions,
  fetch: (request: Request) => Promise<Response>,
  time: Time = REAL_TIME,
): Send {
  return async (request, options = {}) => {
    const { maxAttempts = 5, deadlineMs = 60_000, attemptTimeoutMs = 30_000 } = { ...defaults, ...options };
    const { signal } = options;
    const deadline = time.now() + deadlineMs;
    const idempotencyKey = request.headers.get('idempotency-key') ?? undefined;

    for (let attempts = 1; ; attempts += 1) {
      const timeout = AbortSignal.timeout(Math.max(1, Math.min(attemptTimeoutMs, deadline - time.now())));
      const stop = signal === undefined ? timeout : AbortSignal.any([timeout, signal]);
      let answer: Response | undefined;
      let cause: unknown;
      let askedMs = 0;
      try {
        answer = await fetch(new Request(request.clone(), { signal: stop }));
        const wait = await retryAfter(answer);
        if (wait === undefined) return { response: answer, attempts };
        askedMs = wait;
      } catch (error) {
        if (signal?.aborted) throw error;
        cause = error;
      }
      const pause = pauseBefore(attempts, askedMs, time.random);
      if (attempts >= maxAttempts || time.now() + pause >= deadline) {
        if (answer !== undefined) return { response: answer, attempts };
        const what = `The service at ${new URL(request.url).origin} gave no answer in ${attempts} attempts.`;
        throw new NoAnswerError(what, { idempotencyKey, attempts, cause });
      }
      await answer?.body?.cancel();
      await time.sleep(pause, signal);
    }
  };
}
