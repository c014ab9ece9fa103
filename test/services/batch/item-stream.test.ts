import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Problem } from '../../../src/errors.ts';
import { type ItemFormat, itemTexts } from '../../../src/services/batch/item-stream.ts';

const LIMITS = { bodyBytes: 1_000_000, itemLength: 10_000 };

async function* chunked(text: string, size: number) {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function cut(text: string, format: ItemFormat, size = 7, limits = LIMITS): Promise<string[]> {
  return Array.fromAsync(itemTexts(chunked(text, size), format, limits));
}

test('an array is cut into its elements, wherever the chunks end', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.jsonValue(), { maxLength: 8 }),
      fc.integer({ min: 1, max: 20 }),
      fc.constantFrom(0, 2),
      async (values, size, indent) => {
        const texts = await cut(JSON.stringify(values, null, indent), 'json-array', size);
        assert.deepEqual(
          texts.map((text) => JSON.parse(text) as unknown),
          JSON.parse(JSON.stringify(values)),
        );
      },
    ),
    { seed: 8 },
  );
});

test('lines are cut at line ends; empty ones are passed over', async () => {
  assert.deepEqual(await cut('{"a":1}\r\n\n{"b":"é"}\n{"c":3}', 'ndjson', 1), [
    '{"a":1}\r',
    '{"b":"é"}',
    '{"c":3}',
  ]);
});

test('an element that is malformed is handed on by itself', async () => {
  assert.deepEqual(await cut('[1, nonsense, ,3]', 'json-array'), ['1', 'nonsense', '', '3']);
});

const refused: [
  title: string,
  text: string,
  format: ItemFormat,
  code: string,
  limits?: Partial<typeof LIMITS>,
][] = [
  ['an empty body', '', 'json-array', 'VALIDATION_FAILED'],
  ['an object', '{}', 'json-array', 'VALIDATION_FAILED'],
  ['an array that is not closed', '[1, 2', 'json-array', 'VALIDATION_FAILED'],
  ['text after the array', '[1] 2', 'json-array', 'VALIDATION_FAILED'],
  ['too many bytes', '[1,2,3]', 'json-array', 'PAYLOAD_TOO_LARGE', { bodyBytes: 5 }],
  [
    'a long element',
    '["aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"]',
    'json-array',
    'PAYLOAD_TOO_LARGE',
    { itemLength: 9 },
  ],
  ['a long line', 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa', 'ndjson', 'PAYLOAD_TOO_LARGE', { itemLength: 9 }],
];
for (const [title, text, format, code, limits] of refused) {
  test(`${title} is ${code}`, async () => {
    await assert.rejects(
      cut(text, format, 7, { ...LIMITS, ...limits }),
      (error) => error instanceof Problem && error.code === code,
    );
  });
}

test('bytes that are not UTF-8 are refused', async () => {
  async function* bytes() {
    yield Uint8Array.of(0x5b, 0x22, 0xff, 0x22, 0x5d);
  }
  await assert.rejects(Array.fromAsync(itemTexts(bytes(), 'json-array', LIMITS)), /UTF-8/);
});

test('white space around items costs nothing and counts as none of them', async () => {
  const texts = await cut(
    `[${' '.repeat(50_000)}1 , ${' '.repeat(50_000)}2${' '.repeat(5_000)}]`,
    'json-array',
    4096,
  );
  assert.deepEqual(
    texts.map((text) => JSON.parse(text) as unknown),
    [1, 2],
  );
});
