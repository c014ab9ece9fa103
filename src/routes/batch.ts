import type { IncomingHttpHeaders } from 'node:http';
import { Readable } from 'node:stream';
import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox';
import { Problem } from '../errors.ts';
import { BatchLine } from '../schemas/batch-line.ts';
import { EXAMPLE_RECORD, EXAMPLE_REQUEST } from '../schemas/examples.ts';
import { misfit } from '../schemas/mistakes.ts';
import { Ndjson, ndjson } from '../schemas/ndjson.ts';
import { problemResponses } from '../schemas/problem.ts';
import { batch, type BatchResult, type BatchSummary } from '../services/batch/batch.ts';
import { type Manipulation, ManipulationRequest } from '../services/date/index.ts';
import { itemTexts } from '../services/batch/item-stream.ts';
import type { Events } from '../services/events.ts';
import type { Clock } from '../services/ports.ts';
import { createTurns } from '../shared/turns.ts';

export interface BatchOptions {
  clock: Pick<Clock, 'monotonic'>;
  events: Events;
  maxItems: number;
  bodyLimit: number;
  /** Manipulations of one batch in flight at once. */
  limit: number;
}

/** For the document only: in the route the body is a stream, and each item is validated by itself. */
const BODY = {
  content: {
    'application/json': {
      schema: Type.Unsafe({ type: 'array', items: ManipulationRequest, examples: [[EXAMPLE_REQUEST]] }),
    },
    'application/x-ndjson': {
      schema: ManipulationRequest,
      examples: { line: { summary: 'One line', value: EXAMPLE_REQUEST } },
    },
  },
};

const EXAMPLE_ITEM = { index: 0, status: 200, audit_record: EXAMPLE_RECORD };
const EXAMPLE_SUMMARY = { summary: { total: 1, succeeded: 1, failed: 0, elapsed_ms: 42 } };

/** Streams in and out: neither the body nor the answer is ever held whole. */
export const batchRoutes: FastifyPluginAsyncTypebox<BatchOptions> = async (app, options) => {
  // However many batches run, others wait behind one item.
  const inTurn = createTurns(0);
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(['application/json', 'application/x-ndjson'], (request, body, done) => {
    app.assertPlainBody(request.headers);
    done(null, body);
  });

  app.post(
    '/manipulations/batch',
    {
      // A batch takes as long as the tenant's rate limit makes it take.
      config: { scope: 'manipulations:write', documentBody: BODY, longUpload: true },
      schema: {
        operationId: 'createManipulationBatch',
        tags: ['manipulations'],
        summary: 'Many manipulations; a result per item, streamed as they finish',
        description: `Takes a JSON array or \`application/x-ndjson\`, of up to \`BATCH_MAX_ITEMS\` manipulations and 16 times \`BODY_LIMIT_BYTES\`. Answers a line per item as it finishes, \`{ "index", "status", "audit_record" | "problem" }\` with the HTTP status that the item alone would have had, and a last line \`{ "summary" }\`. One bad item never fails the others. Items for the same action are applied in their order. A client that goes away stops what has not started.`,
        response: {
          200: {
            description: 'A line per item as it finishes, then the summary.',
            content: {
              'application/x-ndjson': {
                schema: Ndjson(BatchLine),
                examples: {
                  item: { summary: 'A line of an item', value: EXAMPLE_ITEM },
                  summary: { summary: 'The last line', value: EXAMPLE_SUMMARY },
                },
              },
            },
          },
          ...problemResponses(
            'VALIDATION_FAILED',
            'UNAUTHENTICATED',
            'FORBIDDEN',
            'AUTHENTICATION_UNAVAILABLE',
            'RATE_LIMITED',
            'PAYLOAD_TOO_LARGE',
            'UNSUPPORTED_MEDIA_TYPE',
            'INTERNAL_ERROR',
            'OVERLOADED',
            'SHUTTING_DOWN',
          ),
        },
      },
    },
    async (request, reply) => {
      const validateItem = request.compileValidationSchema(ManipulationRequest);
      const gone = new AbortController();
      reply.raw.once('close', () => gone.abort());
      // Left open when the answer is there first: what is still being sent is then read and thrown away.
      const body = request.raw.iterator({ destroyOnReturn: false }) as AsyncIterable<Uint8Array>;
      const texts = itemTexts(
        untilStopping(body, app.stopping),
        mediaTypeOf(request.headers) === 'application/x-ndjson' ? 'ndjson' : 'json-array',
        {
          bodyBytes: options.bodyLimit,
          itemLength: app.initialConfig.bodyLimit ?? 1_048_576,
        },
      );
      // A body that is wrong from its first item on gets a plain 4xx; later on, the 200 is already out.
      const first = await texts.next();
      const deps = { manipulations: app.manipulations, inTurn, ...options };
      const results = batch(deps, startingWith(first, texts), {
        caller: request.caller.id,
        trace: request.trace,
        maxItems: options.maxItems,
        limit: options.limit,
        admission: app.admission,
        gone: gone.signal,
        stopping: app.stopping,
        validate(value) {
          if (validateItem(value)) return value as Manipulation;
          const problem = misfit(ManipulationRequest, value, 'item');
          throw problem ?? Object.assign(new Error('invalid'), { validation: validateItem.errors ?? [] });
        },
        asProblem: (error) => app.asProblem(error),
        documentOf: (problem: Problem, record) => app.problemDocument(problem, request, record),
      });
      const lines = telling(results, ({ succeeded, failed }) => (request.items = { succeeded, failed }));
      return reply.type('application/x-ndjson').send(Readable.from(ndjson(lines), { objectMode: false }));
    },
  );
};

const mediaTypeOf = (headers: IncomingHttpHeaders) =>
  (headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase();

/** Passes the lines on, and tells of the summary for the request's line in the log. */
async function* telling(
  lines: AsyncGenerator<BatchResult | BatchSummary>,
  tell: (summary: BatchSummary['summary']) => void,
): AsyncGenerator<BatchResult | BatchSummary> {
  for await (const line of lines) {
    if ('summary' in line) tell(line.summary);
    yield line;
  }
}

async function* startingWith<T>(first: IteratorResult<T, void>, rest: AsyncGenerator<T, void>) {
  if (first.done) return;
  yield first.value;
  yield* rest;
}

/**
 * The body until the service stops: what a client has not sent by then is not waited for.
 * @throws Problem `SHUTTING_DOWN`
 */
async function* untilStopping(body: AsyncIterable<Uint8Array>, stopping: AbortSignal) {
  const source = body[Symbol.asyncIterator]();
  const stopped = new Promise<never>((_resolve, reject) => {
    const stop = () => {
      reject(
        new Problem('SHUTTING_DOWN', 'This instance is stopping. Send this item and those after it again.'),
      );
    };
    if (stopping.aborted) stop();
    else stopping.addEventListener('abort', stop, { once: true });
  });
  stopped.catch(() => undefined);
  try {
    for (;;) {
      const next = await Promise.race([source.next(), stopped]);
      if (next.done) return;
      yield next.value;
    }
  } finally {
    // Not waited for: it ends after the chunk that a stalled client may never send.
    void source.return?.();
  }
}
