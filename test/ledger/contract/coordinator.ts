import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { until } from '../support.ts';
import { fresh, type Backend } from './backend.ts';

/** One at a time, in order; no more requests than the bucket gives. */
export function coordinatorContract(backend: Backend): void {
  describe(`coordinator (${backend.name})`, { concurrency: 4 }, () => {
    test('work under one key runs alone and in the order of arrival', async (t) => {
      const { coordinator } = (await fresh(t, backend)).ledger;
      const { signal } = new AbortController();
      const done: string[] = [];
      let inside = 0;
      const work = Array.from({ length: 20 }, (_, i) =>
        coordinator.exclusive(`action-${i % 2}`, signal, async () => {
          inside += 1;
          assert.ok(inside <= 2);
          await new Promise(setImmediate);
          done.push(`${i % 2}:${i}`);
          inside -= 1;
          return i;
        }),
      );
      assert.deepEqual(await Promise.all(work), [...work.keys()]);
      for (const parity of ['0', '1']) {
        const order = done.filter((one) => one.startsWith(parity)).map((one) => Number(one.slice(2)));
        assert.deepEqual(
          order,
          [...order].sort((one, other) => one - other),
        );
      }
    });

    test('an error is passed on and frees the key', async (t) => {
      const { coordinator } = (await fresh(t, backend)).ledger;
      const { signal } = new AbortController();
      const failed = coordinator.exclusive('k', signal, async () => {
        throw new Error('no luck');
      });
      await assert.rejects(failed, /no luck/);
      assert.equal(await coordinator.exclusive('k', signal, async () => 'next'), 'next');
    });

    test('a waiter that gives up is passed over', async (t) => {
      const { coordinator } = (await fresh(t, backend)).ledger;
      const { signal } = new AbortController();
      const gate = Promise.withResolvers<undefined>();
      const order: number[] = [];
      const first = coordinator.exclusive('k', signal, async () => {
        order.push(1);
        await gate.promise;
      });
      await until(() => order.length === 1);
      const impatient = new AbortController();
      const second = coordinator.exclusive('k', impatient.signal, async () => order.push(2));
      const third = coordinator.exclusive('k', signal, async () => order.push(3));
      impatient.abort(new Error('too long'));
      await assert.rejects(second, /too long/);
      assert.deepEqual(order, [1]);
      gate.resolve(undefined);
      await Promise.all([first, third]);
      assert.deepEqual(order, [1, 3]);
    });

    test('a bucket gives its burst at once and then a slot per interval', async (t) => {
      const { coordinator } = (await fresh(t, backend, { deadlineMs: 600_000 })).ledger;
      const waits: number[] = [];
      for (let i = 0; i < 8; i += 1) waits.push(await coordinator.reserve('tenant', 1, 60_000, 5));
      assert.deepEqual(
        waits.map((wait) => Math.ceil(wait / 60_000)),
        [0, 0, 0, 0, 0, 1, 2, 3],
      );
      assert.equal(await coordinator.reserve('another', 4, 60_000, 4), 0);
      assert.equal(Math.ceil((await coordinator.reserve('another', 3, 60_000, 4)) / 60_000), 1);
      assert.equal(Math.ceil((await coordinator.reserve('another', 1, 60_000, 4)) / 60_000), 4);
    });

    test('a token is taken only where there is one, and a refused take leaves the bucket as it is', async (t) => {
      const { coordinator } = (await fresh(t, backend)).ledger;
      const take = (bucket: string) => coordinator.take(bucket, 60_000, 3);
      const taken = [];
      for (let i = 0; i < 6; i += 1) taken.push(await take('caller:a'));
      assert.deepEqual(
        taken.map(({ allowed, remaining }) => [allowed, remaining]),
        [2, 1, 0, 0, 0, 0].map((remaining, i) => [i < 3, remaining]),
      );
      for (const { allowed, waitMs, fullMs } of taken) {
        assert.equal(waitMs > 0 && waitMs <= 60_000, !allowed);
        assert.ok(fullMs > 0 && fullMs <= 180_000);
      }
      assert.equal((await take('caller:b')).allowed, true);
      const many = await Promise.all(Array.from({ length: 20 }, () => take('caller:c')));
      assert.equal(many.filter(({ allowed }) => allowed).length, 3);
    });
  });
}
