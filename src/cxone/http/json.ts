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
 * Parses JSON so that `JSON.stringify` writes every number as it was read: those that a double cannot hold, or would
 * write otherwise (`1.10`, 2^53 + 1), stay as their text. Throws a SyntaxError.
 */
export const parseLossless = (text: string): unknown => JSON.parse(text, keepingDigits as never) as unknown;

/** A number that was kept as text, as the number it stands for; everything else as it is. */
export const plain = (value: unknown): unknown => (isRawJSON(value) ? Number(value.rawJSON) : value);
