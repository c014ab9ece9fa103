import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PROBLEM_CODES } from '../../src/errors.ts';
import { PROBLEM_GUIDE } from '../../src/schemas/problem-guide.ts';

test('every problem that a caller can be told has a guide: meaning, causes, remedy', () => {
  for (const code of PROBLEM_CODES) {
    const entry = PROBLEM_GUIDE[code];
    assert.ok(entry, `${code} has no entry in src/schemas/problem-guide.ts`);
    assert.ok(entry.means.endsWith('.') && entry.remedy.endsWith('.'), code);
    assert.ok(entry.causes.length > 0, code);
  }
});
