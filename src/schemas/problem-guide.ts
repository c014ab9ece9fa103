/** What a problem means, what causes it, and what to do: served at `/problems/{code}` and written to docs/troubleshooting.md. */
export interface ProblemGuide {
  means: string;
  causes: readonly string[];
  remedy: string;
}

const guide = (means: string, causes: readonly string[], remedy: string): ProblemGuide => ({
  means,
  causes,
  remedy,
});

/** By code. Every code of the catalogue has an entry; a test says so. */
export const PROBLEM_GUIDE: Readonly<Record<string, ProblemGuide>> = {
  VALIDATION_FAILED: guide(
    'The request does not have the shape that the interface asks for. Nothing was done.',
    [
      'a field that is missing, misspelt or of another type',
      'a field that this operation does not take',
      'a body that is not JSON',
    ],
    '`errors` names each place by a JSON Pointer and says what is expected there. GET /openapi.json has the whole schema.',
  ),
  INVALID_TIMESTAMP: guide(
    'A timestamp cannot be read in the format that was named.',
    ['no seconds, an offset such as +05, a week date, a comma', 'another format than `source_format` says'],
    'Write RFC 3339 (2024-02-29T15:30:00.000Z), a local time together with `source_timezone`, or name the `source_format`.',
  ),
  UNKNOWN_TIME_ZONE: guide(
    'The tz database and the table of Windows names know no such zone.',
    ['a misspelt id', 'an abbreviation that several zones share, such as IST'],
    'Use an IANA id (America/New_York), a Windows zone name or an offset such as +05:30. `detail` names the nearest id.',
  ),
  INVALID_DURATION: guide(
    'A duration is not ISO 8601, or has a part that this operation cannot use.',
    ['a missing P or T, as in 2H for PT2H', 'days where only exact time is counted'],
    'Write PT2H30M for two and a half hours, P1D for a day, P1M for a month.',
  ),
  INVALID_RECURRENCE_RULE: guide(
    'A recurrence rule is not RFC 5545, or asks for what no rule can.',
    ['an unknown part or weekday', 'COUNT and UNTIL together'],
    'Correct the part that `detail` names, such as FREQ=MONTHLY;BYDAY=-1FR for the last Friday.',
  ),
  INVALID_CRON_EXPRESSION: guide(
    'A cron expression cannot be read.',
    ['another number of fields than five', 'a value out of its field’s range'],
    'Five fields: minute, hour, day of month, month, day of week; for example 0 9 * * MON-FRI.',
  ),
  INVALID_CALENDAR: guide(
    'Opening hours, holidays or a calendar do not fit together.',
    [
      'two openings that overlap',
      'a holiday that is no date',
      'a calendar beside fields that it brings itself',
    ],
    '`errors` names the place. `npm run calendars -- check DIR` checks files before they are used.',
  ),
  UNSUPPORTED_CRITICAL_ANNOTATION: guide(
    'The timestamp has an annotation that says it must be understood, and it is not.',
    ['`[!key=value]` with a key other than u-ca', 'a calendar other than iso8601'],
    'Leave the annotation out, or its exclamation mark if it does not matter.',
  ),
  WEBHOOK_URL_REFUSED: guide(
    'The webhook’s URL must not be called. Nothing was written.',
    ['not https', 'a private or loopback address', 'a host that is not in WEBHOOK_ALLOWED_HOSTS'],
    'Use a public https URL, or let the operator name the host in WEBHOOK_ALLOWED_HOSTS exactly.',
  ),
  UNAUTHENTICATED: guide(
    'The credentials are missing or not valid.',
    [
      'no Authorization header',
      'a key that was withdrawn',
      'a token that has expired or is for another audience',
    ],
    'Send Authorization: Bearer with a key or a token. A new key: `npm run keys -- create`.',
  ),
  FORBIDDEN: guide(
    'The credentials are valid and do not allow this.',
    ['a scope is missing'],
    '`detail` names the scope. Ask for a key or a token that has it.',
  ),
  METHOD_NOT_ALLOWED: guide(
    'The path exists and does not take that method.',
    ['GET for POST or the reverse'],
    'The Allow header lists the methods.',
  ),
  ROUTE_NOT_FOUND: guide(
    'There is no such path.',
    ['a misspelt path', 'a prefix that a proxy should have removed'],
    'GET / lists the interface.',
  ),
  CALENDAR_NOT_FOUND: guide(
    'No calendar has that name.',
    ['a misspelt name', 'a file that was refused: the log names it'],
    'GET /calendars lists the names; `detail` has the nearest.',
  ),
  ACTION_NOT_FOUND: guide(
    'The tenant has no data action of exactly that name. Nothing was written.',
    ['it was renamed or deleted', 'another tenant, or upper and lower case'],
    'Compare `action_name` with the name in CXone, character by character.',
  ),
  AUDIT_RECORD_NOT_FOUND: guide(
    'There is no such record that these credentials may see.',
    ['another caller’s record, without audit:read:all', 'a manipulation that never began'],
    'Use the `request_id` of the answer, not the `x-request-id` that you sent.',
  ),
  ACTION_AMBIGUOUS: guide(
    'Several data actions have exactly that name, and it cannot be told which is meant. Nothing was written.',
    ['a copy in CXone with the same name'],
    'Rename one of them in CXone.',
  ),
  ACTION_CONFLICT: guide(
    'The data action changed between reading and writing, again and again. Nothing was written.',
    ['another client or a person writes to it at the same time'],
    'Try again; find out what else edits it.',
  ),
  IDEMPOTENCY_IN_PROGRESS: guide(
    'The first request with this Idempotency-Key has not ended.',
    ['a retry that came before the first answer'],
    'Send it again after Retry-After: it answers with the first one’s outcome.',
  ),
  IDEMPOTENCY_KEY_REUSED: guide(
    'This Idempotency-Key was used with another body.',
    ['one key for several jobs'],
    'A new key for each new request; the same key only for a retry of the very same body.',
  ),
  PAYLOAD_TOO_LARGE: guide(
    'The body is larger than is taken, or a batch has too many items.',
    ['BODY_LIMIT_BYTES (a batch takes 16 times that)', 'BATCH_MAX_ITEMS'],
    'Send less, or several.',
  ),
  UNSUPPORTED_MEDIA_TYPE: guide(
    'The body’s media type, charset or encoding is not taken here.',
    ['no Content-Type', 'a compressed body'],
    'Send application/json in UTF-8, for a batch also application/x-ndjson.',
  ),
  OFFSET_MISMATCH: guide(
    'The offset and the zone of the timestamp disagree.',
    ['an offset of the other half of the year', 'rules that have changed since it was written'],
    'Correct it, or choose with `offset_conflict`: use, prefer or ignore.',
  ),
  LOCAL_TIME_AMBIGUOUS: guide(
    'The local time occurs twice, as the clocks go back then.',
    ['`disambiguation` is reject'],
    'Choose `earlier` or `later`, or give the offset.',
  ),
  LOCAL_TIME_NONEXISTENT: guide(
    'The local time does not occur, as the clocks go forward then.',
    ['`disambiguation` is reject'],
    'Choose `earlier` or `later`, or give the offset.',
  ),
  DATE_OVERFLOW: guide(
    'The day does not exist in that month.',
    ['31 January plus a month, with `overflow` reject'],
    '`overflow` constrain takes the month’s last day.',
  ),
  OUT_OF_RANGE: guide(
    'The result lies outside the years 0000 to 9999.',
    ['a very large offset or duration'],
    'Use a smaller one.',
  ),
  NO_OCCURRENCE: guide(
    'There is no such moment within what is searched.',
    ['a rule that has ended', 'opening hours that never open'],
    'Look at UNTIL, COUNT, holidays and overrides.',
  ),
  RATE_LIMITED: guide(
    'This caller sends more than it may.',
    ['RATE_LIMIT_PER_SECOND and RATE_LIMIT_BURST'],
    'Wait for Retry-After; RateLimit and RateLimit-Policy say what is left.',
  ),
  INTERNAL_ERROR: guide(
    'The service itself failed.',
    ['a fault in it'],
    'Report the `request_id`: the log has the cause and where it came from. `effect` says whether a write may have been applied.',
  ),
  OUTCOME_UNKNOWN: guide(
    'It cannot be told whether the value was written.',
    ['a crash between sending and answer', 'a lost connection, and the action holds another value now'],
    'Look at the data action in CXone before sending it again; the record says what would have been written.',
  ),
  UPSTREAM_UNAUTHORIZED: guide(
    'CXone refuses the credentials of this service.',
    [
      'client id or secret wrong or rotated',
      'the scope dataactions:write dataactions:read, or a role, is missing',
    ],
    'The operator: check CXONE_CLIENT_ID, CXONE_CLIENT_SECRET (or the access key) and CXONE_SCOPE at CXone.',
  ),
  UPSTREAM_REJECTED: guide(
    'CXone rejects the write; `detail` carries its message.',
    ['the action has a form that CXone no longer takes'],
    'Correct in CXone what its message names.',
  ),
  UPSTREAM_INVALID_RESPONSE: guide(
    'CXone’s answer cannot be used.',
    ['HTML of a proxy or a login page', 'an answer that broke off', 'a wrong CXONE_BASE_URL'],
    'The operator: check CXONE_BASE_URL and what lies between. If `effect` is unknown, look at the action first.',
  ),
  AUTHENTICATION_UNAVAILABLE: guide(
    'Tokens cannot be checked now, as the issuer’s keys cannot be fetched.',
    ['JWT_JWKS_URL does not answer'],
    'Try again after Retry-After; API keys go on working. The operator: check the issuer.',
  ),
  UPSTREAM_RATE_LIMITED: guide(
    'CXone’s limit on requests is used up for longer than this manipulation may wait.',
    ['too much at once', 'another client of the same tenant'],
    'Send less, use the batch, or try again after Retry-After. The operator: CXONE_RATE_PER_SECOND.',
  ),
  UPSTREAM_UNAVAILABLE: guide(
    'CXone does not answer as it should (5xx, no connection).',
    ['an outage or maintenance', 'DNS, firewall or TLS between'],
    'Try again after Retry-After with the same Idempotency-Key. If `effect` is unknown, the record tells later.',
  ),
  CIRCUIT_OPEN: guide(
    'CXone has been failing and is left alone for a moment.',
    ['more than half of the last requests failed'],
    'Try again after Retry-After. It closes by itself when CXone is well.',
  ),
  OVERLOADED: guide(
    'More is asked than can be done in time.',
    ['too many at once for the tenant’s rate or for this instance'],
    'Try again after Retry-After, at a lower rate. The operator: another instance, or CXONE_MAX_CONCURRENT.',
  ),
  LEDGER_UNAVAILABLE: guide(
    'The ledger cannot be used, and nothing is done without it. `effect` says whether a write had been made.',
    ['the database is away, read-only or full'],
    'Try again after Retry-After with the same Idempotency-Key. The operator: the log line `the ledger cannot be used` says why.',
  ),
  SHUTTING_DOWN: guide(
    'This instance is stopping. Nothing was begun.',
    ['an update or a move'],
    'Send it again: another instance answers.',
  ),
  UPSTREAM_TIMEOUT: guide(
    'CXone did not answer in time.',
    ['an outage', 'CXONE_DEADLINE_MS or CXONE_ATTEMPT_TIMEOUT_MS too short'],
    'Try again with the same Idempotency-Key. If `effect` is unknown, the record tells later whether it was written.',
  ),
};
