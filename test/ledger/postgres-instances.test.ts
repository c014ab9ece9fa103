import assert from 'node:assert/strict';
import { after, before, describe, test, type TestContext } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import pg from 'pg';
import { createConnections } from '../../src/ledger/postgres/pool.ts';
import { migrate } from '../../src/ledger/postgres/schema.ts';
import type { Ledger } from '../../src/services/ports.ts';
import { type Cluster, startPostgres } from '../support/postgres.ts';
import { openTestLedger } from './storage.ts';
import { claim, failure, intent, notification, outcome, testClock, until } from './support.ts';

let cluster: Cluster;
before(async () => {
  cluster = await startPostgres();
});
after(() => cluster.destroy());

async function instances(t: TestContext, count: number) {
  const databaseUrl = await cluster.createDatabase();
  const ledgers = await Promise.all(Array.from({ length: count }, () => openTestLedger({ databaseUrl })));
  t.after(() => Promise.all(ledgers.map((ledger) => ledger.close())));
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  t.after(() => client.end());
  const [one, other] = ledgers;
  assert.ok(one && other);
  return { databaseUrl, ledgers, one, other, client };
}

describe('several instances on one PostgreSQL', { concurrency: 2 }, () => {
  // pg-boss sends such texts, and gave up finding the jobs of dead workers when their rows were not there.
  test('a text of several statements gives the rows of all', async (t) => {
    const { databaseUrl } = await instances(t, 2);
    const connections = createConnections(databaseUrl, { max: 1, role: null, warn: () => undefined });
    t.after(() => connections.end());
    assert.deepEqual(await connections.once('SELECT 1 AS a; SELECT 2 AS a'), [{ a: 1 }, { a: 2 }]);
    assert.deepEqual(await connections.once('SELECT $1::int AS a', [3]), [{ a: 3 }]);
  });

  test('four that start at once on an empty database all serve', async (t) => {
    const { ledgers } = await instances(t, 4);
    const begun = await Promise.all(ledgers.map((ledger) => ledger.begin(intent(), { webhookUrl: null })));
    assert.deepEqual(begun, Array(4).fill({ kind: 'begun' }));
    assert.equal((await ledgers[0]?.list({}, 10))?.items.length, 4);
  });

  test('the same key 50 times at once over two of them begins once', async (t) => {
    const { one, other } = await instances(t, 2);
    const key = claim('k');
    const ids = new Map<string, Ledger>();
    const begun = await Promise.all(
      Array.from({ length: 50 }, async (_, i) => {
        const ledger = i % 2 ? one : other;
        const asked = intent();
        const answer = await ledger.begin(asked, { claim: key, webhookUrl: null });
        if (answer.kind === 'begun') ids.set(asked.request_id, ledger);
        return answer.kind;
      }),
    );
    assert.equal(begun.filter((kind) => kind === 'begun').length, 1);
    assert.equal(begun.filter((kind) => kind === 'in_progress').length, 49);
    const [[id, owner] = []] = ids;
    assert.ok(id !== undefined && owner !== undefined);
    const record = await owner.complete(id, outcome(), null);
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

  test('an instance that hangs while it takes a key keeps nobody else from working', async (t) => {
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

  test('what one has in hand is not given to the other, unless its owner is gone', async (t) => {
    const { one, other, client } = await instances(t, 2);
    const begun = intent();
    await one.begin(begun, { claim: claim('k'), webhookUrl: null });
    assert.deepEqual(await other.takeUnfinished(10), []);
    assert.equal((await other.gauges()).unreconciledIntents, 0);
    await client.query('DELETE FROM ledger.writers');
    const [taken] = (await Promise.all([other.takeUnfinished(10), other.takeUnfinished(10)])).flat();
    assert.deepEqual(taken, { intent: begun, dispatched: false, webhookUrl: null });
    // The first one was only slow: what was taken from it, it must not write any more.
    await assert.rejects(one.dispatch(begun.request_id), { code: 'LEDGER_UNAVAILABLE' });
    const settled = await other.complete(begun.request_id, failure({ reconciled: true }), null);
    assert.deepEqual(await one.complete(begun.request_id, outcome(), null), settled);
    assert.equal((await one.begin(intent(), { claim: claim('k'), webhookUrl: null })).kind, 'begun');
  });

  test('who could not be heard of itself, or has just come, lets the others be heard of first', async (t) => {
    const { databaseUrl, one, client } = await instances(t, 2);
    const begun = intent();
    await one.begin(begun, { webhookUrl: null });
    await client.query(`UPDATE ledger.unfinished SET writer = 'silent'`);
    await client.query(`INSERT INTO ledger.writers VALUES ('silent', now())`);
    await client.query(
      `CREATE OR REPLACE FUNCTION ledger.is_alive(writer text, seconds integer) RETURNS boolean LANGUAGE sql STABLE
       AS $$ SELECT writer <> 'silent' $$`,
    );
    const { rows } = await client.query<{ id: string }>('SELECT id FROM ledger.writers');
    const known = rows.map(({ id }) => id);
    const clock = testClock();
    const other = await openTestLedger({ databaseUrl, clock });
    t.after(() => other.close());
    assert.deepEqual(await other.takeUnfinished(10), []);
    // A machine that stood still: its own silence is over, but it knows nothing of the others yet.
    clock.advance(60_000);
    assert.deepEqual(await other.takeUnfinished(10), []);
    const heard = async () => {
      const last = await client.query<{ at: Date }>(
        'SELECT beat_at AS at FROM ledger.writers WHERE NOT id = ANY($1)',
        [known],
      );
      return last.rows[0]?.at.getTime() ?? 0;
    };
    // More than ten seconds of beats, two of each five being real.
    for (let beat = 0; beat <= 2; beat += 1) {
      const before = await heard();
      await until(async () => (await heard()) > before);
      clock.advance(3_000);
    }
    await until(async () => (await other.gauges()).unreconciledIntents === 1);
    assert.equal((await other.takeUnfinished(10))[0]?.intent.request_id, begun.request_id);
  });

  test('a process is alive for as long as it is heard of', async (t) => {
    const { client } = await instances(t, 2);
    const alive = async (seconds: number) => {
      const { rows } = await client.query<{ alive: boolean }>(
        'SELECT ledger.is_alive(id, $1) AS alive FROM ledger.writers',
        [seconds],
      );
      return rows.map((row) => row.alive);
    };
    assert.deepEqual(await alive(20), [true, true]);
    assert.deepEqual(await alive(0), [false, false]);
    const { rows } = await client.query<{ alive: boolean }>(`SELECT ledger.is_alive('nobody', 20) AS alive`);
    assert.deepEqual(rows, [{ alive: false }]);
  });

  test('work under one key runs alone over both, and a stopped wait frees its place', async (t) => {
    const { ledgers } = await instances(t, 2);
    const { signal } = new AbortController();
    let inside = 0;
    let done = 0;
    const work = async () => {
      inside += 1;
      assert.equal(inside, 1);
      await setTimeout(2);
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

  test('who waits for a turn that a crash of PostgreSQL took asks for another one', async (t) => {
    const { ledgers, client } = await instances(t, 3);
    const { signal } = new AbortController();
    const held = Promise.withResolvers<undefined>();
    const holding = ledgers[0]?.coordinator.exclusive('action', signal, () => held.promise);
    await until(async () => (await client.query('SELECT FROM ledger.turns')).rowCount === 1);
    let inside = 0;
    const waiting = ledgers.slice(1).map((ledger) =>
      ledger.coordinator.exclusive('action', signal, async () => {
        inside += 1;
        assert.equal(inside, 1);
        await setTimeout(50);
        inside -= 1;
      }),
    );
    await until(async () => (await client.query('SELECT FROM ledger.turns')).rowCount === 3);
    // What recovery does to a table that is not logged.
    await client.query('TRUNCATE ledger.turns');
    await Promise.all(waiting);
    held.resolve(undefined);
    await holding;
  });

  test('who was passed over as dead does not work beside the one who passed him', async (t) => {
    const { one, other, client } = await instances(t, 2);
    const { signal } = new AbortController();
    const [writer] = (await client.query<{ id: string }>('SELECT id FROM ledger.writers')).rows;
    // As on a PostgreSQL that has been there for long: otherwise everybody is alive in its first seconds.
    await client.query(
      `CREATE OR REPLACE FUNCTION ledger.is_alive(writer text, seconds integer) RETURNS boolean LANGUAGE sql STABLE
       AS $$ SELECT EXISTS (SELECT FROM ledger.writers WHERE id = writer
         AND beat_at > clock_timestamp() - make_interval(secs => seconds)) $$`,
    );
    await client.query(`INSERT INTO ledger.writers VALUES ('third', clock_timestamp() + interval '1 hour')`);
    await client.query(`INSERT INTO ledger.turns (key, holder) VALUES ('action', 'third')`);
    let inside = 0;
    const work = async () => {
      inside += 1;
      assert.equal(inside, 1);
      // Longer than from one beat to the next.
      await setTimeout(2_500);
      inside -= 1;
    };
    const waiting = [one, other].map((ledger) => ledger.coordinator.exclusive('action', signal, work));
    await until(async () => (await client.query('SELECT FROM ledger.turns')).rowCount === 3);
    // One of them is not heard of for so long that its turn passes on; then it is heard of again.
    await client.query('BEGIN');
    await client.query(`UPDATE ledger.writers SET beat_at = beat_at - interval '1 hour' WHERE id = $1`, [
      writer?.id,
    ]);
    await client.query(`DELETE FROM ledger.turns WHERE holder = 'third'`);
    await client.query('COMMIT');
    await Promise.all(waiting);
  });

  test('who stops waiting for PostgreSQL to answer is let go at once', async (t) => {
    const { one, client } = await instances(t, 2);
    await client.query('BEGIN');
    await client.query(`SELECT pg_advisory_xact_lock(hashtextextended('action', 5))`);
    const impatient = new AbortController();
    const refused = one.coordinator.exclusive('action', impatient.signal, async () => assert.fail());
    await until(
      async () =>
        (await client.query(`SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted`)).rowCount ===
        1,
    );
    impatient.abort(new Error('too long'));
    await assert.rejects(refused, /too long/);
    // It had not been given the lock by then.
    const next = one.coordinator.exclusive('action', new AbortController().signal, async () => 'next');
    await client.query('COMMIT');
    assert.equal(await next, 'next');
    await until(async () => (await client.query('SELECT FROM ledger.turns')).rowCount === 0);
  });

  test('a turn that was drawn without its process hearing of it is given back', async (t) => {
    const { one, client } = await instances(t, 2);
    const { signal } = new AbortController();
    await client.query(`INSERT INTO ledger.turns (key, holder) SELECT 'action', id FROM ledger.writers`);
    assert.equal(await one.coordinator.exclusive('action', signal, async () => 'my turn'), 'my turn');
  });

  test('a crash of PostgreSQL does not make tickets come twice', async (t) => {
    const own = await startPostgres({ durable: true });
    t.after(() => own.destroy());
    const databaseUrl = await own.createDatabase();
    const ledger = await openTestLedger({ databaseUrl });
    t.after(() => ledger.close());
    const ticket = async () => {
      const client = new pg.Client({ connectionString: databaseUrl });
      await client.connect();
      const { rows } = await client.query<{ mine: string }>(
        `SELECT mine FROM ledger.take_turn('k', 'me', 8)`,
      );
      await client.end();
      return Number(rows[0]?.mine);
    };
    const before = await ticket();
    await own.stop('kill');
    await own.start();
    assert.ok((await ticket()) > before);
  });

  test('the turn of one that is gone passes on', async (t) => {
    const { one, other, client } = await instances(t, 2);
    const { signal } = new AbortController();
    const never = Promise.withResolvers<undefined>();
    const held = one.coordinator.exclusive('action', signal, () => never.promise);
    await until(async () => (await client.query('SELECT FROM ledger.turns')).rowCount === 1);
    const passed = other.coordinator.exclusive('action', signal, async () => 'passed on');
    await until(async () => {
      await client.query(
        'DELETE FROM ledger.writers w USING ledger.turns t WHERE w.id = t.holder AND ticket = 1',
      );
      return Promise.race([passed.then(() => true), setTimeout(20, false)]);
    });
    assert.equal(await passed, 'passed on');
    never.resolve(undefined);
    await held;
    await until(async () => (await client.query('SELECT FROM ledger.turns')).rowCount === 0);
  });

  test('a bucket gives its burst and its rate to both together', async (t) => {
    const { one, other } = await instances(t, 2);
    const waits = await Promise.all(
      Array.from({ length: 30 }, (_, i) =>
        (i % 2 === 0 ? one : other).coordinator.reserve('tenant', 1, 60_000, 10),
      ),
    );
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
    await one.complete(begun.request_id, outcome(), sent);
    await client.query('UPDATE ledger_jobs.job SET start_after = now()');
    await until(async () => (await one.get(begun.request_id))?.webhook?.status === 'delivered');
    assert.deepEqual(received, [sent.id]);
    assert.equal((await one.get(begun.request_id))?.webhook_triggered, false);
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
        'the triggers hold for anybody',
      );
    }
    await client.query('SET ROLE cxone_ledger_writer');
    const more = ['DROP TABLE ledger.entries', 'ALTER TABLE ledger.entries DISABLE TRIGGER ALL'];
    for (const statement of [...statements, ...more]) {
      await assert.rejects(client.query(statement), { code: '42501' });
    }
    const role = await migrate(databaseUrl);
    const service = createConnections(databaseUrl, { max: 1, role, warn: () => undefined });
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
    await ledger.complete(begun.request_id, outcome(), sent);
    assert.equal((await ledger.outbox.attempt(sent.id, 10_000)).status, 'delivered');
    await ledger.coordinator.exclusive('k', new AbortController().signal, async () => undefined);
    await ledger.coordinator.reserve('k', 1, 10, 1);
    await ledger.check();
  });
});
