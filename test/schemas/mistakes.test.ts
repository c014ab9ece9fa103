import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startService } from '../support/service.ts';

const BASE = {
  source_timestamp: '2024-02-29T15:30:00Z',
  target_timezone: 'America/New_York',
  operation: 'CONVERT',
};
const OPENING = { ...BASE, operation: 'NEXT_OPENING' };

/** A mistake, and the words that `detail` must have. */
const MISTAKES: [name: string, body: unknown, ...words: string[]][] = [
  [
    'camel case',
    { ...BASE, target_timezone: undefined, targetTimezone: 'UTC' },
    'did you mean "target_timezone"',
  ],
  ['kebab case', { ...BASE, 'precision-limit': 3 }, 'did you mean "precision_limit"'],
  ['a letter missing', { ...BASE, rounding_mod: 'trunc' }, 'did you mean "rounding_mode"'],
  [
    'another service’s name',
    { ...BASE, target_timezone: undefined, tz: 'UTC' },
    'did you mean "target_timezone"',
  ],
  ['an operation misspelt', { ...BASE, operation: 'ADD_OFSET' }, 'did you mean "ADD_OFFSET"', 'CONVERT'],
  ['an operation in small letters', { ...BASE, operation: 'convert' }, 'did you mean "CONVERT"'],
  ['no operation', { ...BASE, operation: undefined }, '/operation is required', 'ADD_OFFSET'],
  ['minutes beside ADD', { ...BASE, operation: 'ADD', offset_minutes: 5 }, 'ADD_OFFSET', 'duration'],
  ['a duration beside CONVERT', { ...BASE, duration: 'PT1H' }, 'ADD'],
  [
    'a number in quotes',
    { ...BASE, operation: 'ADD_OFFSET', offset_minutes: '120' },
    'write 120 without quotes',
  ],
  ['Unix seconds', { ...BASE, source_timestamp: 1709220600 }, 'source_epoch', '"unit": "second"'],
  ['an enum', { ...BASE, output_format: 'iso' }, '"rfc3339"', '"epoch_seconds"'],
  ['an enum misspelt', { ...BASE, rounding_mode: 'halfexpand' }, 'did you mean "halfExpand"'],
  ['out of range', { ...BASE, precision_limit: 9 }, 'from 0 to 3'],
  ['one digit', { ...OPENING, opening_hours: [{ days: [1], open: '8:00', close: '17:00' }] }, '"08:00"'],
  [
    'a weekday of 8',
    { ...OPENING, opening_hours: [{ days: [8], open: '08:00', close: '17:00' }] },
    'from 1 to 7',
  ],
  ['a list', [BASE], '/manipulations/batch'],
  ['JSON that ends early', '{"operation": "CONVERT"', 'line 1, column'],
  ['a comma too many', '{\n  "operation": "CONVERT",\n}', 'line 3, column 1'],
];

for (const [name, body, ...words] of MISTAKES) {
  test(`the detail alone tells what to do: ${name}`, async (t) => {
    const { post } = await startService(t);
    const { status, body: problem } = await post<{ detail: string }>('/manipulations/preview', body);
    assert.equal(status, 400);
    for (const word of words) assert.ok(problem.detail.includes(word), `${word}: ${problem.detail}`);
    assert.doesNotMatch(problem.detail, /\\d|\^|\(\?/, 'a regular expression');
  });
}

test('all mistakes are told at once, in the batch too', async (t) => {
  const { post } = await startService(t);
  const wrong = { ...BASE, precision_limit: 9, overflow: 'x', no_such: 1, target_timezone: 5 };
  const { body } = await post<{ errors: { path: string }[] }>('/manipulations/preview', wrong);
  const paths = ['/no_such', '/overflow', '/precision_limit', '/target_timezone'];
  assert.deepEqual(body.errors.map(({ path }) => path).sort(), paths);
  const { body: lines } = await post<string>('/manipulations/batch', [{ ...wrong, action_name: 'A' }]);
  const [line] = lines.split('\n');
  const { problem } = JSON.parse(line ?? '') as { problem: { errors: { path: string }[] } };
  assert.deepEqual(problem.errors.map(({ path }) => path).sort(), paths);
});

test('a body of many unknown fields is answered with a bounded list', async (t) => {
  const { post } = await startService(t);
  const many = Object.fromEntries(Array.from({ length: 20_000 }, (_, index) => [`field_${index}`, index]));
  const { body } = await post<{ errors: unknown[] }>('/manipulations/preview', { ...BASE, ...many });
  assert.equal(body.errors.length, 25);
});
