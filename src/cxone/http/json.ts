export type JsonObject = Readonly<Record<string, unknown>>;

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** ECMAScript's "JSON.parse source text access", which TypeScript does not know yet. */
interface RawJson {
  readonly rawJSON: string;
}
const { rawJSON, isRawJSON } = JSON as unknown as {
  rawJSON: (text: string) => RawJson;
  isRawJSON: (value: unknown) => value is RawJson;
};
type Reviver = (this: unknown, key: string, value: unknown, context: { source?: string }) => unknown;

const keepingDigits: Reviver = (_key, value, { source }) =>
  typeof value === 'number' && source !== undefined && String(value) !== source ? rawJSON(source) : value;

/**
 * A number that a double might not give back as it was written: with a fraction or an exponent, of 16 digits and more, or a
 * negative zero. May see one in a text, which costs time and nothing else.
 */
const DELICATE_NUMBER = /(?:"\s*:|[[,\s])-?(?:\d+[.eE]|\d{16}|(?<=-)0)/u;

/**
 * Parses JSON so that `JSON.stringify` writes every number as it was read: those that a double cannot hold, or would
 * write otherwise (`1.10`, 2^53 + 1), stay as their text. Throws a SyntaxError.
 */
export const parseLossless = (text: string): unknown =>
  DELICATE_NUMBER.test(text) ? JSON.parse(text, keepingDigits as never) : JSON.parse(text);

/** A number that was kept as text, as the number it stands for; everything else as it is. */
export const plain = (value: unknown): unknown => (isRawJSON(value) ? Number(value.rawJSON) : value);
