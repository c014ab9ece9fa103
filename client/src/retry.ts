/** When a request is sent again, and how long before. */

export interface RetryOptions {
  /** Requests in all, the first included. Default 5. */
  maxAttempts?: number;
  /** Milliseconds that one call may take, all attempts and pauses included. Default 60,000. */
  deadlineMs?: number;
  /** Milliseconds that one attempt may take. Default 30,000. */
  attemptTimeoutMs?: number;
}

/** What a test replaces. */
export interface Time {
  now: () => number;
  random: () => number;
  /** Rejects with the signal's reason when it aborts. */
  sleep: (milliseconds: number, signal: AbortSignal | undefined) => Promise<void>;
}

export const REAL_TIME: Time = {
  now: () => performance.now(),
  random: () => Math.random(),
  sleep: (milliseconds, signal) =>
    new Promise((resolve, reject) => {
      const abort = () => {
        clearTimeout(timer);
        reject(signal?.reason as Error);
      };
      const timer = setTimeout(() => {
        signal?.removeEventListener('abort', abort);
        resolve();
      }, milliseconds);
      if (signal?.aborted) abort();
      else signal?.addEventListener('abort', abort, { once: true });
    }),
};

const FIRST_PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 10_000;

/** Refusals that another try may not meet. Under one idempotency key, none of these makes a second write. */
const TRANSIENT_STATUSES: readonly number[] = [429, 502, 503, 504];
/** Of CXone's answers these will be the same, and of these writes it is not known what became of them. */
const LASTING_CODES: readonly string[] = [
  'UPSTREAM_UNAUTHORIZED',
  'UPSTREAM_REJECTED',
  'UPSTREAM_INVALID_RESPONSE',
];

/** Whether it is worth sending again, and the milliseconds that the answer asks to wait before. */
export async function retryAfter(response: Response): Promise<number | undefined> {
  const transient = TRANSIENT_STATUSES.includes(response.status);
  if (!transient && response.status !== 409) return undefined;
  // The outcome is settled: the same key answers with it again.
  if (response.headers.get('idempotency-replayed') !== null) return undefined;
  const code = await codeOf(response);
  if (code !== undefined && LASTING_CODES.includes(code)) return undefined;
  if (!transient && code !== 'IDEMPOTENCY_IN_PROGRESS') return undefined;
  return waitOf(response.headers.get('retry-after'));
}

async function codeOf(response: Response): Promise<string | undefined> {
  if (response.headers.get('content-type')?.includes('problem+json') !== true) return undefined;
  const problem = (await response
    .clone()
    .json()
    .catch(() => undefined)) as { code?: string } | undefined;
  return problem?.code;
}

/** Seconds, or an HTTP date. */
function waitOf(header: string | null): number {
  if (header === null) return 0;
  const milliseconds = /^\d+$/.test(header) ? Number(header) * 1000 : Date.parse(header) - Date.now();
  return Number.isFinite(milliseconds) ? Math.max(0, milliseconds) : 0;
}

/** What the answer asks for, and a random part that grows, so that many callers do not come back at once. */
export const pauseBefore = (attempt: number, askedMs: number, random: () => number): number =>
  askedMs + random() * Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (attempt - 1));
