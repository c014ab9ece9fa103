import { isDeepStrictEqual } from 'node:util';
import type { DateProcessing } from '../../services/ports.ts';
import { Failure } from '../http/failure.ts';
import { isObject, type JsonObject, plain } from '../http/json.ts';

/** A data action as the tenant gave it, whole, with what makes a write to it conditional. */
export interface Representation {
  readonly id: string;
  readonly name: string;
  readonly json: JsonObject;
  /** A strong `ETag`; `If-Match` never matches a weak one (RFC 9110, section 13.1.1). */
  readonly etag: string | undefined;
}

/** Any text or number can be an id, but not what no encoding keeps from leading a path elsewhere. */
export const parseId = (id: unknown): string | undefined => {
  const text = typeof id === 'number' ? String(id) : id;
  return typeof text === 'string' && /^(?!\.{1,2}$)\P{Cc}{1,256}$/u.test(text) && text.isWellFormed()
    ? text
    : undefined;
};

/** Throws a `Failure` when the answer is not the data action of that id. */
export const parseRepresentation = (json: unknown, etag: string | undefined, id: string): Representation => {
  if (!isObject(json) || parseId(json['id']) !== id || typeof json['name'] !== 'string')
    throw new Failure(
      'invalid',
      'CXone answered with something else than the data action that was asked for.',
      {
        begun: true,
      },
    );
  // A configuration of another type cannot hold our part, and is not ours to replace.
  if (!isObject(json['configuration'] ?? {}))
    throw new Failure(
      'invalid',
      'The configuration of the data action is not a JSON object. Correct it in CXone.',
      {
        begun: true,
      },
    );
  return { id, name: json['name'], json, etag: etag?.startsWith('"') ? etag : undefined };
};

const configurationOf = (json: JsonObject): JsonObject =>
  isObject(json['configuration']) ? json['configuration'] : {};

/** The part that this service owns, or undefined when there is none. */
export const dateProcessingOf = ({ json }: Representation): JsonObject | undefined => {
  const value = configurationOf(json)['dateProcessing'];
  if (!isObject(value)) return undefined;
  return Object.fromEntries(Object.entries(value).map(([key, field]) => [key, plain(field)]));
};

/** Every field that it does not own is kept as it was read. */
export const withDateProcessing = ({ json }: Representation, value: DateProcessing): JsonObject => ({
  ...json,
  configuration: { ...configurationOf(json), dateProcessing: value },
});

/** The tenant may add fields of its own beside ours. */
export const holds = (representation: Representation, value: DateProcessing): boolean => {
  const held = dateProcessingOf(representation);
  return held !== undefined && Object.entries(value).every(([key, field]) => held[key] === field);
};

/** The tenant refuses a write of it when it is no longer the latest. */
export const isConditional = ({ etag, json }: Representation): boolean =>
  etag !== undefined || json['version'] !== undefined;

/** No write has come in between. */
export const isUnchanged = (before: Representation, after: Representation): boolean =>
  before.etag !== undefined && after.etag !== undefined
    ? before.etag === after.etag
    : isDeepStrictEqual(before.json, after.json);

const hasFieldsOf = (json: JsonObject, other: JsonObject): boolean =>
  Object.keys(other).every((field) => Object.hasOwn(json, field));

/**
 * Whether the answer to a write can stand for the action in the next write, which then needs no read: it must be whole, and
 * show by a new `ETag` or `version` that the tenant counts writes and will notice when it is no longer the latest.
 */
export const canBeWrittenAgain = (sent: Representation, answered: Representation): boolean => {
  const counts =
    (answered.etag !== undefined && answered.etag !== sent.etag) ||
    (answered.json['version'] !== undefined &&
      !isDeepStrictEqual(answered.json['version'], sent.json['version']));
  return (
    counts &&
    hasFieldsOf(answered.json, sent.json) &&
    hasFieldsOf(configurationOf(answered.json), configurationOf(sent.json))
  );
};
