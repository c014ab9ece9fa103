import { type Static, type TSchema, type TUnsafe, Type } from '@sinclair/typebox';

/**
 * The schema, or null. Written as a list of types, which the serializer tells apart by `typeof`; for `anyOf` it would run a
 * validator on every answer.
 */
export const nullable = <T extends TSchema>(schema: T, description?: string): TUnsafe<Static<T> | null> =>
  Type.Unsafe<Static<T> | null>({
    ...schema,
    type: [schema['type'], 'null'],
    ...(description !== undefined && { description }),
  });

/** A text or a number, told apart by `typeof` as well. */
export const textOrNumber = (description: string) =>
  Type.Unsafe<string | number>({ type: ['string', 'number'], description });
