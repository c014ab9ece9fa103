import { jsonFault } from './json-fault.ts';

/** Thrown for text that is not JSON, or is JSON that could be read in two ways. Its message may be told. */
export class StrictJsonError extends Error {
  override name = 'StrictJsonError';
  /** On which the fault is, as far as that is known; from 1. */
  readonly line: number;

  constructor(message: string, line = 1) {
    super(message);
    this.line = line;
  }
}

/** Deeper than any request of this service, and far from what costs anything. */
const DEEPEST = 32;

/**
 * RFC 8259 JSON whose objects have no name twice (RFC 7493, section 2.3) and which is at most 32 levels deep.
 * `JSON.parse` takes the last of two equal names where another reader takes the first.
 * @throws StrictJsonError
 */
export function parseStrictJson(text: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw errorIn(text, 'is not JSON');
  }
  // Names in the text against names in the value: fewer in the value means that one came twice.
  if (namesIn(value, 1) !== namesWritten(text)) {
    throw errorIn(text, 'has an object with a name twice');
  }
  return value;
}

/** With where the fault is, as a person counts, and its remedy: ` (line 2, column 7: take out the comma before it)`. */
function errorIn(text: string, what: string): StrictJsonError {
  const fault = jsonFault(text);
  if (fault === undefined) return new StrictJsonError(what);
  const before = text.slice(0, fault.at);
  const line = before.split('\n').length;
  const column = fault.at - before.lastIndexOf('\n');
  return new StrictJsonError(`${what} (line ${line}, column ${column}: ${fault.remedy})`, line);
}

function namesIn(value: unknown, depth: number): number {
  if (typeof value !== 'object' || value === null) return 0;
  if (depth > DEEPEST) throw new StrictJsonError(`is nested deeper than ${DEEPEST} levels`);
  if (Array.isArray(value)) return value.reduce((sum: number, item) => sum + namesIn(item, depth + 1), 0);
  let names = 0;
  for (const item of Object.values(value)) names += 1 + namesIn(item, depth + 1);
  return names;
}

const BACKSLASH = 92;
const COLON = 58;
const SPACE = 32;

/** Strings that a colon follows; the text is known to be JSON. */
function namesWritten(text: string): number {
  let names = 0;
  for (let open = text.indexOf('"'); open !== -1;) {
    let close = text.indexOf('"', open + 1);
    while (isEscaped(text, close)) close = text.indexOf('"', close + 1);
    let after = close + 1;
    while (text.charCodeAt(after) <= SPACE) after += 1;
    if (text.charCodeAt(after) === COLON) names += 1;
    open = text.indexOf('"', after);
  }
  return names;
}

function isEscaped(text: string, quote: number): boolean {
  let backslashes = 0;
  while (text.charCodeAt(quote - 1 - backslashes) === BACKSLASH) backslashes += 1;
  return backslashes % 2 === 1;
}
