import { Problem } from '../../errors.ts';
import type { AuditQuery } from '../../services/ports.ts';

/**
 * By what records are listed: when the intent was accepted and, within that millisecond, its chain and its number there.
 * Sort keys compare as text in the order of arrival, never change and are never used twice, so that a cursor stays right
 * while records arrive.
 */
export const sortKeyOf = (timestamp: string, chain: string, sequence: number): string =>
  `${new Date(timestamp).toISOString()}/${chain}/${sequence.toString().padStart(12, '0')}`;

const SORT_KEY = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z\/[\w-]{1,40}\/\d{12}$/;

export const cursorOf = (sortKey: string): string => Buffer.from(sortKey).toString('base64url');

/** The sort key in a cursor. Throws `VALIDATION_FAILED` when the cursor is not one of ours. */
export function sortKeyInCursor(cursor: string): string {
  const sortKey = Buffer.from(cursor, 'base64url').toString();
  if (!SORT_KEY.test(sortKey) || cursorOf(sortKey) !== cursor)
    throw invalid(
      'cursor',
      'is not a cursor of this list: send the next_cursor of the page before, or leave it out',
    );
  return sortKey;
}

/** `from` and `to` as the bounds of sort keys: included, excluded. Throws `VALIDATION_FAILED`. */
export function boundsOf(query: AuditQuery): { from: string | undefined; to: string | undefined } {
  return { from: bound(query.from, 'from'), to: bound(query.to, 'to') };
}

/** Records are stamped in whole milliseconds: a finer bound means the next one. */
function bound(instant: string | undefined, name: string): string | undefined {
  if (instant === undefined) return undefined;
  const milliseconds = Date.parse(instant);
  if (Number.isNaN(milliseconds)) throw invalid(name, 'is not an RFC 3339 date-time');
  const finer = /\.\d{3}0*[1-9]/.test(instant) ? 1 : 0;
  return new Date(milliseconds + finer).toISOString();
}

const invalid = (name: string, message: string): Problem =>
  new Problem('VALIDATION_FAILED', `The query's ${name} ${message}.`, {
    errors: [{ path: `/${name}`, message }],
  });
