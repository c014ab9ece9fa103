import { Agent, type Dispatcher } from 'undici';
import type { Clock } from '../../services/ports.ts';
import type { Events, ServiceEvents } from '../../services/events.ts';
import { describeErrorBody, type Scrubber } from './error-body.ts';
import { Failure, outcomeOf } from './failure.ts';
import { parseLossless } from './json.ts';
import { LIMITS } from '../options.ts';
import { parseRetryAfter } from '../../shared/retry-after.ts';

export interface Request {
  endpoint: ServiceEvents['cxone.request'][0]['endpoint'];
  method: 'GET' | 'PUT' | 'POST';
  /** Whole and http(s); the path is sent as it is written. */
  origin: string;
  path: string;
  headers?: Record<string, string>;
  body?: string;
}

/** A 2xx answer. `json` is undefined when the body was empty. */
export interface Answer {
  json: unknown;
  etag: string | undefined;
}

/** Sends one request, once, and follows no redirect. Throws a `Failure` and nothing else. */
export type Send = (request: Request, signal: AbortSignal) => Promise<Answer>;

export interface Transport {
  send: Send;
  close(): Promise<void>;
}

/** Failures of DNS, TCP or TLS before the first byte of a request could leave. */
const UNSENT =
  /^(?:ECONNREFUSED|ENOTFOUND|EAI_\w+|EHOSTUNREACH|ENETUNREACH|EADDRNOTAVAIL|UND_ERR_CONNECT_TIMEOUT|ERR_TLS_\w+|ERR_SSL_\w+|CERT_\w+|DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_\w+)$/u;
const TIMED_OUT = /^UND_ERR_(?:HEADERS|BODY)_TIMEOUT$/u;

const codeOf = (error: unknown): string => {
  const { code } = error as { code?: unknown };
  if (typeof code === 'string') return code;
  // Happy eyeballs: every address failed, each with a code of its own.
  return error instanceof AggregateError && error.errors.length > 0 ? codeOf(error.errors[0]) : '';
};

const single = (header: string | string[] | undefined): string | undefined =>
  Array.isArray(header) ? header[0] : header;

/** The body as text, up to the limit. What is beyond is not read: the connection is dropped. */
const readBody = async (
  body: Dispatcher.ResponseData['body'],
  limit: number,
): Promise<{ text: string; whole: boolean }> => {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    size += chunk.byteLength;
    // Leaving the loop destroys the stream, and its connection with it.
    if (size > limit) return { text: '', whole: false };
  }
  return { text: Buffer.concat(chunks, size).toString('utf8'), whole: true };
};

const parse = (text: string, request: string): unknown => {
  if (text.trim() === '') return undefined;
  try {
    return parseLossless(text);
  } catch {
    // The parser's own message quotes the body, and that may be a token.
    const what = text.trimStart().startsWith('<') ? 'HTML' : 'a body that is not JSON';
    throw new Failure('invalid', `CXone answered ${request} with ${what}.`, { begun: true });
  }
};

const WHAT = {
  token: 'the token request',
  discovery: 'the discovery request',
  list: 'the list of data actions',
  read: 'the read of the data action',
  write: 'the write of the data action',
} as const;

/** undici as plain transport: one pool for the process, bounded bodies, every end of a request told as a `Failure`. */
export const createTransport = (
  options: { attemptTimeoutMs: number; maxConcurrent: number },
  deps: { clock: Clock; events: Events; scrub: Scrubber },
): Transport => {
  const agent = new Agent({
    connections: options.maxConcurrent,
    connect: { timeout: options.attemptTimeoutMs },
    // The attempt's own timeout comes first; these are a second fence.
    headersTimeout: options.attemptTimeoutMs + 1000,
    bodyTimeout: options.attemptTimeoutMs + 1000,
  });

  const refusal = (response: Dispatcher.ResponseData, body: string, what: string): Failure => {
    const { statusCode: status, headers } = response;
    const said = describeErrorBody(body, single(headers['icstatusdescription']) ?? '', deps.scrub).replace(
      /\.$/u,
      '',
    );
    if (status < 400)
      return new Failure('invalid', `CXone answered ${what} with status ${status}.`, { begun: true });
    return new Failure('status', `CXone answered ${what} with ${status}${said ? `: ${said}` : ''}.`, {
      status,
      begun: true,
      retryAfterMs: parseRetryAfter(single(headers['retry-after']), deps.clock.now()),
    });
  };

  const failureOf = (error: unknown, begun: boolean, what: string, signal: AbortSignal): Failure => {
    if (error instanceof Failure) return error;
    const code = codeOf(error);
    const options = { begun, cause: error };
    if (signal.aborted || TIMED_OUT.test(code))
      return new Failure(
        'timeout',
        `CXone did not ${begun ? 'finish' : 'begin'} its answer to ${what} in time.`,
        options,
      );
    if (!begun && UNSENT.test(code))
      return new Failure('unsent', `No connection to CXone for ${what} (${code}).`, options);
    return new Failure(
      'reset',
      `The connection to CXone was lost ${begun ? 'within' : 'before'} its answer to ${what}${code && ` (${code})`}.`,
      options,
    );
  };

  const exchange = async (request: Request, signal: AbortSignal): Promise<Answer> => {
    const { endpoint, origin, path, method, headers, body } = request;
    const what = WHAT[endpoint];
    let begun = false;
    try {
      const response = await agent.request({
        origin,
        path,
        method,
        signal,
        headers: { accept: 'application/json', ...headers },
        ...(body !== undefined && { body }),
      });
      begun = true;
      const ok = response.statusCode >= 200 && response.statusCode < 300;
      const { text, whole } = await readBody(response.body, LIMITS.responseBytes);
      if (!ok) throw refusal(response, text, what);
      if (!whole)
        throw new Failure('invalid', `CXone answered ${what} with more than ${LIMITS.responseBytes} bytes.`, {
          begun,
        });
      return { json: parse(text, what), etag: single(response.headers.etag) };
    } catch (error) {
      throw failureOf(error, begun, what, signal);
    }
  };

  return {
    async send(request, signal) {
      const started = deps.clock.monotonic();
      let outcome = 'ok';
      try {
        return await exchange(request, signal);
      } catch (error) {
        outcome = error instanceof Failure ? outcomeOf(error) : 'invalid';
        throw error;
      } finally {
        const seconds = (deps.clock.monotonic() - started) / 1000;
        deps.events.emit('cxone.request', { endpoint: request.endpoint, outcome, seconds });
      }
    },
    close: () => agent.close(),
  };
};
