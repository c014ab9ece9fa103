import { Type } from '@sinclair/typebox';
import { Problem } from '../errors.ts';

export const IdempotencyHeaders = Type.Object({
  'idempotency-key': Type.Optional(
    Type.String({
      description:
        '1 to 255 visible ASCII characters, bare or in quotes. The same key with the same body answers with the first outcome.',
      examples: ['nightly-2024-02-29'],
    }),
  ),
});

/**
 * The key itself, without the quotes that make it a structured field string (draft-ietf-httpapi-idempotency-key-header).
 * @throws Problem `VALIDATION_FAILED`
 */
export function idempotencyKeyOf(header: string | undefined): string | undefined {
  if (header === undefined) return undefined;
  const key = /^"(.*)"$/s.exec(header)?.[1] ?? header;
  const whole = key !== header || !/^"|"$/.test(key);
  if (whole && /^[\x21-\x7e]{1,255}$/.test(key)) return key;
  throw new Problem(
    'VALIDATION_FAILED',
    `Idempotency-Key must have 1 to 255 visible ASCII characters and no space, bare or in a pair of quotes, such as nightly-2024-02-29; this one has ${key.length} characters.`,
    {
      errors: [{ path: '/idempotency-key', message: 'must be 1 to 255 visible ASCII characters' }],
    },
  );
}
