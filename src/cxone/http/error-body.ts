import { isObject, type JsonObject } from './json.ts';
import { LIMITS } from '../options.ts';

/** Replaces secrets in a text that came from outside. */
export interface Scrubber {
  (text: string): string;
  /** Adds a secret that was obtained while running, such as a token; the last few are kept. */
  remember(secret: string): void;
}

/** How much of an error body is read: enough to scrub before it is cut, and little enough for any pattern. */
const EXAMINED_CHARACTERS = 8192;
const REMEMBERED_SECRETS = 8;
/** Shorter ones would redact half of every message. */
const SHORTEST_SECRET = 4;
const SHORTEST_IDENTIFIER = 8;
/** What is left of a secret in the middle of a longer base64 text, if it is at least so long. */
const SHORTEST_FRAGMENT = 6;

/** What looks like a credential, of the service or of another client. */
const CREDENTIALS =
  /\b(?:Bearer|Basic)\s+[\w+/=.~-]{8,}|\beyJ[\w-]+\.[\w-]+(?:\.[\w-]*)?|(?<="?(?:access_token|refresh_token|id_token|client_secret|password|client_assertion)"?\s*[=:]\s*"?)[^\s"&,}]+/giu;

/** The error codes of RFC 6749 (5.2), RFC 8707 and what OpenID providers answer besides. Only these are passed on. */
const OAUTH_ERRORS = new Set([
  'invalid_request',
  'invalid_client',
  'invalid_grant',
  'unauthorized_client',
  'unsupported_grant_type',
  'invalid_scope',
  'invalid_target',
  'access_denied',
  'server_error',
  'temporarily_unavailable',
]);

/** In base64 a secret looks different by where it starts; what its neighbours have a share in is left out. */
const base64Forms = (bytes: Buffer): string[] =>
  [0, 1, 2].map((offset) => {
    const text = Buffer.concat([Buffer.alloc(offset), bytes]).toString('base64');
    return text.slice(Math.ceil((offset * 8) / 6), Math.floor(((offset + bytes.length) * 8) / 6));
  });

const percentEncoded = (bytes: Buffer): string => bytes.toString('hex').replaceAll(/../gu, '%$&');

const unicodeEscaped = (secret: string): string =>
  secret
    .split('')
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('');

/** In all the ways in which a text that was sent may come back. Compared without regard to letter case. */
const formsOf = (secret: string): string[] => {
  const bytes = Buffer.from(secret);
  const percent = encodeURIComponent(secret);
  const base64 = base64Forms(bytes).filter((form) => form.length >= SHORTEST_FRAGMENT);
  return [
    secret,
    percent,
    encodeURIComponent(percent),
    percentEncoded(bytes),
    new URLSearchParams({ v: secret }).toString().slice(2),
    JSON.stringify(secret).slice(1, -1),
    JSON.stringify(secret).slice(1, -1).replaceAll('/', '\\/'),
    JSON.stringify(JSON.stringify(secret).slice(1, -1)).slice(1, -1),
    unicodeEscaped(secret),
    secret.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;'),
    bytes.toString('hex'),
    ...base64,
    ...base64.map((form) => form.replaceAll('+', '-').replaceAll('/', '_')),
    ...base64.map((form) => encodeURIComponent(form)),
  ];
};

/** The longest first, so that no rest of one is left by another that is part of it. */
const anyOf = (forms: Iterable<string>): RegExp =>
  new RegExp(
    [...new Set(forms)]
      .toSorted((a, b) => b.length - a.length)
      .map((form) => RegExp.escape(form))
      .join('|'),
    'giu',
  );

/** `identifiers` are no secrets, but of no use to a caller: they are replaced when they are long enough to be nothing else. */
export const createScrubber = (secrets: readonly string[], identifiers: readonly string[] = []): Scrubber => {
  const known = [
    ...secrets.filter((secret) => secret.length >= SHORTEST_SECRET),
    ...identifiers.filter((identifier) => identifier.length >= SHORTEST_IDENTIFIER),
  ];
  let remembered: string[] = [];
  /** Made when the first text is scrubbed. */
  let pattern: RegExp | undefined;
  const scrub = (text: string): string => {
    const all = [...known, ...remembered];
    pattern ??= anyOf(all.flatMap(formsOf));
    const scrubbed = all.length === 0 ? text : text.replaceAll(pattern, '[redacted]');
    return scrubbed.replaceAll(CREDENTIALS, '[redacted]');
  };
  return Object.assign(scrub, {
    remember(secret: string) {
      if (secret.length < SHORTEST_SECRET) return;
      remembered = [secret, ...remembered].slice(0, REMEMBERED_SECRETS);
      pattern = undefined;
    },
  });
};

/** The registered error code in an answer of the token endpoint, or `unknown`: nothing else in it can be trusted. */
export const describeOAuthError = (body: string): string => {
  try {
    const parsed: unknown = JSON.parse(body);
    const error = isObject(parsed) ? parsed['error'] : undefined;
    return typeof error === 'string' && OAUTH_ERRORS.has(error) ? error : 'unknown';
  } catch {
    return 'unknown';
  }
};

const text = (value: unknown): string =>
  typeof value === 'string' || typeof value === 'number' ? String(value).trim() : '';

const joined = (parts: string[], separator: string): string =>
  parts.filter((part) => part !== '').join(separator);

/** `{errors: [{field, message}]}`; an entry may also be a plain text. */
const fieldErrors = (errors: unknown): string =>
  Array.isArray(errors)
    ? joined(
        errors.slice(0, 10).map((entry) => {
          if (!isObject(entry)) return text(entry);
          const message = text(entry['message']) || text(entry['description']) || text(entry['code']);
          return joined([text(entry['field']) || text(entry['path']), message], ': ');
        }),
        '; ',
      )
    : '';

/** OAuth's `{error, error_description}`, its camel-cased sister, `{message, code, status, contextId}`, and mixtures. */
const fromJson = (body: JsonObject): string => {
  const { error } = body;
  if (isObject(error)) return fromJson({ ...error, error: undefined });
  const description = text(body['error_description']) || text(body['errorDescription']);
  const message = text(body['message']) || text(body['detail']) || text(body['title']);
  const contextId = text(body['contextId']);
  return joined(
    [
      joined([text(error) || text(body['code']), description || message], ': '),
      fieldErrors(body['errors']),
      contextId && `context ${contextId}`,
    ],
    '; ',
  );
};

const fromHtml = (html: string): string => {
  const title = /<(title|h1)[^>]*>([^<]*)</iu.exec(html.slice(0, EXAMINED_CHARACTERS))?.[2]?.trim() ?? '';
  return title === '' ? 'an HTML page' : `an HTML page titled "${title}"`;
};

const fromBody = (body: string): string => {
  const start = body.trimStart();
  if (start === '') return '';
  if (start.startsWith('<')) return fromHtml(body);
  try {
    const parsed: unknown = JSON.parse(body);
    if (isObject(parsed)) return fromJson(parsed);
    return Array.isArray(parsed) ? fieldErrors(parsed) : text(parsed);
  } catch {
    return start;
  }
};

/** On one line, without control characters, and not longer than a caller wants to read. */
const cut = (message: string): string => {
  const line = message
    .toWellFormed()
    .replaceAll(/[\s\p{Cc}\p{Cf}]+/gu, ' ')
    .trim();
  return line.length <= LIMITS.messageCharacters
    ? line
    : `${line.slice(0, LIMITS.messageCharacters).replace(/[\uD800-\uDBFF]$/u, '')}…`;
};

/**
 * One sentence part of whatever an answer of a platform says about an error: JSON of any of its shapes, HTML, plain text,
 * nothing, and the header `icStatusDescription`. Cut to size and without secrets; empty when nothing was said.
 */
export const describeErrorBody = (body: string, icStatusDescription: string, scrub: Scrubber): string => {
  const message = fromBody(body);
  const status = icStatusDescription.trim();
  const whole = message.includes(status) ? message : joined([message, status], '; ');
  // Scrubbed before it is cut, so that no half of a secret is left at the end.
  const examined = scrub(whole.slice(0, EXAMINED_CHARACTERS));
  return cut(whole.length > EXAMINED_CHARACTERS ? examined.replace(/\S{0,4096}$/u, '') : examined);
};
