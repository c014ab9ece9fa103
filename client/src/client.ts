import createFetch, { type Client as Paths } from 'openapi-fetch';
import { linesOf, ndjsonOf } from './batch.ts';
import { NoAnswerError, ProblemError } from './errors.ts';
import type { paths } from './openapi.ts';
import type { RetryOptions, Time } from './retry.ts';
import { type CallOptions, createSend } from './send.ts';
import type {
  AuditRecord,
  AuditRecordList,
  AuditRecordQuery,
  BatchLine,
  Manipulation,
  Preview,
  PreviewRequest,
  Problem,
} from './types.ts';

export interface ClientOptions extends RetryOptions {
  /** Where the service is, such as `https://dates.example.com`. */
  baseUrl: string;
  /** An API key or a bearer token; a function is asked before each request. */
  apiKey?: string | (() => string | Promise<string>) | undefined;
  /** Instead of the global one. */
  fetch?: (request: Request) => Promise<Response>;
  /** For tests. */
  time?: Time;
}

export interface ManipulateOptions extends CallOptions {
  /** Default: a new one. Give one of your own where the same work may be begun again after a crash. */
  idempotencyKey?: string;
}

export interface Client {
  /**
   * Computes, writes into the data action and answers with the audit record. Sent again where that may help, always under
   * the same idempotency key, so that nothing is written twice.
   * @throws ProblemError or NoAnswerError
   */
  manipulate(request: Manipulation, options?: ManipulateOptions): Promise<AuditRecord>;
  /** The same computation; nothing is written. @throws ProblemError or NoAnswerError */
  preview(request: PreviewRequest, options?: CallOptions): Promise<Preview>;
  /**
   * A line per item as it finishes, then the summary. Leaving the loop stops what has not begun. Never sent again by
   * itself: its items have no keys, so send again those that failed, one by one or as another batch.
   * @throws ProblemError or NoAnswerError where the batch as a whole is refused or breaks off
   */
  batch(
    items: Iterable<Manipulation> | AsyncIterable<Manipulation>,
    options?: Pick<CallOptions, 'signal'>,
  ): AsyncGenerator<BatchLine, void>;
  /** One page, newest first. @throws ProblemError or NoAnswerError */
  listAuditRecords(query?: AuditRecordQuery, options?: CallOptions): Promise<AuditRecordList>;
  /** All that fit, page by page. @throws ProblemError or NoAnswerError */
  auditRecords(
    query?: Omit<AuditRecordQuery, 'cursor'>,
    options?: CallOptions,
  ): AsyncGenerator<AuditRecord, void>;
  /** @throws ProblemError or NoAnswerError */
  getAuditRecord(requestId: string, options?: CallOptions): Promise<AuditRecord>;
  /** Every route of the interface, typed, with the same key and the same retries: openapi-fetch's own client. */
  paths: Paths<paths>;
}

/** A client of the service. It holds no connection of its own. */
export function createClient({
  baseUrl,
  apiKey,
  fetch = (request) => globalThis.fetch(request),
  time,
  ...retry
}: ClientOptions): Client {
  const send = createSend(retry, fetch, time);

  const authorized = async (headers: Record<string, string> = {}): Promise<Record<string, string>> => {
    if (apiKey === undefined) return headers;
    const key = typeof apiKey === 'string' ? apiKey : await apiKey();
    return { ...headers, authorization: `Bearer ${key}` };
  };

  const pathsClient = createFetch<paths>({
    baseUrl,
    fetch: async (request) => {
      if (request.method === 'POST' && new URL(request.url).pathname.endsWith('/manipulations')) {
        if (!request.headers.has('idempotency-key'))
          request.headers.set('idempotency-key', crypto.randomUUID());
      }
      for (const [name, value] of Object.entries(await authorized())) request.headers.set(name, value);
      return (await send(request)).response;
    },
  });

  async function call<T>(
    method: string,
    path: string,
    { body, headers, ...options }: CallOptions & { body?: unknown; headers?: Record<string, string> },
  ): Promise<T> {
    const request = new Request(new URL(path, rooted(baseUrl)), {
      method,
      headers: await authorized({
        accept: 'application/json',
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      }),
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const { response, attempts } = await send(request, options);
    return read<T>(response, { attempts, idempotencyKey: headers?.['idempotency-key'] });
  }

  const listAuditRecords = (query: AuditRecordQuery = {}, options: CallOptions = {}) => {
    const search = new URLSearchParams(
      Object.entries(query as Record<string, string | number | undefined>).flatMap(([name, value]) =>
        value === undefined ? [] : [[name, String(value)]],
      ),
    );
    return call<AuditRecordList>('GET', `audit-records?${search.toString()}`, options);
  };

  return {
    manipulate: (request, { idempotencyKey = crypto.randomUUID(), ...options } = {}) =>
      call('POST', 'manipulations', {
        ...options,
        body: request,
        headers: { 'idempotency-key': idempotencyKey },
      }),
    preview: (request, options = {}) => call('POST', 'manipulations/preview', { ...options, body: request }),
    async *batch(items, { signal } = {}) {
      const request = new Request(new URL('manipulations/batch', rooted(baseUrl)), {
        method: 'POST',
        headers: await authorized({ 'content-type': 'application/x-ndjson' }),
        body: ndjsonOf(items),
        ...(signal && { signal }),
        // A body that is made while it is sent.
        duplex: 'half',
      } as RequestInit);
      const told = { attempts: 1 };
      const response = await fetch(request).catch((cause: unknown) => {
        if (signal?.aborted) throw cause;
        throw new NoAnswerError(`The service at ${request.url} gave no answer.`, { ...told, cause });
      });
      if (!response.ok || response.body === null) {
        await read(response, told);
        return;
      }
      yield* linesOf(response.body);
    },
    listAuditRecords,
    async *auditRecords(query = {}, options = {}) {
      let cursor: string | null = null;
      do {
        const page: AuditRecordList = await listAuditRecords(
          { ...query, ...(cursor !== null && { cursor }) },
          options,
        );
        yield* page.items;
        cursor = page.next_cursor;
      } while (cursor !== null);
    },
    getAuditRecord: (requestId, options = {}) =>
      call('GET', `audit-records/${encodeURIComponent(requestId)}`, options),
    paths: pathsClient,
  };
}

/** So that a path of the service's own below a gateway's prefix is kept. */
const rooted = (url: string): string => (url.endsWith('/') ? url : `${url}/`);

async function read<T>(
  response: Response,
  told: { attempts: number; idempotencyKey?: string | undefined },
): Promise<T> {
  const type = response.headers.get('content-type') ?? '';
  if (response.ok && type.includes('application/json')) return (await response.json()) as T;
  if (type.includes('application/problem+json')) {
    throw new ProblemError((await response.json()) as Problem, told);
  }
  const { status } = response;
  await response.body?.cancel();
  throw new NoAnswerError(
    `Something other than the service answered, with ${status} and ${type || 'no type'}.`,
    {
      status,
      ...told,
    },
  );
}
