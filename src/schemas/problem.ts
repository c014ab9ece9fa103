import { type Static, Type } from '@sinclair/typebox';
import type { AuditRecord } from './audit-record.ts';
import { EXAMPLE_DETAILS } from './problem-examples.ts';
import {
  type Effect,
  type Problem,
  PROBLEM_CODES,
  type ProblemCode,
  statusOf,
  titleOf,
  typeOf,
} from '../errors.ts';

/** RFC 9457, with this service's own members. */
export const ProblemDocument = Type.Object(
  {
    type: Type.String({
      description:
        'A URL, relative to the service, that opens: what this kind of problem means and what to do.',
    }),
    title: Type.String({ description: 'The kind of problem, in words.' }),
    status: Type.Integer({ description: 'The HTTP status, again.' }),
    detail: Type.String({ description: 'What was wrong here, and what to do about it.' }),
    instance: Type.String({ description: 'The path that was asked for.' }),
    code: Type.Unsafe<ProblemCode>({
      title: 'ProblemCode',
      type: 'string',
      enum: PROBLEM_CODES,
      description: 'What to switch on.',
    }),
    request_id: Type.String({ description: 'The `x-request-id` of this answer.' }),
    errors: Type.Optional(
      Type.Array(
        Type.Object(
          {
            path: Type.String({ description: 'Where in the body, as a JSON Pointer (RFC 6901).' }),
            message: Type.String({ description: 'What to do about it.' }),
          },
          { title: 'FieldError' },
        ),
        { description: 'The places in the body that do not fit.' },
      ),
    ),
    effect: Type.Optional(
      Type.Unsafe<Effect>({
        title: 'Effect',
        type: 'string',
        enum: ['none', 'applied', 'unknown'],
        description: 'Once a manipulation had begun: what became of the write.',
      }),
    ),
    audit_record: Type.Optional(Type.Unsafe<AuditRecord>(Type.Ref('AuditRecord'))),
  },
  { $id: 'Problem', title: 'Problem' },
);

export type ProblemDocument = Static<typeof ProblemDocument>;

/** A problem as it goes out: `instance` is the path that was asked for, `requestId` the answer's `x-request-id`. */
export const documentOf = (
  problem: Problem,
  { instance, requestId }: { instance: string; requestId: string },
  record?: AuditRecord,
): ProblemDocument => ({
  type: typeOf(problem.code),
  title: titleOf(problem.code),
  status: problem.status,
  detail: problem.message,
  instance,
  code: problem.code,
  request_id: requestId,
  ...(problem.errors && { errors: problem.errors }),
  // A manipulation had begun when there is a record, or when the write is known to have gone further.
  ...((record !== undefined || problem.effect !== 'none') && { effect: problem.effect }),
  ...(record && { audit_record: record }),
});

/**
 * The `response` entries of a route for these problems: one per status, with an example per code.
 */
export function problemResponses(...codes: ProblemCode[]) {
  const byStatus = Map.groupBy(codes, statusOf);
  return Object.fromEntries(
    [...byStatus].map(([status, ofStatus]) => [
      status,
      {
        description: ofStatus.map((code) => `\`${code}\`: ${titleOf(code)}.`).join(' '),
        ...((status === 503 || status === 429 || ofStatus.includes('IDEMPOTENCY_IN_PROGRESS')) && {
          headers: {
            'Retry-After': {
              type: 'integer',
              description: 'Seconds to wait before a retry makes sense.',
            },
          },
        }),
        content: {
          'application/problem+json': {
            schema: Type.Ref('Problem'),
            examples: Object.fromEntries(
              ofStatus.map((code) => [code, { summary: titleOf(code), value: exampleOf(code) }]),
            ),
          },
        },
      },
    ]),
  );
}

const exampleOf = (code: ProblemCode): ProblemDocument => ({
  type: typeOf(code),
  title: titleOf(code),
  status: statusOf(code),
  detail: EXAMPLE_DETAILS[code],
  instance: '/manipulations',
  code,
  request_id: '0b0f9a52-7c5e-4f0e-9d1c-4f6c0a6b8f11',
  ...(code === 'VALIDATION_FAILED' && {
    errors: [{ path: '/offset_minutes', message: 'must be integer' }],
  }),
});
