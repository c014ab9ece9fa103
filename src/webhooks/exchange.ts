import type { Dispatcher } from 'undici';

export interface Posted {
  status: number;
  retryAfter: string | undefined;
}

/** What is read of an answer before its connection is dropped; the status is all that counts. */
const ANSWER_LIMIT_BYTES = 16_384;

/**
 * One POST by undici's handler interface, which takes neither a stream nor a signal to be made for each. Resolves when the
 * status is there; the rest of the answer is read afterwards, so that the connection can be used again.
 * @throws TimeoutError after `timeoutMs`, and what undici throws for a connection that fails
 */
export function post(
  dispatcher: Dispatcher,
  message: { origin: string; path: string; headers: Record<string, string>; body: string },
  timeoutMs: number,
): Promise<Posted> {
  return new Promise((resolve, reject) => {
    let controller: Dispatcher.DispatchController | undefined;
    let late = false;
    let bytes = 0;
    const timer = setTimeout(() => {
      late = true;
      const error = new DOMException('The receiver did not answer in time.', 'TimeoutError');
      reject(error);
      controller?.abort(error);
    }, timeoutMs);
    dispatcher.dispatch(
      { ...message, method: 'POST' },
      {
        onRequestStart(started) {
          controller = started;
          if (late) started.abort(new Error('It is too late.'));
        },
        onResponseStart(_controller, status, answered) {
          if (status < 200) return;
          const retryAfter = answered['retry-after'];
          resolve({ status, retryAfter: typeof retryAfter === 'string' ? retryAfter : undefined });
        },
        onResponseData(started, chunk) {
          bytes += chunk.byteLength;
          if (bytes > ANSWER_LIMIT_BYTES) started.abort(new Error('The answer is too large.'));
        },
        onResponseEnd() {
          clearTimeout(timer);
        },
        onResponseError(_controller, error) {
          clearTimeout(timer);
          reject(error);
        },
      },
    );
  });
}
