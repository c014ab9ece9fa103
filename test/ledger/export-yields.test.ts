import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { openTestLedger, temporaryDirectory } from './storage.ts';
import { collect, manipulate, testClock } from './support.ts';

test('exports read one page at a time over all of them, and rest after each', async (t) => {
  const clock = testClock();
  const rests: (() => void)[] = [];
  let held = false;
  const sleep: typeof clock.sleep = (milliseconds, signal) =>
    held && milliseconds < 60_000
      ? new Promise((resolve) => rests.push(resolve))
      : clock.sleep(milliseconds, signal);
  const file = join(await temporaryDirectory(t), 'ledger.db');
  const ledger = await openTestLedger({ databaseUrl: `sqlite:${file}`, clock: { ...clock, sleep } });
  t.after(() => ledger.close());
  await Promise.all(Array.from({ length: 5 }, () => manipulate(ledger)));
  held = true;
  let ended = 0;
  const exports = Array.from({ length: 3 }, async () => {
    const records = await collect(ledger.audit.export({}));
    ended += 1;
    return records.length;
  });
  for (const expected of [1, 2, 3]) {
    while (rests.length === 0) await new Promise(setImmediate);
    // However long the rest takes, no other export reads meanwhile, and manipulations go on.
    await manipulate(ledger, { timestamp: '2020-01-01T00:00:00.000Z' });
    assert.equal(ended, expected);
    rests.shift()?.();
  }
  assert.deepEqual(
    (await Promise.all(exports)).map((count) => count >= 5),
    [true, true, true],
  );
});
