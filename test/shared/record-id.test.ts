import assert from 'node:assert/strict';
import { test } from 'node:test';
import { newRecordId } from '../../src/shared/record-id.ts';

test('a record id is a UUID of version 7 that begins with its time, and no two are equal', () => {
  const now = Date.UTC(2026, 10, 24);
  const ids = Array.from({ length: 10_000 }, () => newRecordId(now));
  assert.equal(new Set(ids).size, ids.length);
  for (const id of ids) {
    assert.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    assert.equal(Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16), now);
  }
  assert.ok(newRecordId(now + 1) > newRecordId(now));
});
