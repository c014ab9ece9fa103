import assert from 'node:assert/strict';
import { after, before, describe, test, type TestContext } from 'node:test';
import pg from 'pg';
import { createConnections } from '../../src/ledger/postgres/pool.ts';
import { migrate } from '../../src/ledger/postgres/schema.ts';
import type { Intent, Ledger } from '../../src/services/ports.ts';
import { type Cluster, startPostgres } from '../support/postgres.ts';
import { openTestLedger } from './storage.ts';
import { claim, failure, intent, notification, outcome, testClock, until } from './support.ts';

let cluster: Cluster;
before(async () => {
  cluster = await startPostgres();
});
after(() => cluster.destroy());

async function instances(t: TestContext, count: number, options: { deadlineMs?: number } = {}) {
  const databaseUrl = await cluster.createDatabase();
  const ledgers = await Promise.all(
    Array.from({ length: count }, () => openTestLedger({ databaseUrl, ...options })),
  );
  t.after(() => Promise.all(ledgers.map((ledger) => ledger.close())));
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  t.after(() => client.end());
  const [one, other] = ledgers;
  assert.ok(one && other);
  return { databaseUrl, ledgers, one, other, client };
}

describe('several instances on one PostgreSQL', { concurrency: 2 }, () => {
  test('four that start at once on an empty database all serve', async (t) => {
    const { ledgers } = await instances(t, 4);
    const begun = await Promise.all(ledgers.map((ledger) => ledger.begin(intent(), { webhookUrl: null })));
    assert.deepEqual(begun, Array(4).fill({ kind: 'begun' }));
    assert.equal((await ledgers[0]?.audit.list({}, 10))?.items.length, 4);
  });

  test('the same key 50 times at once over two of them begins once', async (t) => {
    const { one, other } = await instances(t, 2);
    const key = claim('k');
    const winners: { asked: Intent; ledger: Ledger }[] = [];
    const begun = await Promise.all(
      Array.from({ length: 50 }, async (_, i) => {
        const ledger = i % 2 ? one : other;
        const asked = intent();
        const answer = await ledger.begin(asked, { claim: key, webhookUrl: null });
        if (answer.kind === 'begun') winners.push({ asked, ledger });
        return answer.kind;
      }),
    );
    assert.equal(begun.filter((kind) => kind === 'begun').length, 1);
    assert.equal(begun.filter((kind) => kind === 'in_progress').length, 49);
    const [winner] = winners;
    assert.ok(winner);
    const record = await winner.ledger.complete(winner.asked, outcome(), null);
    const replays = await Promise.all(
      Array.from({ length: 50 }, (_, i) =>
        (i % 2 ? one : other).begin(intent(), { claim: key, webhookUrl: null }),
      ),
    );
    assert.deepEqual(replays, Array(50).fill({ kind: 'replay', record, retryAfterSeconds: null }));
    const reused = await other.begin(intent(), { claim: claim('k', 'other'), webhookUrl: null });
    assert.deepEqual(reused, { kind: 'key_reused' });
  });

  test('many keys taken in opposite orders do not block each other', async (t) => {
    const { one, other } = await instances(t, 2);
    const keys = Array.from({ length: 100 }, (_, i) => `k${i}`);
    const begin = (ledger: Ledger, order: string[]) =>
      Promise.all(order.map((key) => ledger.begin(intent(), { claim: claim(key), webhookUrl: null })));
    const begun = (await Promise.all([begin(one, keys), begin(other, keys.toReversed())])).flat();
    assert.equal(begun.filter(({ kind }) => kind === 'begun').length, 100);
    assert.equal(begun.filter(({ kind }) => kind === 'in_progress').length, 100);
  });

  test('an instance that hangs while it takes a key does not block the others', async (t) => {
    const { one, client } = await instances(t, 2);
    await client.query('BEGIN');
    await client.query(
      `SELECT pg_advisory_xact_lock(hashtextextended(jsonb_build_array('scheduler', 'k')::text, 7))`,
    );
    await client.query(`INSERT INTO ledger.keys VALUES ('scheduler', 'k', 'f', 'x', 0, 0)`);
    const begun = await Promise.all([
      ...Array.from({ length: 6 }, () => one.begin(intent(), { claim: claim('k'), webhookUrl: null })),
      one.begin(intent(), { claim: claim('another'), webhookUrl: null }),
    ]);
    assert.deepEqual(
      begun.map(({ kind }) => kind),
      [...Array<string>(6).fill('in_progress'), 'begun'],
    );
    await client.query('ROLLBACK');
    assert.equal((await one.begin(intent(), { claim: claim('k'), webhookUrl: null })).kind, 'begun');
    // The same, while the other one ends what it had begun.
    for (const change of ['UPDATE ledger.keys SET settled = 1', 'DELETE FROM ledger.keys']) {
      await client.query('BEGIN');
      await client.query(change);
      assert.equal((await one.begin(intent(), { claim: claim('k'), webhookUrl: null })).kind, 'in_progress');
      await client.query('ROLLBACK');
    }
  });

  test('an intent is not claimed by another instance before its lease expires, and its owner is fenced then', async (t) => {
    const { one, other, client } = await instances(t, 2);
    const begun = intent();
    await one.begin(begun, { claim: claim('k'), webhookUrl: null });
    assert.deepEqual(await other.claimExpired(10), []);
    assert.equal((await other.gauges()).unreconciledIntents, 0);
    await client.query('UPDATE ledger.in_flight SET lease_until = clock_timestamp()');
    const [claimed] = (await Promise.all([other.claimExpired(10), other.claimExpired(10)])).flat();
    assert.deepEqual(claimed, { intent: begun, dispatched: false, postponed: 0, webhookUrl: null });
    // The first one was only slow: it must not write any more.
    await assert.rejects(one.dispatch(begun.request_id), { code: 'LEDGER_UNAVAILABLE' });
    const settled = await other.complete(begun, failure({ reconciled: true }), null);
    assert.deepEqual(await one.complete(begun, outcome(), null), settled);
    assert.equal((await one.begin(intent(), { claim: claim('k'), webhookUrl: null })).kind, 'begun');
  });

  test('an instance whose own clock is three days ahead expires no keys and no leases', async (t) => {
    const { databaseUrl, one } = await instances(t, 2);
    const [done, open] = [intent(), intent()];
    await one.begin(done, { claim: claim('k'), webhookUrl: null });
    await one.complete(done, outcome(), null);
    await one.begin(open, { webhookUrl: null });
    const clock = testClock();
    clock.advance(3 * 86_400_000);
    const ahead = await openTestLedger({ databaseUrl, clock });
    t.after(() => ahead.close());
    assert.equal((await ahead.begin(intent(), { claim: claim('k'), webhookUrl: null })).kind, 'replay');
    assert.deepEqual(await ahead.claimExpired(10), []);
  });

  test('right after a start of PostgreSQL no lease is claimed', async (t) => {
    const { databaseUrl, one, client } = await instances(t, 2);
    await one.begin(intent(), { webhookUrl: null });
    await client.query('UPDATE ledger.in_flight SET lease_until = clock_timestamp()');
    const patient = await openTestLedger({ databaseUrl, settlingSeconds: 3_600 });
    t.after(() => patient.close());
    assert.deepEqual(await patient.claimExpired(10), []);
    assert.equal((await one.claimExpired(10)).length, 1);
  });

  test('a database clock that is set back costs no more than one deadline', async (t) => {
    const { one, client } = await instances(t, 2);
    await one.coordinator.reserve('tenant', 1, 10, 1);
    // As if the clock had been an hour ahead until now.
    await client.query('UPDATE ledger.buckets SET arrival = arrival + 3600000');
    await one.coordinator.reserve('tenant', 1, 10, 1);
    assert.ok((await one.coordinator.reserve('tenant', 1, 10, 1)) <= 15_000 + 100);
  });

  test('work under one key runs alone over both, and an aborted wait keeps no other waiting', async (t) => {
    const { ledgers, client } = await instances(t, 2);
    const { signal } = new AbortController();
    let inside = 0;
    let done = 0;
    const work = async () => {
      inside += 1;
      assert.equal(inside, 1);
      await client.query('SELECT 1');
      inside -= 1;
      done += 1;
    };
    const impatient = AbortSignal.timeout(10);
    const rejected = await Promise.allSettled([
      ...Array.from({ length: 20 }, (_, i) => ledgers[i % 2]?.coordinator.exclusive('action', signal, work)),
      ...Array.from({ length: 4 }, (_, i) =>
        ledgers[i % 2]?.coordinator.exclusive('action', impatient, work),
      ),
    ]).then((all) => all.filter(({ status }) => status === 'rejected').length);
    assert.equal(done, 24 - rejected);
    assert.ok(done >= 20);
    await ledgers[1]?.coordinator.exclusive('action', signal, work);
  });

  test('a lock that its session lost is not held any more, and goes to another instance', async (t) => {
    const { one, other, client } = await instances(t, 2);
    const { signal } = new AbortController();
    const gate = Promise.withResolvers<undefined>();
    const acquired = Promise.withResolvers<() => boolean>();
    const holding = one.coordinator.exclusive('action', signal, async (isHeld) => {
      acquired.resolve(isHeld);
      await gate.promise;
    });
    const isHeld = await acquired.promise;
    assert.equal(isHeld(), true);
    const passed = other.coordinator.exclusive('action', signal, async () => 'passed on');
    await client.query(
      `SELECT pg_terminate_backend(l.pid) FROM pg_locks l WHERE l.locktype = 'advisory' AND l.granted
       AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
    );
    assert.equal(await passed, 'passed on');
    await until(() => !isHeld());
    gate.resolve(undefined);
    await holding;
    assert.equal(await one.coordinator.exclusive('action', signal, async () => 'again'), 'again');
  });

  test('a lock does not count as held when its instance has stood still', async (t) => {
    const { databaseUrl } = await instances(t, 2);
    const clock = testClock();
    const stalled = await openTestLedger({ databaseUrl, clock });
    t.after(() => stalled.close());
    await stalled.coordinator.exclusive('action', new AbortController().signal, async (isHeld) => {
      assert.equal(isHeld(), true);
      clock.advance(60_000);
      assert.equal(isHeld(), false);
    });
  });

  test('an aborted wait is answered at once, and the lock is given back', async (t) => {
    const { one, other, client } = await instances(t, 2);
    const { signal } = new AbortController();
    const gate = Promise.withResolvers<undefined>();
    const acquired = Promise.withResolvers<undefined>();
    const holding = other.coordinator.exclusive('action', signal, async () => {
      acquired.resolve(undefined);
      await gate.promise;
    });
    await acquired.promise;
    const aborted = new AbortController();
    const refused = one.coordinator.exclusive('action', aborted.signal, async () => assert.fail());
    aborted.abort(new Error('too long'));
    await assert.rejects(refused, /too long/);
    gate.resolve(undefined);
    await holding;
    assert.equal(await one.coordinator.exclusive('action', signal, async () => 'next'), 'next');
    const locks = `SELECT FROM pg_locks WHERE locktype = 'advisory' AND granted
      AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`;
    await until(async () => (await client.query(locks)).rowCount === 0);
  });

  test('work of one instance does not keep another one from the lock', async (t) => {
    const { one, other } = await instances(t, 2);
    const { signal } = new AbortController();
    let theirs = 0;
    let stop = false;
    const busy = Array.from({ length: 4 }, async () => {
      while (!stop) await one.coordinator.exclusive('action', signal, () => new Promise(setImmediate));
    });
    while (theirs < 5) {
      await other.coordinator.exclusive('action', signal, async () => {
        theirs += 1;
      });
    }
    stop = true;
    await Promise.all(busy);
  });

  test('a bucket gives its burst and its rate to both together', async (t) => {
    const { one, other } = await instances(t, 2, { deadlineMs: 7_200_000 });
    const reserve = async (i: number) =>
      (i % 2 === 0 ? one : other).coordinator.reserve('tenant', 1, 60_000, 10);
    const waits = await Promise.all(Array.from({ length: 30 }, (_, i) => reserve(i)));
    const slots = waits.map((wait) => Math.ceil(wait / 60_000)).sort((a, b) => a - b);
    assert.deepEqual(slots, [...Array<number>(10).fill(0), ...Array.from({ length: 20 }, (_, i) => i + 1)]);
  });

  test('a webhook that its owner never tried is delivered by another, once', async (t) => {
    const { one, other, client } = await instances(t, 2);
    const received: string[] = [];
    await other.outbox.start(async ({ id }) => {
      received.push(id);
      return { outcome: 'delivered' };
    });
    const begun = intent();
    const sent = notification(begun.request_id);
    await one.begin(begun, { webhookUrl: sent.url });
    await one.complete(begun, outcome(), sent);
    await client.query('UPDATE ledger.deliveries SET due_at = 0');
    await until(async () => (await one.audit.get(begun.request_id))?.webhook?.status === 'delivered');
    assert.deepEqual(received, [sent.id]);
    assert.equal((await one.audit.get(begun.request_id))?.webhook_triggered, false);
  });
});

describe('the rights of the service', () => {
  test('nothing that the service does can change or delete an entry', async (t) => {
    const { databaseUrl, one, client } = await instances(t, 2);
    await one.begin(intent(), { webhookUrl: null });
    const statements = [
      `UPDATE ledger.entries SET entry = '{}'`,
      'DELETE FROM ledger.entries',
      'TRUNCATE ledger.entries',
    ];
    for (const statement of statements) {
      await assert.rejects(
        client.query(statement),
        /never changed or deleted/,
        'the triggers hold for every role',
      );
    }
    await client.query('SET ROLE cxone_ledger_writer');
    const more = ['DROP TABLE ledger.entries', 'ALTER TABLE ledger.entries DISABLE TRIGGER ALL'];
    for (const statement of [...statements, ...more]) {
      await assert.rejects(client.query(statement), { code: '42501' });
    }
    const role = await migrate(databaseUrl);
    const service = createConnections(databaseUrl, { max: 1, role });
    t.after(() => service.end());
    assert.deepEqual(await service.rows('SELECT current_user AS role'), [{ role: 'cxone_ledger_writer' }]);
    for (const statement of [...statements, ...more]) {
      await assert.rejects(service.rows(statement), { code: 'LEDGER_UNAVAILABLE' });
    }
  });

  test('once the schema is there, a member of the writer’s role is enough', async (t) => {
    const { databaseUrl, client } = await instances(t, 2);
    const name = new URL(databaseUrl).pathname.slice(1);
    await client.query(`CREATE ROLE app_${name} LOGIN PASSWORD 'secret' IN ROLE cxone_ledger_writer`);
    const url = new URL(databaseUrl);
    url.username = `app_${name}`;
    url.password = 'secret';
    const ledger = await openTestLedger({ databaseUrl: url.href });
    t.after(() => ledger.close());
    const begun = intent();
    const sent = notification(begun.request_id);
    await ledger.outbox.start(async () => ({ outcome: 'delivered' }));
    await ledger.begin(begun, { claim: claim('k'), webhookUrl: sent.url });
    await ledger.dispatch(begun.request_id);
    await ledger.complete(begun, outcome(), sent);
    assert.equal((await ledger.outbox.attempt(sent.id, 10_000)).status, 'delivered');
    await ledger.coordinator.exclusive('k', new AbortController().signal, async () => undefined);
    await ledger.coordinator.reserve('k', 1, 10, 1);
    await ledger.check();
  });
});
