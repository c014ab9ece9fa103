/** What is wrong with a text that is no JSON, or has a name twice; read only when it is known to be wrong. */
export interface JsonFault {
  /** Where, in UTF-16 units from the beginning. */
  at: number;
  /** What to do about it. */
  remedy: string;
}

type Open = { close: '}'; names: Set<string> } | { close: ']' };
/** What may stand next: a value or what closes, a name or what closes, and so on. */
type Next = 'first value' | 'value' | 'first name' | 'name' | 'colon' | 'comma' | 'nothing';

const SPACE = /[ \t\n\r]*/y;
const SCALAR = /(?:true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)(?![\w.+-])/y;
const WORD = /[^\s,:[\]{}"]{0,32}/y;

/** A person looks for a fault in less, and to look through more would cost as much as many requests. */
const LONGEST = 256 * 1024;
const DEEPEST = 1000;

/** The first fault of a text, or undefined where none is found within what is looked through. */
export function jsonFault(text: string): JsonFault | undefined {
  const open: Open[] = [];
  let next: Next = 'value';
  let at = 0;
  const match = (pattern: RegExp): string => {
    pattern.lastIndex = at;
    return pattern.exec(text)?.[0] ?? '';
  };
  const afterValue = (): Next => (open.length === 0 ? 'nothing' : 'comma');

  for (;;) {
    at += match(SPACE).length;
    if (at > LONGEST || open.length > DEEPEST) return undefined;
    const char = text[at];
    const inner = open.at(-1);
    if (char === undefined) {
      return next === 'nothing' ? undefined : { at, remedy: endsEarly(inner) };
    }
    if (next === 'nothing') return { at, remedy: 'take out what follows the end of the JSON' };
    if (inner !== undefined && char === inner.close && (next === 'comma' || next.startsWith('first'))) {
      open.pop();
      next = afterValue();
      at += 1;
      continue;
    }
    if (next === 'comma' || next === 'colon') {
      if (char !== (next === 'comma' ? ',' : ':')) return { at, remedy: missing(next, char) };
      next = next === 'colon' || inner?.close === ']' ? 'value' : 'name';
      at += 1;
      continue;
    }
    if (char === '"') {
      const end = endOfText(text, at);
      if (typeof end !== 'number') return end;
      if (inner?.close === '}' && next.endsWith('name')) {
        const name = JSON.parse(text.slice(at, end)) as string;
        if (inner.names.has(name)) return { at, remedy: `${JSON.stringify(name).slice(0, 64)} stands twice` };
        inner.names.add(name);
        next = 'colon';
      } else next = afterValue();
      at = end;
      continue;
    }
    if (next.endsWith('name')) return { at, remedy: noName(char) };
    if (char === '{' || char === '[') {
      open.push(char === '{' ? { close: '}', names: new Set() } : { close: ']' });
      next = char === '{' ? 'first name' : 'first value';
      at += 1;
      continue;
    }
    const scalar = match(SCALAR);
    if (scalar === '') return { at, remedy: noValue(char, match(WORD)) };
    at += scalar.length;
    next = afterValue();
  }
}

/** The index after its closing quote, or why there is none. */
function endOfText(text: string, start: number): number | JsonFault {
  for (let at = start + 1; at < text.length && at - start < LONGEST; at += 1) {
    const char = text[at] ?? '';
    if (char === '"') return at + 1;
    if (char < ' ')
      return { at, remedy: 'a line break or a control character in a text is written \\n or \\u0000' };
    if (char === '\\') {
      const escape = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;
      escape.lastIndex = at;
      const [found] = escape.exec(text) ?? [];
      if (found === undefined) return { at, remedy: 'write a backslash twice' };
      at += found.length - 1;
    }
  }
  return { at: start, remedy: 'the text that begins there has no closing double quote' };
}

const endsEarly = (inner: Open | undefined): string =>
  inner === undefined ? 'there is no value' : `it ends before its "${inner.close}"`;

const isComment = (char: string): boolean => char === '/' || char === '#';

function missing(next: 'comma' | 'colon', char: string): string {
  if (isComment(char)) return 'JSON has no comments';
  return next === 'comma' ? 'a comma is missing before it' : 'a colon is missing before it';
}

function noName(char: string): string {
  if (char === '}') return 'take out the comma before it';
  if (isComment(char)) return 'JSON has no comments';
  return 'names stand in double quotes';
}

const WORDS: Readonly<Record<string, string>> = {
  None: 'null',
  nil: 'null',
  undefined: 'null',
  True: 'true',
  False: 'false',
};

function noValue(char: string, word: string): string {
  if (char === ']' || char === '}') return 'take out the comma before it, or give the value that is missing';
  if (char === "'") return 'texts stand in double quotes';
  if (isComment(char)) return 'JSON has no comments';
  const meant = Object.hasOwn(WORDS, word) ? WORDS[word] : undefined;
  if (meant !== undefined) return `write ${meant}, not ${word}`;
  if (/^-?(?:NaN|Infinity)$/.test(word)) return `${word} is not a number in JSON`;
  if (/^-?0\d/.test(word)) return 'a number has no leading zero';
  if (/^[+.\d-]/.test(word)) return 'a number is written like 120 or -0.5';
  return 'a text stands in double quotes; JSON is expected there';
}
