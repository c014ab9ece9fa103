import { type Dispatcher, Pool } from 'undici';
import type { Clock } from '../../services/ports.ts';
import type { Events, ServiceEvents } from '../../services/events.ts';
import { parseRetryAfter } from '../../shared/retry-after.ts';
import { LIMITS } from '../options.ts';
import { describeErrorBody, describeOAuthError, type Scrubber } from './error-body.ts';
import { Failure, outcomeOf } from './failure.ts';
import { parseLossless } from './json.ts';

export interface Request {
  endpoint: ServiceEvents['cxone.request'][0]['endpoint'];
  method: 'GET' | 'PUT' | 'POST';
  /** Whole and http(s); the path is sent as it is written. */
  origin: string;
  path: string;
  /** Names and values in turn, which costs less than an object. */
  headers: readonly string[];
  body?: string;
}

/** A 2xx answer. `json` is undefined when the body was empty. */
export interface Answer {
  json: unknown;
  etag: string | undefined;
}

/**
 * Sends one request, once, and follows no redirect. Throws a `Failure` and nothing else: a `timeout` also when `signal`
 * aborts first.
 */
export type Send = (request: Request, withinMs: number, signal: AbortSignal | undefined) => Promise<Answer>;

export interface Transport {
  send: Send;
  close(): Promise<void>;
}

/** Failures of DNS, TCP or TLS before the first byte of a request could leave. */
const UNSENT =
  /^(?:ECONNREFUSED|ENOTFOUND|EAI_\w+|EHOSTUNREACH|ENETUNREACH|EADDRNOTAVAIL|UND_ERR_CONNECT_TIMEOUT|ERR_TLS_\w+|ERR_SSL_\w+|CERT_\w+|DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_\w+)$/u;

const WHAT = {
  token: 'the token request',
  discovery: 'the discovery request',
  list: 'the list of data actions',
  read: 'the read of the data action',
  write: 'the write of the data action',
} as const;

const codeOf = (error: unknown): string => {
  const { code } = error as { code?: unknown };
  if (typeof code === 'string') return code;
  // Happy eyeballs: every address failed, each with a code of its own.
  return error instanceof AggregateError && error.errors.length > 0 ? codeOf(error.errors[0]) : '';
};

const single = (header: string | string[] | undefined): string | undefined =>
  Array.isArray(header) ? header[0] : header;

const parse = (text: string, what: string): unknown => {
  if (text === '' || text.trim() === '') return undefined;
  try {
    return parseLossless(text);
  } catch {
    // The parser's own message quotes the body, and that may be a token.
    const found = text.trimStart().startsWith('<') ? 'HTML' : 'a body that is not JSON';
    throw new Failure('invalid', `CXone answered ${what} with ${found}.`, { begun: true });
  }
};

const timedOut = (what: string, sent: boolean, begun: boolean): Failure =>
  sent
    ? new Failure('timeout', `CXone did not ${begun ? 'finish' : 'begin'} its answer to ${what} in time.`, {
        begun,
      })
    : new Failure('timeout', `No connection to CXone for ${what} in time.`, { sent });

const lost = (error: unknown, what: string, sent: boolean, begun: boolean): Failure => {
  const code = codeOf(error);
  if (!sent || (!begun && UNSENT.test(code)))
    return new Failure('unsent', `No connection to CXone for ${what}${code && ` (${code})`}.`, {
      cause: error,
    });
  return new Failure(
    'reset',
    `The connection to CXone was lost ${begun ? 'within' : 'before'} its answer to ${what}${code && ` (${code})`}.`,
    { begun, cause: error },
  );
};

/** undici as plain transport: one pool an origin, bounded bodies, every end of a request told as a `Failure`. */
export function createTransport(
  options: { attemptTimeoutMs: number; maxConcurrent: number },
  { clock, events, scrub }: { clock: Clock; events: Events; scrub: Scrubber },
): Transport {
  const pools = new Map<string, Pool>();

  const poolOf = (origin: string): Pool => {
    let pool = pools.get(origin);
    if (!pool) {
      pool = new Pool(origin, {
        connections: options.maxConcurrent,
        connect: { timeout: options.attemptTimeoutMs },
        // Each request has a timer of its own, for all of it.
        headersTimeout: 0,
        bodyTimeout: 0,
      });
      pools.set(origin, pool);
    }
    return pool;
  };

  const refusal = (
    endpoint: Request['endpoint'],
    status: number,
    headers: Record<string, string | string[] | undefined>,
    body: string,
  ): Failure => {
    const what = WHAT[endpoint];
    if (status < 400)
      return new Failure('invalid', `CXone answered ${what} with status ${status}.`, { begun: true });
    // What the token endpoint says in its own words may quote what it was sent, so only a registered code is passed on.
    const oauthError = endpoint === 'token' ? describeOAuthError(body) : undefined;
    const said =
      oauthError === 'unknown'
        ? ''
        : (oauthError ?? describeErrorBody(body, single(headers['icstatusdescription']) ?? '', scrub));
    return new Failure(
      'status',
      `CXone answered ${what} with ${status}${said ? `: ${said.replace(/\.$/u, '')}` : ''}.`,
      {
        status,
        begun: true,
        retryAfterMs: parseRetryAfter(single(headers['retry-after']), clock.now()),
        oauthError,
      },
    );
  };

  /** One exchange by undici's handler interface, which takes neither streams nor signals to be made for each request. */
  const exchange = (request: Request, withinMs: number, signal: AbortSignal | undefined): Promise<Answer> =>
    new Promise((resolve, reject) => {
      const { endpoint, path, method, headers, body } = request;
      const what = WHAT[endpoint];
      const chunks: Buffer[] = [];
      let controller: Dispatcher.DispatchController | undefined;
      let status = 0;
      let answered: Record<string, string | string[] | undefined> = {};
      let size = 0;
      let ended = false;

      const end = (): boolean => {
        if (ended) return false;
        ended = true;
        cancel();
        signal?.removeEventListener('abort', cut);
        return true;
      };
      const fail = (failure: Failure): void => {
        if (end()) reject(failure);
      };
      const cut = (): void => {
        fail(timedOut(what, controller !== undefined, status > 0));
        controller?.abort(new Error('Cut short.'));
      };
      const finish = (text: string): void => {
        if (!end()) return;
        if (status < 200 || status >= 300) {
          reject(refusal(endpoint, status, answered, text));
          return;
        }
        try {
          resolve({ json: parse(text, what), etag: single(answered['etag']) });
        } catch (error) {
          reject(error instanceof Failure ? error : lost(error, what, true, true));
        }
      };

      const cancel = clock.after(withinMs, cut);
      if (signal?.aborted) {
        cut();
        return;
      }
      signal?.addEventListener('abort', cut, { once: true });
      poolOf(request.origin).dispatch(
        { path, method, headers: headers as string[], ...(body !== undefined && { body }) },
        {
          onRequestStart(started) {
            if (ended) started.abort(new Error('Cut short.'));
            else controller = started;
          },
          onResponseStart(_controller, statusCode, responseHeaders) {
            if (statusCode < 200) return;
            status = statusCode;
            answered = responseHeaders;
          },
          onResponseData(started, chunk) {
            if (ended) return;
            size += chunk.byteLength;
            if (size <= LIMITS.responseBytes) {
              chunks.push(chunk);
              return;
            }
            // What is beyond is not read: the connection is dropped.
            if (status >= 200 && status < 300)
              fail(
                new Failure(
                  'invalid',
                  `CXone answered ${what} with more than ${LIMITS.responseBytes} bytes.`,
                  {
                    begun: true,
                  },
                ),
              );
            else finish('');
            started.abort(new Error('The answer is too large.'));
          },
          onResponseEnd() {
            const [first] = chunks;
            finish((chunks.length > 1 ? Buffer.concat(chunks, size) : (first ?? '')).toString());
          },
          onResponseError(_controller, error) {
            fail(lost(error, what, controller !== undefined, status > 0));
          },
        },
      );
    });

  return {
    async send(request, withinMs, signal) {
      const started = clock.monotonic();
      let outcome = 'ok';
      try {
        return await exchange(request, withinMs, signal);
      } catch (error) {
        outcome = error instanceof Failure ? outcomeOf(error) : 'invalid';
        throw error instanceof Failure ? error : lost(error, WHAT[request.endpoint], true, false);
      } finally {
        const seconds = (clock.monotonic() - started) / 1000;
        events.emit('cxone.request', { endpoint: request.endpoint, outcome, seconds });
      }
    },
    async close() {
      await Promise.all(Array.from(pools.values(), (pool) => pool.close()));
    },
  };
}
