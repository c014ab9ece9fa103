import type { Readable } from 'node:stream';
import { type TSchema, Type } from '@sinclair/typebox';

/** A streamed body of JSON lines: the schema is that of each line. */
export const Ndjson = (line: TSchema) => Type.Unsafe<Readable>(line);

/** Each value on a line of its own. */
export async function* ndjson(values: AsyncIterable<unknown>): AsyncGenerator<string> {
  for await (const value of values) yield `${JSON.stringify(value)}\n`;
}
