import type { ProblemCode } from '../errors.ts';

/** What a `detail` reads like, for each code; shown in the OpenAPI document. */
export const EXAMPLE_DETAILS: Record<ProblemCode, string> = {
  VALIDATION_FAILED: 'The body does not fit the schema: /offset_minutes must be integer.',
  INVALID_TIMESTAMP:
    'source_timestamp "2023-02-29T00:00:00Z" is not a real date: February 2023 has 28 days. Send an RFC 3339 timestamp.',
  UNKNOWN_TIME_ZONE: 'target_timezone "Mars/Olympus" is not known. Send an IANA id such as "Europe/Berlin".',
  INVALID_DURATION: 'duration "1h" is not an ISO 8601 duration. Send one such as "PT1H30M".',
  INVALID_RECURRENCE_RULE: 'recurrence_rule has no FREQ. Send RFC 5545 text such as "RRULE:FREQ=DAILY".',
  INVALID_CRON_EXPRESSION:
    'The cron expression cannot be read: "25" is not a hour: it goes from 0 to 23. It has five fields, such as "30 8 * * MON-FRI": minute, hour, day of month, month, day of week.',
  INVALID_CALENDAR:
    'The calendar "uk-support" cannot be used: uk-support.json line 4, /opening_hours/0/open must match HH:MM. Its operator must correct the file.',
  UNSUPPORTED_CRITICAL_ANNOTATION: 'The annotation [!u-ca=hebrew] is critical and not supported. Remove it.',
  WEBHOOK_URL_REFUSED: 'webhook_url points to a host that is not allowed. Ask the operator to allow it.',
  UNAUTHENTICATED: 'Send an API key or a bearer token in the Authorization header.',
  FORBIDDEN: 'This needs the scope manipulations:write, which these credentials do not have.',
  CALENDAR_NOT_FOUND: 'There is no calendar "uk-suport". Did you mean uk-support?',
  ACTION_NOT_FOUND: 'No data action is named "Production_Date". Names are compared exactly.',
  AUDIT_RECORD_NOT_FOUND: 'There is no audit record with this id, or it is another caller’s.',
  METHOD_NOT_ALLOWED: 'DELETE is not possible on /manipulations. Allow says what is: POST.',
  ROUTE_NOT_FOUND: 'There is no GET /manipulations. See /docs.',
  ACTION_AMBIGUOUS: '2 data actions are named "Twin". Rename all but one in CXone.',
  ACTION_CONFLICT: 'The data action kept changing while it was written. Try again.',
  IDEMPOTENCY_IN_PROGRESS: 'The first request with this Idempotency-Key is still running. Try again shortly.',
  PAYLOAD_TOO_LARGE: 'The body is larger than 1048576 bytes. Send less, or use the batch.',
  UNSUPPORTED_MEDIA_TYPE: 'Send application/json.',
  RATE_LIMITED: 'This caller may send 5 requests a second. Send it again after Retry-After.',
  OFFSET_MISMATCH:
    'The offset -05:00 is not the one of America/New_York then (-04:00). Correct one of them, or set offset_conflict.',
  LOCAL_TIME_AMBIGUOUS:
    '2026-11-01T01:30:00 occurs twice in America/New_York. Set disambiguation to earlier or later.',
  LOCAL_TIME_NONEXISTENT:
    '2026-03-08T02:30:00 does not occur in America/New_York. Choose another time, or another disambiguation.',
  DATE_OVERFLOW: '31 January plus one month has no day 31. Set overflow to constrain to get the last day.',
  OUT_OF_RANGE:
    'The result falls outside the years 0000 to 9999. Choose an earlier source or a smaller amount.',
  NO_OCCURRENCE: 'The rule has no occurrence after the source. Check COUNT and UNTIL.',
  IDEMPOTENCY_KEY_REUSED:
    'This Idempotency-Key came with another body before. Use a new key for a new request.',
  INTERNAL_ERROR: 'Something failed here that should not. Report the request_id.',
  OUTCOME_UNKNOWN:
    'The service stopped while it wrote, and the data action holds another value now. Look at the data action before sending it again under another key.',
  UPSTREAM_UNAUTHORIZED:
    'CXone answered 403 to the write. Check that the OAuth client has the scope dataactions:write.',
  UPSTREAM_REJECTED: 'CXone answered 400: computedValue has too many decimal places.',
  UPSTREAM_INVALID_RESPONSE: 'CXone answered HTML where JSON was due. Check CXONE_BASE_URL.',
  AUTHENTICATION_UNAVAILABLE:
    'The token could not be checked, as the key set of its issuer cannot be fetched. Try again after Retry-After.',
  UPSTREAM_RATE_LIMITED: 'CXone answers 429. Try again after Retry-After.',
  UPSTREAM_UNAVAILABLE: 'CXone answers 503. Try again after Retry-After.',
  CIRCUIT_OPEN: 'CXone has been failing and is left alone for now. Try again after Retry-After.',
  OVERLOADED: 'Too many manipulations are under way. Try again after Retry-After.',
  LEDGER_UNAVAILABLE:
    'The ledger cannot be written, so nothing was sent to CXone. Try again after Retry-After.',
  SHUTTING_DOWN: 'This instance is stopping. Try again; another one will answer.',
  UPSTREAM_TIMEOUT: 'CXone did not answer within 15000 ms. Look at the audit record before trying again.',
};
