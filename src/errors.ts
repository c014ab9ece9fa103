/**
 * The catalogue of problems: every code a caller can meet, its HTTP status and its title (RFC 9457).
 * `type` is a page of the service that tells more, relative so that it opens wherever the service is deployed.
 */
const CATALOGUE = {
  VALIDATION_FAILED: [400, 'The request does not fit the schema'],
  INVALID_TIMESTAMP: [400, 'The timestamp is not RFC 3339 or RFC 9557'],
  UNKNOWN_TIME_ZONE: [400, 'The time zone is not known'],
  INVALID_DURATION: [400, 'The duration is not ISO 8601'],
  INVALID_RECURRENCE_RULE: [400, 'The recurrence rule is not RFC 5545'],
  INVALID_CRON_EXPRESSION: [400, 'The cron expression cannot be read'],
  INVALID_CALENDAR: [400, 'The calendar cannot be used'],
  UNSUPPORTED_CRITICAL_ANNOTATION: [400, 'A critical annotation is not supported'],
  WEBHOOK_URL_REFUSED: [400, 'The webhook URL is not allowed'],
  UNAUTHENTICATED: [401, 'Credentials are missing or not valid'],
  FORBIDDEN: [403, 'The credentials lack a scope'],
  METHOD_NOT_ALLOWED: [405, 'The path does not take that method'],
  CALENDAR_NOT_FOUND: [404, 'No calendar has that name'],
  ACTION_NOT_FOUND: [404, 'No data action has that name'],
  AUDIT_RECORD_NOT_FOUND: [404, 'No such audit record'],
  ROUTE_NOT_FOUND: [404, 'No such route'],
  ACTION_AMBIGUOUS: [409, 'Several data actions have that name'],
  ACTION_CONFLICT: [409, 'The data action kept changing'],
  IDEMPOTENCY_IN_PROGRESS: [409, 'The first request with this key is still running'],
  PAYLOAD_TOO_LARGE: [413, 'The body is too large'],
  UNSUPPORTED_MEDIA_TYPE: [415, 'The media type is not supported'],
  OFFSET_MISMATCH: [422, 'The offset and the zone disagree'],
  LOCAL_TIME_AMBIGUOUS: [422, 'The local time occurs twice'],
  LOCAL_TIME_NONEXISTENT: [422, 'The local time does not occur'],
  DATE_OVERFLOW: [422, 'The day does not exist in that month'],
  OUT_OF_RANGE: [422, 'The result is outside the years 0000 to 9999'],
  NO_OCCURRENCE: [422, 'There is no such moment'],
  IDEMPOTENCY_KEY_REUSED: [422, 'The key was used with another body'],
  RATE_LIMITED: [429, 'This caller sends too much'],
  INTERNAL_ERROR: [500, 'The service failed'],
  OUTCOME_UNKNOWN: [500, 'It cannot be told whether the write was applied'],
  UPSTREAM_UNAUTHORIZED: [502, 'CXone refused our credentials'],
  UPSTREAM_REJECTED: [502, 'CXone rejected the write'],
  UPSTREAM_INVALID_RESPONSE: [502, 'CXone sent an answer that cannot be used'],
  AUTHENTICATION_UNAVAILABLE: [503, 'Tokens cannot be checked now'],
  UPSTREAM_RATE_LIMITED: [503, 'CXone limits our requests'],
  UPSTREAM_UNAVAILABLE: [503, 'CXone is not available'],
  CIRCUIT_OPEN: [503, 'CXone is failing and is left alone for a while'],
  OVERLOADED: [503, 'Too much is under way'],
  LEDGER_UNAVAILABLE: [503, 'The ledger cannot be written'],
  SHUTTING_DOWN: [503, 'The service is stopping'],
  UPSTREAM_TIMEOUT: [504, 'CXone did not answer in time'],
} as const satisfies Record<string, readonly [status: number, title: string]>;

export type ProblemCode = keyof typeof CATALOGUE;

export const PROBLEM_CODES = Object.keys(CATALOGUE) as ProblemCode[];

export const statusOf = (code: ProblemCode): number => CATALOGUE[code][0];

export const titleOf = (code: ProblemCode): string => CATALOGUE[code][1];

export const typeOf = (code: ProblemCode): string => `/problems/${slugOf(code)}`;

/** `UNKNOWN_TIME_ZONE` as `unknown-time-zone`. */
export const slugOf = (code: ProblemCode): string => code.toLowerCase().replaceAll('_', '-');

/** One place in a body that does not fit. `path` is a JSON Pointer (RFC 6901), empty for the whole body. */
export interface FieldError {
  path: string;
  message: string;
}

/** What became of a write: nothing was written, it was applied, or that cannot be told. */
export type Effect = 'none' | 'applied' | 'unknown';

export interface ProblemOptions {
  errors?: FieldError[];
  /** Seconds until a retry makes sense; every 503 needs one, and gets 1 where none is said. */
  retryAfterSeconds?: number;
  /** What became of the write at the tenant. Default `none`. */
  effect?: Effect;
  cause?: unknown;
}

/**
 * Everything that a caller may be told went wrong, thrown from wherever it is noticed and turned into
 * `application/problem+json` in one place. `detail` says what was wrong and what to do about it; it never
 * carries a secret.
 */
export class Problem extends Error {
  readonly code: ProblemCode;
  readonly status: number;
  readonly errors: FieldError[] | undefined;
  readonly retryAfterSeconds: number | undefined;
  readonly effect: Effect;

  constructor(code: ProblemCode, detail: string, options: ProblemOptions = {}) {
    super(detail, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'Problem';
    this.code = code;
    this.status = statusOf(code);
    this.errors = options.errors;
    this.retryAfterSeconds = options.retryAfterSeconds ?? (this.status === 503 ? 1 : undefined);
    this.effect = options.effect ?? 'none';
  }
}

/** A request that is wrong as a whole, before any field of it can be named. */
export const malformed = (detail: string, message = detail): Problem =>
  new Problem('VALIDATION_FAILED', detail, { errors: [{ path: '', message }] });
