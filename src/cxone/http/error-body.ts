import { isObject, type JsonObject } from './json.ts';
import { LIMITS } from '../options.ts';

/** Replaces secrets in a text that came from outside. */
export interface Scrubber {
  (text: string): string;
  /** Makes known a secret that was obtained while running, such as a token; the last few are remembered. */
  remember(secret: string): void;
}

/** What an error is told from: enough to scrub before it is cut, and little enough for any pattern. */
const EXAMINED_CHARACTERS = 8192;
const REMEMBERED_TOKENS = 4;
const SHORTEST_SECRET = 4;

/** What looks like a credential, whoever it belongs to. */
const CREDENTIALS =
  /\b(?:Bearer|Basic)\s+[\w+/=.~-]{8,}|\beyJ[\w-]+\.[\w-]+(?:\.[\w-]*)?|(?<="?(?:access_token|refresh_token|id_token|client_secret|password|client_assertion)"?\s*[=:]\s*"?)[^\s"&,}]+/giu;

export const createScrubber = (secrets: readonly string[]): Scrubber => {
  const known = secrets
    .filter((secret) => secret.length >= SHORTEST_SECRET)
    .flatMap((secret) => [
      secret,
      encodeURIComponent(secret),
      JSON.stringify(secret).slice(1, -1),
      Buffer.from(secret).toString('base64'),
    ]);
  const tokens: string[] = [];
  const scrub = (text: string): string =>
    [...tokens, ...known]
      .reduce((scrubbed, secret) => scrubbed.replaceAll(secret, '[redacted]'), text)
      .replaceAll(CREDENTIALS, '[redacted]');
  return Object.assign(scrub, {
    remember(secret: string) {
      tokens.unshift(secret);
      tokens.length = Math.min(tokens.length, REMEMBERED_TOKENS);
    },
  });
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
