import { hash, randomBytes } from 'node:crypto';
import canonicalize from 'canonicalize';
import type { IdempotencyClaim, Intent, Outcome } from '../../services/ports.ts';
import { sortKeyOf } from './paging.ts';

/**
 * What an entry says. An outcome repeats the sort key of its intent, so that outcomes can be listed in that order; it is
 * called `place`, as in the texts that have been hashed.
 */
export type Content =
  | { kind: 'intent'; request_id: string; intent: Intent; idempotency_key?: string }
  | { kind: 'dispatch'; request_id: string }
  | { kind: 'outcome'; request_id: string; place: string; outcome: Outcome };

/** The last entry of a chain, or its beginning: sequence 0 and `GENESIS`. */
export interface Head {
  chain: string;
  sequence: number;
  /** SHA-256, hex. */
  hash: string;
}

/** An entry as it is stored: the text that was hashed, and columns that are read from it. */
export interface Entry {
  chain: string;
  sequence: number;
  kind: string;
  request_id: string;
  place: string | null;
  caller: string | null;
  action_name: string | null;
  status: string | null;
  idempotency_key: string | null;
  entry: string;
  hash: string;
}

export const ENTRY_COLUMNS = [
  'chain',
  'sequence',
  'kind',
  'request_id',
  'place',
  'caller',
  'action_name',
  'status',
  'idempotency_key',
  'entry',
  'hash',
] as const satisfies (keyof Entry)[];

/** An intent as an entry says it, with the key that the caller gave. */
export const intentContent = (intent: Intent, claim: IdempotencyClaim | null): Content => ({
  kind: 'intent',
  request_id: intent.request_id,
  intent,
  ...(claim !== null && { idempotency_key: claim.key }),
});

export const GENESIS = '0'.repeat(64);

/** The hash of an entry: SHA-256 over the hash before it (hex) followed by the entry's text (UTF-8). */
export const hashOf = (previous: string, entry: string): string => hash('sha256', previous + entry, 'hex');

/** The entry that follows `head` in its chain. `at` is when it is written (RFC 3339). */
export function entryAfter(head: Head, content: Content, at: string): Entry {
  const { chain } = head;
  const sequence = head.sequence + 1;
  const entry = canonical({ at, chain, sequence, ...content });
  return { chain, sequence, ...columnsOf(content, chain, sequence), entry, hash: hashOf(head.hash, entry) };
}

/**
 * The head that the next entry of a writer follows: `head`, or the beginning of a new chain where there is none or the
 * month has changed, so that old chains can be archived while the process goes on.
 */
export function headFor(head: Head | undefined, now: number): Head {
  const day = new Date(now).toISOString().slice(0, 10).replaceAll('-', '');
  if (head?.chain.startsWith(day.slice(0, 6)) === true) return head;
  return { chain: `${day}-${randomBytes(4).toString('hex')}`, sequence: 0, hash: GENESIS };
}

/** The columns that stand beside an entry's text; verification reads them from the text again. */
export function columnsOf(content: Content, chain: string, sequence: number) {
  const { kind, request_id } = content;
  const none = {
    kind,
    request_id,
    place: null,
    caller: null,
    action_name: null,
    status: null,
    idempotency_key: null,
  };
  if (kind === 'dispatch') return none;
  if (kind === 'outcome') return { ...none, place: content.place, status: content.outcome.status };
  const { timestamp, caller, action_name } = content.intent;
  return {
    ...none,
    place: sortKeyOf(timestamp, chain, sequence),
    caller: indexable(caller),
    action_name: indexable(action_name),
    idempotency_key: content.idempotency_key ?? null,
  };
}

/** Text as any database can hold it in a column: PostgreSQL has no NUL, and no UTF-8 has half a surrogate pair. */
export const indexable = (text: string): string => text.toWellFormed().replaceAll('\0', '\ufffd');

/** RFC 8785. What it cannot say, half a surrogate pair, becomes U+FFFD. */
function canonical(value: object): string {
  let text: string | undefined;
  try {
    text = canonicalize(value);
  } catch {
    const wellFormed = (_key: string, one: unknown) => (typeof one === 'string' ? one.toWellFormed() : one);
    text = canonicalize(JSON.parse(JSON.stringify(value), wellFormed));
  }
  if (text === undefined) throw new TypeError('An entry is an object.');
  return text;
}
