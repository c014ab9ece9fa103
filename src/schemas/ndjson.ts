import type { Readable } from 'node:stream';
import { Type } from '@sinclair/typebox';

/** A streamed body of JSON lines. JSON Schema can only call it text. */
export const Ndjson = (description: string) => Type.Unsafe<Readable>({ type: 'string', description });

/** Each value on a line of its own. */
export async function* ndjson(values: AsyncIterable<unknown>): AsyncGenerator<string> {
  for await (const value of values) yield `${JSON.stringify(value)}\n`;
}
