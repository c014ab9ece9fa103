import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createAdmission, createBulkhead, type Slot } from '../../src/services/admission.ts';

function setUp(slots = { start: 2, least: 1, most: 8 }) {
  let now = 0;
  const admission = createAdmission({
    clock: { monotonic: () => now },
    slots,
    longestWaitMs: 1_000,
    congestedMs: 1_000,
    mostWaiting: 100,
  });
  return { admission, pass: (milliseconds: number) => void (now += milliseconds) };
}

/** Lets what was resolved go on. */
const settle = () => new Promise((resolve) => setImmediate(resolve));

test('slots go in turn to the callers that wait, however many requests one of them has', async () => {
  const { admission } = setUp();
  const order: string[] = [];
  const running: Slot[] = [];
  const enter = (caller: string) =>
    admission.enter(caller, false).then((slot) => {
      order.push(caller);
      running.push(slot);
    });
  for (let n = 0; n < 10; n += 1) void enter('loud');
  await settle();
  void enter('quiet');
  void enter('other');
  assert.deepEqual(order, ['loud', 'loud']);
  for (let n = 0; n < 4; n += 1) {
    running.shift()?.release();
    await settle();
  }
  assert.deepEqual(order.slice(2, 6), ['loud', 'quiet', 'other', 'loud']);
});

test('a caller that would wait too long is refused at once with a Retry-After, and others are not', async () => {
  const { admission, pass } = setUp({ start: 1, least: 1, most: 1 });
  for (let n = 0; n < 100; n += 1) {
    const slot = await admission.enter('loud');
    pass(400);
    slot.release();
  }
  const busy = await admission.enter('loud');
  const waiting = [admission.enter('loud'), admission.enter('loud')];
  assert.throws(
    () => admission.assertRoom('loud'),
    (error: { code: string; retryAfterSeconds: number }) => {
      assert.deepEqual([error.code, error.retryAfterSeconds], ['OVERLOADED', 2]);
      return true;
    },
  );
  await assert.rejects(admission.enter('loud'), { code: 'OVERLOADED' });
  admission.assertRoom('quiet');
  assert.equal(admission.waiting(), 2);
  busy.release();
  (await waiting[0])?.release();
  (await waiting[1])?.release();
  assert.deepEqual([admission.inFlight(), admission.waiting()], [0, 0]);
});

test('slots become fewer while work waits for the tenant, and more while it goes through', async () => {
  const { admission, pass } = setUp({ start: 4, least: 1, most: 8 });
  const load = async (waitedMs: number) => {
    const slots: Slot[] = [];
    const entered = Array.from({ length: 30 }, () =>
      admission.enter('a', false).then((slot) => slots.push(slot)),
    );
    await settle();
    const most = admission.inFlight();
    while (admission.waiting() > 0 || admission.inFlight() > 0) {
      pass(500);
      slots.splice(0).forEach((slot) => slot.release(waitedMs));
      await settle();
    }
    await Promise.all(entered);
    return most;
  };
  assert.equal(await load(5_000), 4);
  assert.ok((await load(0)) < 4);
  await load(0);
  await load(0);
  assert.ok((await load(0)) > 4);
});

test('when slots become fewer, every second that ends is followed by another, and others wait no longer', async () => {
  const { admission } = setUp({ start: 20, least: 1, most: 20 });
  const loud = await Promise.all(Array.from({ length: 20 }, () => admission.enter('loud')));
  const order: string[] = [];
  for (const caller of ['loud', 'quiet']) {
    void admission.enter(caller, false).then(() => order.push(caller));
  }
  // 20 slots become 14, and once only: all that ends now had its slot before.
  for (let ended = 1; ended <= 4; ended += 1) {
    loud.pop()?.release(5_000);
    await settle();
  }
  assert.deepEqual([order, admission.inFlight()], [['loud', 'quiet'], 18]);
  loud.splice(0).forEach((slot) => slot.release(5_000));
  const later = Array.from({ length: 20 }, () => admission.enter('loud', false));
  assert.equal(admission.inFlight(), 14);
  assert.equal(later.length, 20);
});

test('what was admitted and then waits far longer than expected is refused', async () => {
  const { admission, pass } = setUp({ start: 1, least: 1, most: 1 });
  const busy = await admission.enter('a');
  const late = assert.rejects(admission.enter('a'), { code: 'OVERLOADED' });
  pass(10_000);
  busy.release();
  await late;
  assert.equal(admission.waiting(), 0);
});

test('a bulkhead bounds each caller and all of them, and a slot is given back once', () => {
  const bulkhead = createBulkhead({ perCaller: 2, total: 3 });
  const first = bulkhead.take('a');
  bulkhead.take('a');
  assert.throws(() => bulkhead.take('a'), { code: 'OVERLOADED' });
  bulkhead.take('b');
  assert.throws(() => bulkhead.take('c'), { code: 'OVERLOADED' });
  first();
  first();
  bulkhead.take('c');
  assert.throws(() => bulkhead.take('c'), { code: 'OVERLOADED' });
});
