import type { FastifyReply, FastifyRequest } from 'fastify';
import fp from 'fastify-plugin';
import type { Problem } from '../errors.ts';
import { causeOf } from '../logging/cause.ts';
import { stackOf } from '../logging/stack.ts';
import { logStates } from '../logging/state-lines.ts';
import type { AuditRecord } from '../schemas/audit-record.ts';
import type { Events } from '../services/events.ts';
import type { Clock } from '../services/ports.ts';

export type { Sink } from '../logging/destination.ts';
export { createLogger } from '../logging/logger.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** For the request's line in the log: the problem that was answered. */
    problem: Problem | null;
    /** The record that the answer is about. */
    record: AuditRecord | null;
    /** How many items of a batch ended well, and how many did not. */
    items: { succeeded: number; failed: number } | null;
  }
}

/** Asked for all the time by machines; of no interest while all is well. */
const QUIET = new Set(['/metrics', '/health/live', '/health/ready']);

/** One line a request, and one for each change of state. */
export default fp(
  async (app, { events, clock }: { events: Events; clock: Pick<Clock, 'monotonic'> }) => {
    logStates(
      events,
      {
        info: (fields, message) => app.log.info(fields, message),
        warn: (fields, message) => app.log.warn(fields, message),
        error: (fields, message) => app.log.error(fields, message),
      },
      clock,
    );

    app.decorateRequest('problem', null);
    app.decorateRequest('record', null);
    app.decorateRequest('items', null);
    app.addHook('onResponse', (request, reply, done) => {
      if (request.problem !== null) events.emit('problem', { code: request.problem.code });
      app.log[levelOf(request, reply)](fieldsOf(request, reply), lineOf(request, reply));
      done();
    });
  },
  { name: 'logging' },
);

function levelOf(request: FastifyRequest, reply: FastifyReply): 'debug' | 'info' | 'warn' {
  if (QUIET.has(request.routeOptions.url ?? '')) return 'debug';
  return reply.statusCode >= 500 ? 'warn' : 'info';
}

/** The route's pattern, never a query: a caller may have put a key there. */
const lineOf = (request: FastifyRequest, reply: FastifyReply) =>
  `${request.method} ${request.routeOptions.url ?? pathOf(request.url)} ${reply.statusCode}`;

const pathOf = (url: string) => (url.split('?', 1)[0] ?? '').slice(0, 100);

function fieldsOf(request: FastifyRequest, reply: FastifyReply) {
  const { problem, record, items } = request;
  return {
    request_id: request.id,
    record_id: record?.request_id,
    trace_id: request.trace?.traceId,
    caller: (request.caller as FastifyRequest['caller'] | undefined)?.id,
    operation: record?.operation ?? operationOf(request.body),
    action_name: record?.action_name,
    status: reply.statusCode,
    code: problem?.code ?? record?.error?.code,
    outcome: record?.status.toLowerCase(),
    webhook: record?.webhook?.status,
    attempts: record?.attempts,
    upstream_ms: record?.upstream_ms,
    duration_ms: Math.round(reply.elapsedTime * 1000) / 1000,
    ...(items !== null && items),
    ...(problem !== null && { detail: problem.message.slice(0, 300), ...causes(problem) }),
    // The answer was ready and the caller had gone.
    ...(!reply.raw.writableFinished && { aborted: true }),
  };
}

/** The cause of a problem and, for a fault of the service itself, the stack. */
const causes = ({ code, cause }: Problem) => ({
  ...(cause !== undefined && { cause: causeOf(cause) }),
  ...(code === 'INTERNAL_ERROR' && { stack: stackOf(cause) }),
});

/** As the caller wrote it; a text that is too long is no operation. */
function operationOf(body: unknown): string | undefined {
  const { operation } = (body ?? {}) as { operation?: unknown };
  return typeof operation === 'string' && operation.length <= 40 ? operation : undefined;
}
