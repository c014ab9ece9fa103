import { Type } from '@sinclair/typebox';

/** One of a few words, as a JSON Schema `enum`. */
export const oneOf = <const Values extends readonly string[]>(values: Values, description: string) =>
  Type.Unsafe<Values[number]>({ type: 'string', enum: [...values], description });
