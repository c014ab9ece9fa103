import type { FastifyError, FastifyReply, FastifyRequest, FastifySchemaValidationError } from 'fastify';
import fp from 'fastify-plugin';
import { type FieldError, malformed, Problem } from '../errors.ts';
import { AuditRecord } from '../schemas/audit-record.ts';
import { misfit } from '../schemas/mistakes.ts';
import type { Events } from '../services/events.ts';
import { nearest } from '../schemas/nearest.ts';
import { documentOf, ProblemDocument } from '../schemas/problem.ts';

declare module 'fastify' {
  interface FastifyReply {
    /** Answers with a problem document (RFC 9457); `record` once a manipulation had begun. */
    problem(problem: Problem, record?: AuditRecord): FastifyReply;
  }
  interface FastifyInstance {
    /** The problem document as a value, for answers that carry several. */
    problemDocument(problem: Problem, request: FastifyRequest, record?: AuditRecord): ProblemDocument;
    /** Whatever was thrown, as a problem of the catalogue. */
    asProblem(error: unknown): Problem;
  }
}

/** The one place where errors become answers. */
export default fp(
  async (app, { events }: { events: Events }) => {
    app.addSchema(AuditRecord);
    app.addSchema(ProblemDocument);

    app.decorate('problemDocument', (problem: Problem, request: FastifyRequest, record?: AuditRecord) => {
      events.emit('problem', { code: problem.code });
      return problemDocument(problem, request, record);
    });
    app.decorate('asProblem', asProblem);
    app.decorateReply('problem', function (this: FastifyReply, problem: Problem, record?: AuditRecord) {
      return sendProblem(this, this.request, problem, record);
    });

    app.setErrorHandler(async (error: FastifyError, request, reply) => {
      const problem = stalled(error, request) ? STALLED : toldOf(error, request);
      if (problem === STALLED) reply.header('connection', 'close');
      return reply.problem(problem);
    });

    /** The route that a path was probably meant to be; prefixes of versions are not there. */
    function meant(path: string): string {
      const paths = app.routeTable.map(({ url }) => url).filter((url) => !/[:*]/.test(url) && url !== '/');
      const route = nearest(path.replace(/^(?:\/(?:api|v\d+))+(?=\/)/i, '').replace(/\/$/, ''), paths);
      return route === undefined ? '.' : `: did you mean ${route}?`;
    }

    app.setNotFoundHandler(async (request, reply) => {
      const path = pathOf(request.url);
      const methods = app.methodsOf(path);
      if (methods.length > 0 && !methods.includes(request.method)) {
        const allow = methods.join(', ');
        return reply
          .header('allow', allow)
          .problem(
            new Problem('METHOD_NOT_ALLOWED', `${path} does not take ${request.method}. It takes ${allow}.`),
          );
      }
      return reply.problem(
        new Problem(
          'ROUTE_NOT_FOUND',
          `There is no ${request.method} ${path}${meant(path)} GET /docs lists the routes.`,
        ),
      );
    });
  },
  { name: 'problems', dependencies: ['route-table'] },
);

/** For wherever a reply is at hand, also where Fastify gives one without this plugin's decorators. */
export function sendProblem(
  reply: FastifyReply,
  request: FastifyRequest,
  problem: Problem,
  record?: AuditRecord,
): FastifyReply {
  request.problem = problem;
  if (record !== undefined) request.record = record;
  if (problem.retryAfterSeconds !== undefined) {
    reply.header('retry-after', Math.max(1, Math.ceil(problem.retryAfterSeconds)));
  }
  if (problem.status === 401) reply.header('www-authenticate', 'Bearer');
  return reply
    .code(problem.status)
    .header('x-request-id', request.id)
    .type('application/problem+json; charset=utf-8')
    .send(problemDocument(problem, request, record));
}

/** The handler's time ran out while the body was still on its way. */
const stalled = (error: FastifyError, request: FastifyRequest) =>
  error.code === 'FST_ERR_HANDLER_TIMEOUT' && !request.raw.complete;

const STALLED = malformed(
  'The body did not arrive in time. Nothing was begun: send it again.',
  'did not arrive whole',
);

const problemDocument = (problem: Problem, request: FastifyRequest, record?: AuditRecord): ProblemDocument =>
  documentOf(problem, { instance: pathOf(request.url), requestId: request.id }, record);

const pathOf = (url: string) => (url.split('?', 1)[0] ?? '').slice(0, 256);

const BAD_REQUEST = new Map([
  ['FST_ERR_CTP_INVALID_CONTENT_LENGTH', 'The body is not as long as Content-Length says. Send it whole.'],
  ['FST_ERR_BAD_URL', 'The path is not a valid URL path.'],
  ['FST_ERR_MAX_PARAM_LENGTH', 'A part of the path is too long.'],
]);

/** Whatever was thrown, as a problem of the catalogue. */
export function asProblem(thrown: unknown): Problem {
  if (thrown instanceof Problem) return thrown;
  const error = thrown as Partial<FastifyError>;
  if (error.validation) return validationProblem(error as FastifyError);
  const badRequest = BAD_REQUEST.get(error.code ?? '');
  if (badRequest) return malformed(badRequest);
  switch (error.code) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return new Problem(
        'PAYLOAD_TOO_LARGE',
        'The body is larger than this route takes. Send less, or send several.',
      );
    case 'FST_ERR_HANDLER_TIMEOUT':
      return new Problem(
        'OVERLOADED',
        'The answer took too long here. Look for its audit record before trying again.',
        { effect: 'unknown' },
      );
    default:
  }
  if (error.statusCode !== undefined && error.statusCode >= 400 && error.statusCode < 500) {
    return new Problem('VALIDATION_FAILED', error.message ?? 'The request cannot be read.');
  }
  return new Problem('INTERNAL_ERROR', 'Something failed here that should not. Report the request_id.', {
    cause: thrown,
  });
}

const FORM = 'application/x-www-form-urlencoded';

/** A content type that the route does not take, with what is sent instead. */
function mediaTypeProblem(error: FastifyError, { headers }: FastifyRequest): Problem | undefined {
  if (error.code !== 'FST_ERR_CTP_INVALID_MEDIA_TYPE' && error.code !== 'FST_ERR_CTP_EMPTY_TYPE') {
    return undefined;
  }
  const given = (headers['content-type'] ?? '').slice(0, 64);
  const type = given.split(';', 1)[0]?.trim().toLowerCase();
  const not = given === '' ? '' : `, not ${JSON.stringify(given)}`;
  const how =
    type === FORM
      ? `: curl -d needs -H 'content-type: application/json' beside it`
      : type === 'application/x-ndjson'
        ? ': NDJSON goes to POST /manipulations/batch'
        : '';
  return new Problem('UNSUPPORTED_MEDIA_TYPE', `Send Content-Type: application/json${not}${how}.`);
}

/** An error that has no problem is a fault of this service: the framework's own answer would be no problem document. */
function toldOf(error: FastifyError, request: FastifyRequest): Problem {
  try {
    return misfitOf(error, request) ?? mediaTypeProblem(error, request) ?? asProblem(error);
  } catch (cause) {
    return asProblem(cause);
  }
}

/** Every mistake of a request that its schema refused, where the schema is at hand. */
function misfitOf(error: FastifyError, request: FastifyRequest): Problem | undefined {
  if (!error.validation) return undefined;
  const schema = request.routeOptions.schema;
  switch (error.validationContext) {
    case 'body':
      return request.body === undefined
        ? malformed('There is no body. Send a JSON object, and say so in Content-Type: application/json.')
        : misfit(schema?.body, request.body, 'body');
    case 'querystring':
      return misfit(schema?.querystring, request.query, 'query');
    default:
      return undefined;
  }
}

/** Ajv's errors in a caller's words, each with a JSON Pointer to the very field. */
function validationProblem(error: FastifyError): Problem {
  const where = error.validationContext ?? 'body';
  const errors = alternativesJoined(error.validation ?? []).map(
    ({ keyword, instancePath, params, message }): FieldError => {
      switch (keyword) {
        case 'required':
          return { path: `${instancePath}/${String(params['missingProperty'])}`, message: 'is required' };
        case 'additionalProperties':
          return {
            path: `${instancePath}/${pointerToken(String(params['additionalProperty']))}`,
            message: 'is not a field of this request',
          };
        case 'discriminator':
          return { path: `${instancePath}/${String(params['tag'])}`, message: unknownTag(params) };
        case 'const':
          return { path: instancePath, message: `must be ${JSON.stringify(params['allowedValue'])}` };
        case 'enum':
          return {
            path: instancePath,
            message: `must be one of ${(params['allowedValues'] as unknown[]).map((v) => JSON.stringify(v)).join(', ')}`,
          };
        default:
          return { path: instancePath, message: message ?? 'does not fit' };
      }
    },
  );
  const first = errors[0] ?? { path: '', message: 'does not fit' };
  return new Problem(
    'VALIDATION_FAILED',
    `The ${where} does not fit the schema: ${first.path || 'it'} ${first.message}.`,
    { errors },
  );
}

/** The complaints of the alternatives of an `anyOf`, as the one complaint that they are. */
function alternativesJoined(validation: FastifySchemaValidationError[]): FastifySchemaValidationError[] {
  const last = validation.at(-1);
  if (last?.keyword !== 'anyOf') return validation;
  const messages = new Set(validation.slice(0, -1).map(({ message }) => message ?? 'must fit'));
  return [{ ...last, message: [...messages].join(', or ') }];
}

const pointerToken = (name: string) => name.slice(0, 128).replaceAll('~', '~0').replaceAll('/', '~1');

const unknownTag = (params: Record<string, unknown>) =>
  params['tagValue'] === undefined
    ? 'is required'
    : `must be a known operation, not ${(JSON.stringify(params['tagValue']) as string | undefined)?.slice(0, 64)}`;
