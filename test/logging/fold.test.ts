import assert from 'node:assert/strict';
import { test } from 'node:test';
import { causeOf } from '../../src/logging/cause.ts';
import { createFold } from '../../src/logging/fold.ts';

test('a repeated failure is written once a minute, with the count of those between', () => {
  let now = 0;
  const fold = createFold({ monotonic: () => now });
  const written: unknown[] = [];
  const say = (key: string) =>
    fold(key, (fields, message) => written.push([now, message, fields]), { code: 'X' }, key);
  for (now = 0; now < 130_000; now += 1_000) say('lost');
  say('other');
  assert.deepEqual(written, [
    [0, 'lost', { code: 'X' }],
    [60_000, 'lost', { code: 'X', repeated: 59 }],
    [120_000, 'lost', { code: 'X', repeated: 59 }],
    [130_000, 'other', { code: 'X' }],
  ]);
});

test('a cause is one line of messages, without stack, object or password', () => {
  const driver = Object.assign(new Error('connect ECONNREFUSED postgres://me:secret@db:5432/x'), {
    code: 'ECONNREFUSED',
    client: { password: 'secret' },
  });
  const error = new Error('The ledger cannot be used now.\nSecond line', { cause: driver });
  assert.equal(
    causeOf(error),
    'The ledger cannot be used now. Second line: connect ECONNREFUSED postgres://db:5432/x',
  );
  assert.equal(causeOf(new AggregateError([driver])), 'connect ECONNREFUSED postgres://db:5432/x');
  assert.equal(causeOf('text'), 'text');
  assert.ok(causeOf(new Error('x'.repeat(10_000))).length <= 300);
});
