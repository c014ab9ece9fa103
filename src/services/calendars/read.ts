import { TypeCompiler } from '@sinclair/typebox/compiler';
import type { ValueError } from '@sinclair/typebox/errors';
import { parseStrictJson, StrictJsonError } from '../../shared/strict-json.ts';
import { lineOf } from './json-lines.ts';
import { CalendarFile } from './schema.ts';

/** Why a file cannot be used: where in it, and what to change. */
export interface Fault {
  /** JSON pointer. */
  path: string;
  line: number;
  message: string;
}

export type ReadFile = { file: CalendarFile; fault?: never } | { file?: never; fault: Fault };

const check = TypeCompiler.Compile(CalendarFile);

/** A calendar's file, held against the schema; what stands in it must still be compiled. */
export function readCalendarFile(name: string, text: string): ReadFile {
  let value: unknown;
  try {
    value = parseStrictJson(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    if (!(error instanceof StrictJsonError)) throw error;
    return { fault: { path: '', line: error.line, message: `the file ${error.message}` } };
  }
  const error = deepest(check.Errors(value).First());
  if (error !== undefined) {
    return { fault: { path: error.path, line: lineOf(text, error.path), message: wordsOf(error) } };
  }
  const file = value as CalendarFile;
  if (file.name !== name) {
    const message = `must be the file’s own name: ${name}`;
    return { fault: { path: '/name', line: lineOf(text, '/name'), message } };
  }
  return { file };
}

/** Of a union, the fault of the branch that got furthest. */
function deepest(error: ValueError | undefined): ValueError | undefined {
  let best = error;
  for (const branch of error?.errors ?? []) {
    const inner = deepest(branch.First());
    if (inner !== undefined && best !== undefined && inner.path.length > best.path.length) best = inner;
  }
  return best;
}

function wordsOf({ message, schema, value }: ValueError): string {
  const examples = schema.examples as unknown[] | undefined;
  if (message === 'Unexpected property') return 'is not a field that can stand here';
  if (schema.pattern !== undefined && value !== undefined) {
    const given = JSON.stringify(value).slice(0, 60);
    const like = examples?.[0] === undefined ? '' : `, such as ${JSON.stringify(examples[0])}`;
    return `${given} is not written as it must be${like}`;
  }
  return message.charAt(0).toLowerCase() + message.slice(1);
}
