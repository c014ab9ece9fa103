import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseStrictJson } from '../../src/shared/strict-json.ts';

test('reads what JSON.parse reads, however it is written', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 6 }), fc.constantFrom(undefined, 1, '\t'), (value, space) => {
      const text = JSON.stringify(value, null, space);
      assert.deepEqual(parseStrictJson(text), JSON.parse(text));
    }),
    { seed: 7, numRuns: 500 },
  );
});

test('a name twice in one object is refused, at any depth and however it is escaped', () => {
  const twice = [
    '{"a":1,"a":1}',
    '{"a":1,"\\u0061":1}',
    '{"a" : {"b":[{"c":1 , "c" :2}]}}',
    '{"\\\\":1,"\\\\":2}',
    '{"\\"":1,"\\"":2}',
    '{"__proto__":1,"__proto__":2}',
  ];
  for (const text of twice) assert.throws(() => parseStrictJson(text), /a name twice/, text);
  const once = [
    '{"a":{"a":1},"b":[{"a":1},{"a":2}]}',
    '{"a":"b\\":","c":"\\\\"}',
    '{"__proto__":1}',
    '["a","a",":","\\":"]',
  ];
  for (const text of once) assert.deepEqual(parseStrictJson(text), JSON.parse(text), text);
});

test('what is no JSON, or deeper than 32 levels, is refused', () => {
  for (const text of ['', '{', "{'a':1}", '{"a":1,}', 'NaN']) {
    assert.throws(() => parseStrictJson(text), /is not JSON/, text);
  }
  const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);
  parseStrictJson(nested(32));
  for (const depth of [33, 100_000]) assert.throws(() => parseStrictJson(nested(depth)), /32 levels/);
});
