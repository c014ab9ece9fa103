import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { parse } from 'yaml';
import { breakingChanges, type OpenApi } from '../../scripts/openapi/compare.ts';

const read = () => parse(readFileSync('openapi.yaml', 'utf8')) as OpenApi;

/** The document with something else at a path of keys; undefined takes it away. */
function changed(keys: string[], value?: unknown): OpenApi {
  const api = read();
  let at: unknown = api;
  for (const key of keys.slice(0, -1)) at = (at as Record<string, unknown>)[key];
  const [parent, last] = [at as Record<string, unknown>, keys.at(-1) ?? ''];
  if (value === undefined) Reflect.deleteProperty(parent, last);
  else parent[last] = value;
  return api;
}

const schema = (...keys: string[]) => ['components', 'schemas', ...keys];

for (const [what, after, said] of [
  ['a route is taken away', changed(['paths', '/audit-records']), /GET \/audit-records is gone/],
  [
    'a field of a request is taken away',
    changed(schema('AddOffsetFields', 'properties', 'offset_minutes')),
    /offset_minutes is gone/,
  ],
  [
    'a field of a request is asked for now',
    changed(schema('AddOffsetFields', 'required'), ['offset_minutes']),
    /offset_minutes is required now/,
  ],
  [
    'a field of a record is taken away',
    changed(schema('AuditRecord', 'properties', 'leap_day')),
    /leap_day is gone/,
  ],
  [
    'a field of a record may be another type',
    changed(schema('AuditRecord', 'properties', 'leap_day', 'type'), ['boolean', 'null']),
    /leap_day: may be null now/,
  ],
] as const) {
  test(`a caller is told of what breaks when ${what}`, () => {
    const changes = breakingChanges(read(), after);
    assert.ok(
      changes.some((change) => said.test(change)),
      changes.join('\n'),
    );
  });
}

test('an addition that callers may ignore breaks nothing', () => {
  assert.deepEqual(breakingChanges(read(), read()), []);
  const more = changed(schema('AuditRecord', 'properties', 'mood'), { type: 'string' });
  assert.deepEqual(breakingChanges(read(), more), []);
});
