import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox';
import type { FastifyRequest } from 'fastify';
import { Problem } from '../errors.ts';
import { EXAMPLE_COMPUTED, EXAMPLE_RECORD } from '../schemas/examples.ts';
import { Preview } from '../schemas/preview.ts';
import { problemResponses } from '../schemas/problem.ts';
import { ManipulationRequest, PreviewRequest, preview } from '../services/date/index.ts';
import { type Admission, waitedIn } from '../services/admission.ts';
import type { Answer } from '../services/manipulations/manipulate.ts';
import type { Clock } from '../services/ports.ts';
import { IdempotencyHeaders, idempotencyKeyOf } from '../schemas/idempotency.ts';

/** What a manipulation may end in once it goes on to CXone. */
const WRITE_PROBLEMS = [
  'WEBHOOK_URL_REFUSED',
  'ACTION_NOT_FOUND',
  'ACTION_AMBIGUOUS',
  'ACTION_CONFLICT',
  'IDEMPOTENCY_IN_PROGRESS',
  'IDEMPOTENCY_KEY_REUSED',
  'UPSTREAM_UNAUTHORIZED',
  'UPSTREAM_REJECTED',
  'UPSTREAM_INVALID_RESPONSE',
  'UPSTREAM_RATE_LIMITED',
  'UPSTREAM_UNAVAILABLE',
  'CIRCUIT_OPEN',
  'LEDGER_UNAVAILABLE',
  'UPSTREAM_TIMEOUT',
  'OUTCOME_UNKNOWN',
] as const;

const REQUEST_PROBLEMS = [
  'VALIDATION_FAILED',
  'INVALID_TIMESTAMP',
  'UNKNOWN_TIME_ZONE',
  'INVALID_DURATION',
  'INVALID_RECURRENCE_RULE',
  'INVALID_CRON_EXPRESSION',
  'INVALID_CALENDAR',
  'CALENDAR_NOT_FOUND',
  'UNSUPPORTED_CRITICAL_ANNOTATION',
  'OFFSET_MISMATCH',
  'LOCAL_TIME_AMBIGUOUS',
  'LOCAL_TIME_NONEXISTENT',
  'DATE_OVERFLOW',
  'OUT_OF_RANGE',
  'NO_OCCURRENCE',
  'UNAUTHENTICATED',
  'FORBIDDEN',
  'AUTHENTICATION_UNAVAILABLE',
  'RATE_LIMITED',
  'PAYLOAD_TOO_LARGE',
  'UNSUPPORTED_MEDIA_TYPE',
  'INTERNAL_ERROR',
  'OVERLOADED',
  'SHUTTING_DOWN',
] as const;

export const manipulationRoutes: FastifyPluginAsyncTypebox<{ clock: Pick<Clock, 'now'> }> = async (
  app,
  { clock },
) => {
  app.post(
    '/manipulations',
    {
      config: { scope: 'manipulations:write' },
      // Before the body is read, so that a refusal costs little.
      onRequest(request, _reply, done) {
        app.assertRoom(request);
        done();
      },
      schema: {
        operationId: 'createManipulation',
        tags: ['manipulations'],
        summary: 'Compute a date or time and write it into a data action',
        description:
          'Validates, computes, finds the data action by its exact name, writes the value and keeps the rest of the action, announces it on the webhook, and answers with the audit record. An `Idempotency-Key` makes a retry safe.',
        headers: IdempotencyHeaders,
        body: ManipulationRequest,
        response: {
          200: {
            description: 'Written. The audit record.',
            headers: {
              'Idempotency-Replayed': Type.Optional(
                Type.String({
                  description: '`true` when an earlier request with the same key did the work.',
                }),
              ),
            },
            content: {
              'application/json': {
                schema: Type.Ref('AuditRecord'),
                examples: { written: { summary: 'Two hours later', value: EXAMPLE_RECORD } },
              },
            },
          },
          ...problemResponses(...REQUEST_PROBLEMS, ...WRITE_PROBLEMS),
        },
      },
    },
    async (request, reply) => {
      const { webhook_url } = request.body;
      const idempotencyKey = idempotencyKeyOf(request.headers['idempotency-key']);
      const refusal = webhook_url === undefined ? undefined : await refusalOf(app.webhooks, webhook_url);
      if (refusal !== undefined && idempotencyKey === undefined) throw refusal;
      const { record, problem, replayed } = await admitted(app.admission, request, () =>
        app.manipulations.manipulate(request.body, {
          requestId: request.recordId,
          caller: request.caller.id,
          trace: request.trace,
          refusal,
          ...(idempotencyKey !== undefined && { idempotencyKey }),
        }),
      );
      request.record = record;
      if (replayed) reply.header('idempotency-replayed', 'true');
      return problem === null ? reply.send(record) : reply.problem(problem, record);
    },
  );

  app.post(
    '/manipulations/preview',
    {
      config: { scope: 'manipulations:preview' },
      schema: {
        operationId: 'previewManipulation',
        tags: ['manipulations'],
        summary: 'Compute a date or time, and write nothing',
        description: 'The same computation as a manipulation. Nothing is written, looked up or announced.',
        body: PreviewRequest,
        response: {
          200: {
            description: 'What a manipulation would write.',
            content: {
              'application/json': {
                schema: Preview,
                examples: {
                  computed: {
                    summary: 'Two hours later',
                    value: {
                      ...EXAMPLE_COMPUTED,
                      next_transition: {
                        instant: '2024-03-10T07:00:00Z',
                        offset_before: '-05:00',
                        offset_after: '-04:00',
                      },
                      previous_transition: {
                        instant: '2023-11-05T06:00:00Z',
                        offset_before: '-04:00',
                        offset_after: '-05:00',
                      },
                      fields: {
                        weekday: 4,
                        iso_year: 2024,
                        iso_week: 9,
                        day_of_year: 60,
                        utc_offset: '-05:00',
                      },
                      warnings: [],
                    },
                  },
                },
              },
            },
          },
          ...problemResponses(...REQUEST_PROBLEMS, 'WEBHOOK_URL_REFUSED'),
        },
      },
    },
    async (request) => {
      const { webhook_url } = request.body;
      if (webhook_url !== undefined) app.webhooks.accept(webhook_url);
      return preview(request.body, { now: clock.now(), calendars: app.calendars });
    },
  );
};

/** Why a webhook must not be called, judged by its URL and by what its name leads to now. */
const refusalOf = (
  webhooks: { acceptResolved(url: string): Promise<void> },
  url: string,
): Promise<Problem | undefined> =>
  webhooks.acceptResolved(url).then(
    () => undefined,
    (error: unknown) => {
      if (error instanceof Problem) return error;
      throw error;
    },
  );

/**
 * Works in a slot, in turn with other callers.
 * @throws Problem `OVERLOADED`, also where the caller has gone while it waited: nothing is begun that is not waited for
 */
async function admitted(
  admission: Admission,
  { caller, raw }: FastifyRequest,
  work: () => Promise<Answer>,
): Promise<Answer> {
  const slot = await admission.enter(caller.id);
  let waitedMs = 0;
  try {
    if (raw.socket.destroyed)
      throw new Problem('OVERLOADED', 'The caller left before its turn. Nothing was begun.');
    const answer = await work();
    if (!answer.replayed) waitedMs = waitedIn(answer.record);
    return answer;
  } finally {
    slot.release(waitedMs);
  }
}
