import { Readable } from 'node:stream';
import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox';
import type { FastifyRequest } from 'fastify';
import { Problem } from '../errors.ts';
import { AuditHistory, EXAMPLE_HISTORY } from '../schemas/audit-history.ts';
import { type AuditRecord, AuditRecordList, inOrder, Status } from '../schemas/audit-record.ts';
import { EXAMPLE_RECORD } from '../schemas/examples.ts';
import { Ndjson, ndjson } from '../schemas/ndjson.ts';
import { problemResponses } from '../schemas/problem.ts';
import type { AuditLog, AuditQuery } from '../services/ports.ts';

const READ_PROBLEMS = [
  'VALIDATION_FAILED',
  'UNAUTHENTICATED',
  'FORBIDDEN',
  'AUTHENTICATION_UNAVAILABLE',
  'RATE_LIMITED',
  'INTERNAL_ERROR',
  'LEDGER_UNAVAILABLE',
  'OVERLOADED',
  'SHUTTING_DOWN',
] as const;

const Filters = Type.Object(
  {
    action_name: Type.Optional(
      Type.String({ minLength: 1, maxLength: 256, examples: ['Production_Date_Processor'] }),
    ),
    status: Type.Optional(Status),
    idempotency_key: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 255,
        description:
          'Made under this `Idempotency-Key`: one record for each try that wrote nothing, and the last one.',
        examples: ['nightly-2024-02-29'],
      }),
    ),
    webhook_id: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 128,
        description: 'Announced by the webhook of this `webhook-id`.',
        examples: [`msg_${EXAMPLE_RECORD.request_id}`],
      }),
    ),
    from: Type.Optional(
      Type.String({
        format: 'date-time',
        description: 'Accepted at or after.',
        examples: ['2024-02-29T00:00:00Z'],
      }),
    ),
    to: Type.Optional(
      Type.String({
        format: 'date-time',
        description: 'Accepted before.',
        examples: ['2024-03-01T00:00:00Z'],
      }),
    ),
    limit: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 500,
        description: 'Records a page; 50 when left out.',
        examples: [50],
      }),
    ),
    cursor: Type.Optional(
      Type.String({
        maxLength: 512,
        description: '`next_cursor` of the page before.',
        examples: ['WyIyMDI0LTAyLTI5Il0'],
      }),
    ),
  },
  { additionalProperties: false },
);

const RecordParams = Type.Object({
  request_id: Type.String({ maxLength: 64, examples: [EXAMPLE_RECORD.request_id] }),
});

/** What was done, newest first. A caller without `audit:read:all` sees its own records only. */
export const auditRecordRoutes: FastifyPluginAsyncTypebox<{ audit: AuditLog }> = async (app, { audit }) => {
  app.get(
    '/audit-records',
    {
      config: { scope: 'audit:read' },
      // A query is text; this is the one number in it.
      preValidation: async (request) => {
        const query = request.query as { limit?: unknown };
        if (typeof query.limit === 'string' && /^\d{1,9}$/.test(query.limit)) {
          query.limit = Number(query.limit);
        }
      },
      schema: {
        operationId: 'listAuditRecords',
        tags: ['audit'],
        summary: 'List audit records, newest first',
        description:
          'Pages stay right while records arrive. With `Accept: application/x-ndjson`, all records that fit are streamed, oldest first, one a line; `limit` and `cursor` are refused then.',
        querystring: Filters,
        response: {
          200: {
            description: 'A page.',
            content: {
              'application/json': {
                schema: AuditRecordList,
                examples: {
                  page: { summary: 'The only page', value: { items: [EXAMPLE_RECORD], next_cursor: null } },
                },
              },
              'application/x-ndjson': {
                schema: Ndjson(Type.Ref('AuditRecord')),
                examples: { line: { summary: 'One line', value: EXAMPLE_RECORD } },
              },
            },
          },
          ...problemResponses(...READ_PROBLEMS),
        },
      },
    },
    async (request, reply) => {
      const { limit, cursor, ...filters } = request.query;
      refuseWrongMoments(filters);
      const query: AuditQuery = { ...ownRecordsOnly(request), ...filters };
      if (request.headers.accept?.includes('application/x-ndjson')) {
        refusePaging(request.query);
        const release = app.exports.take(request.caller.id);
        reply.raw.once('close', release);
        return reply
          .type('application/x-ndjson')
          .send(Readable.from(ndjson(recordsInOrder(audit.export(query)))));
      }
      const release = app.lists.take(request.caller.id);
      return audit.list(query, limit ?? 50, cursor).finally(release);
    },
  );

  app.get(
    '/audit-records/:request_id',
    {
      config: { scope: 'audit:read' },
      schema: {
        operationId: 'getAuditRecord',
        tags: ['audit'],
        summary: 'One audit record',
        description: 'Whole, with the state of its webhook as of now.',
        params: RecordParams,
        response: {
          200: {
            description: 'The record.',
            content: {
              'application/json': {
                schema: Type.Ref('AuditRecord'),
                examples: { record: { summary: 'A record', value: EXAMPLE_RECORD } },
              },
            },
          },
          ...problemResponses(...READ_PROBLEMS, 'AUDIT_RECORD_NOT_FOUND'),
        },
      },
    },
    async (request) => {
      const { request_id } = request.params;
      const { caller } = ownRecordsOnly(request);
      return found(await audit.get(uuid(request_id), caller));
    },
  );

  app.get(
    '/audit-records/:request_id/history',
    {
      config: { scope: 'audit:read' },
      schema: {
        operationId: 'getAuditHistory',
        tags: ['audit'],
        summary: 'What happened to one manipulation, and when',
        description:
          'Its request as it was accepted, and the ledger’s entries of it with their times: accepted, computed, dispatched, each write sent to CXone, the outcome, each try of the webhook.',
        params: RecordParams,
        response: {
          200: {
            description: 'The history.',
            content: {
              'application/json': {
                schema: AuditHistory,
                examples: { history: { summary: 'Written and announced', value: EXAMPLE_HISTORY } },
              },
            },
          },
          ...problemResponses(...READ_PROBLEMS, 'AUDIT_RECORD_NOT_FOUND'),
        },
      },
    },
    async (request) => {
      const { request_id } = request.params;
      const { caller } = ownRecordsOnly(request);
      return found(await audit.history(uuid(request_id), caller));
    },
  );
};

async function* recordsInOrder(records: AsyncIterable<AuditRecord>): AsyncGenerator<AuditRecord> {
  for await (const record of records) yield inOrder(record);
}

/** @throws Problem `AUDIT_RECORD_NOT_FOUND` where there is nothing that this caller may see */
function found<T>(value: T | null): T {
  if (value !== null) return value;
  throw new Problem(
    'AUDIT_RECORD_NOT_FOUND',
    'There is no audit record with this request_id, or it is another caller’s and these credentials lack audit:read:all.',
  );
}

/** @throws Problem `AUDIT_RECORD_NOT_FOUND` for what is no record’s id */
function uuid(text: string): string {
  if (UUID.test(text)) return text;
  throw new Problem(
    'AUDIT_RECORD_NOT_FOUND',
    'This is no request_id, which is a UUID. GET /audit-records lists records with theirs.',
  );
}

/** Any other text is no record’s id, and some of it no database takes. */
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** A stream has no pages; what was asked for is not dropped in silence. @throws Problem `VALIDATION_FAILED` */
function refusePaging(query: { limit?: unknown; cursor?: unknown }): void {
  const errors = (['limit', 'cursor'] as const)
    .filter((name) => query[name] !== undefined)
    .map((name) => ({ path: `/${name}`, message: 'does not go with Accept: application/x-ndjson' }));
  if (errors.length === 0) return;
  throw new Problem(
    'VALIDATION_FAILED',
    'Accept: application/x-ndjson streams every record that fits, so limit and cursor do not apply. Leave them out and narrow with from and to, or send Accept: application/json for pages.',
    { errors },
  );
}

const ownRecordsOnly = (request: FastifyRequest): { caller?: string } =>
  request.caller.scopes.has('audit:read:all') ? {} : { caller: request.caller.id };

/** A leap second has the form of a date-time and is none that a record could bear. @throws Problem `VALIDATION_FAILED` */
function refuseWrongMoments(query: { from?: string; to?: string }): void {
  const errors = (['from', 'to'] as const)
    .filter((name) => query[name] !== undefined && Number.isNaN(Date.parse(query[name])))
    .map((name) => ({ path: `/${name}`, message: 'must be an RFC 3339 date-time' }));
  const [wrong] = errors;
  if (wrong === undefined) return;
  throw new Problem(
    'VALIDATION_FAILED',
    `${wrong.path} is not a moment that can be compared with. Send RFC 3339.`,
    { errors },
  );
}
