import assert from 'node:assert/strict';
import { after, before, describe, test, type TestContext } from 'node:test';
import pg from 'pg';
import { verifyCommand } from '../../src/ledger/cli/verify.ts';
import type { Ledger } from '../../src/services/ports.ts';
import { type Cluster, startPostgres } from '../support/postgres.ts';
import { lossyProxy } from './lossy-proxy.ts';
import { openTestLedger } from './storage.ts';
import { claim, intent, manipulate, notification, outcome, until } from './support.ts';

const UNAVAILABLE = { name: 'Problem', code: 'LEDGER_UNAVAILABLE' };

let cluster: Cluster;
before(async () => {
  cluster = await startPostgres({ durable: true });
});
after(() => cluster.destroy());

async function opened(t: TestContext, databaseUrl: string): Promise<Ledger> {
  const ledger = await openTestLedger({ databaseUrl });
  t.after(() => ledger.close());
  return ledger;
}

async function verify(databaseUrl: string): Promise<void> {
  const lines: string[] = [];
  const line = (text: string) => void lines.push(text);
  assert.equal(await verifyCommand([], { databaseUrl }, { out: line, error: line }), 0, lines.join('\n'));
}

/** Whole manipulations, many at a time, until told to stop. Knows what was acknowledged and what was refused. */
function load(t: TestContext, ledger: Ledger, concurrency = 8) {
  const acknowledged = new Set<string>();
  const unknown = new Set<string>();
  let stop = false;
  const lanes = Array.from({ length: concurrency }, async () => {
    while (!stop) {
      const begun = intent();
      try {
        await ledger.begin(begun, { claim: claim(begun.request_id), webhookUrl: null });
        await ledger.dispatch(begun.request_id);
        await ledger.complete(begun, outcome(), null);
        acknowledged.add(begun.request_id);
      } catch (error) {
        assert.equal((error as { code?: string }).code, 'LEDGER_UNAVAILABLE', String(error));
        unknown.add(begun.request_id);
        await new Promise(setImmediate);
      }
    }
  });
  const ended = async (): Promise<void> => {
    stop = true;
    await Promise.all(lanes);
  };
  t.after(ended);
  return { acknowledged, unknown, stop: ended };
}

/** Lets every lease expire. */
async function expireLeases(databaseUrl: string): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  await client.query(`UPDATE ledger.in_flight SET lease_until = '-infinity'`);
  await client.end();
}

/** What was acknowledged is there; what was not is there at most once, and either ended or given out to be settled. */
async function assertNothingLost(
  databaseUrl: string,
  ledger: Ledger,
  { acknowledged, unknown }: ReturnType<typeof load>,
): Promise<void> {
  for (const id of acknowledged) assert.equal((await ledger.audit.get(id))?.status, 'SUCCESS');
  await expireLeases(databaseUrl);
  const claimed = await ledger.claimExpired(10_000);
  const taken = new Set(claimed.map((one) => one.intent.request_id));
  for (const id of unknown) {
    const record = await ledger.audit.get(id);
    assert.equal(taken.has(id), record?.status === 'PROCESSING', `${id} is ${record?.status}`);
  }
  assert.ok([...taken].every((id) => unknown.has(id)));
  for (const one of claimed) {
    await ledger.complete(one.intent, outcome({ status: 'UNKNOWN', reconciled: true }), null);
  }
}

describe('PostgreSQL that fails', () => {
  test('connections are terminated under load: no crash, nothing lost, nothing doubled', async (t) => {
    const databaseUrl = await cluster.createDatabase();
    const ledger = await opened(t, databaseUrl);
    const client = new pg.Client({ connectionString: databaseUrl });
    await client.connect();
    t.after(() => client.end());
    const running = load(t, ledger);
    for (let round = 1; round <= 12; round += 1) {
      const before = running.acknowledged.size;
      await until(() => running.acknowledged.size >= before + 10);
      await client.query(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
         WHERE application_name = 'cxone-date-service' AND datname = current_database()`,
      );
    }
    await running.stop();
    assert.ok(running.unknown.size > 0, 'the terminations were felt');
    await until(() =>
      manipulate(ledger).then(
        () => true,
        () => false,
      ),
    );
    await assertNothingLost(databaseUrl, ledger, running);
    await verify(databaseUrl);
  });

  test('PostgreSQL is killed and started again: 503 in the meantime, then as before', async (t) => {
    const databaseUrl = await cluster.createDatabase();
    const ledger = await opened(t, databaseUrl);
    const key = claim('k');
    const before = intent();
    await ledger.begin(before, { claim: key, webhookUrl: null });
    await ledger.complete(before, outcome(), null);
    const running = load(t, ledger);
    await until(() => running.acknowledged.size >= 20);
    await cluster.stop('kill');
    await until(() => running.unknown.size >= 20);
    const refused = { ...UNAVAILABLE, status: 503, retryAfterSeconds: 2 };
    await assert.rejects(ledger.begin(intent(), { webhookUrl: null }), refused);
    await assert.rejects(ledger.check(), UNAVAILABLE);
    await assert.rejects(ledger.audit.list({}, 10), UNAVAILABLE);
    await cluster.start();
    const seen = running.acknowledged.size;
    await until(() => running.acknowledged.size >= seen + 20);
    await running.stop();
    await ledger.check();
    await assertNothingLost(databaseUrl, ledger, running);
    assert.equal((await ledger.begin(intent(), { claim: key, webhookUrl: null })).kind, 'replay');
    await verify(databaseUrl);
  });

  test('the answer to a commit is lost: what it did is found out, not done again', async (t) => {
    const databaseUrl = await cluster.createDatabase();
    const proxy = await lossyProxy(databaseUrl);
    const ledger = await openTestLedger({ databaseUrl: proxy.url });
    t.after(async () => {
      await ledger.close();
      proxy.close();
    });
    const begun = intent();
    proxy.loseAnswer();
    await assert.rejects(ledger.begin(begun, { claim: claim('k'), webhookUrl: null }), UNAVAILABLE);
    assert.equal(proxy.lost(), 1);
    assert.equal((await ledger.begin(intent(), { claim: claim('k'), webhookUrl: null })).kind, 'in_progress');
    await expireLeases(databaseUrl);
    assert.deepEqual(await ledger.claimExpired(10), [
      { intent: begun, dispatched: false, postponed: 0, webhookUrl: null },
    ]);
    proxy.loseAnswer();
    await assert.rejects(ledger.complete(begun, outcome(), null), UNAVAILABLE);
    assert.equal(proxy.lost(), 2);
    assert.equal((await ledger.audit.get(begun.request_id))?.status, 'SUCCESS');
    assert.deepEqual(await ledger.claimExpired(10), []);
    assert.equal((await ledger.begin(intent(), { claim: claim('k'), webhookUrl: null })).kind, 'replay');

    const never = intent();
    proxy.loseQuestion();
    await assert.rejects(ledger.begin(never, { claim: claim('n'), webhookUrl: null }), UNAVAILABLE);
    assert.equal(proxy.lost(), 3);
    assert.equal(await ledger.audit.get(never.request_id), null);
    assert.deepEqual(await ledger.claimExpired(10), []);
    // Until PostgreSQL has seen that its client is gone, the key is still being claimed.
    await until(
      async () => (await ledger.begin(intent(), { claim: claim('n'), webhookUrl: null })).kind === 'begun',
    );
    await verify(databaseUrl);
  });

  test('the answer to a claim is lost: what was claimed is claimed again when its lease expires', async (t) => {
    const databaseUrl = await cluster.createDatabase();
    const ended = await openTestLedger({ databaseUrl });
    const begun = [intent(), intent()];
    for (const one of begun) await ended.begin(one, { webhookUrl: null });
    await ended.close();
    const proxy = await lossyProxy(databaseUrl);
    const ledger = await openTestLedger({ databaseUrl: proxy.url });
    t.after(async () => {
      await ledger.close();
      proxy.close();
    });
    proxy.loseAnswer();
    await assert.rejects(ledger.claimExpired(10), UNAVAILABLE);
    assert.equal(proxy.lost(), 1);
    assert.deepEqual(await ledger.claimExpired(10), []);
    await expireLeases(databaseUrl);
    assert.deepEqual(
      (await ledger.claimExpired(10)).map((one) => one.intent),
      begun,
    );
    assert.deepEqual(await ledger.claimExpired(10), []);
  });

  test('a webhook’s Retry-After is waited for, also when the note of it takes long', async (t) => {
    const databaseUrl = await cluster.createDatabase();
    const ledger = await openTestLedger({ databaseUrl, schedule: [0.01] });
    t.after(() => ledger.close());
    const locker = new pg.Client({ connectionString: databaseUrl });
    await locker.connect();
    t.after(() => locker.end());
    const tries: number[] = [];
    await ledger.outbox.start(async ({ id }) => {
      tries.push(performance.now());
      if (tries.length > 1) return { outcome: 'delivered' };
      await locker.query('BEGIN');
      await locker.query('SELECT FROM ledger.deliveries WHERE id = $1 FOR UPDATE', [id]);
      return { outcome: 'failed', final: false, detail: '429', retryAfterSeconds: 1 };
    });
    const begun = intent();
    const sent = notification(begun.request_id);
    await ledger.begin(begun, { webhookUrl: sent.url });
    await ledger.complete(begun, outcome(), sent);
    await ledger.outbox.attempt(sent.id, 10_000);
    await until(async () => {
      const waiting = await locker.query('SELECT FROM pg_locks WHERE NOT granted');
      return waiting.rowCount === 1;
    });
    await locker.query('COMMIT');
    await until(() => tries.length === 2);
    const [first = 0, second = 0] = tries;
    assert.ok(second - first >= 995, `tried again after ${second - first} ms`);
  });

  test('no connection is left: refused, and served again when there is one', async (t) => {
    const small = await startPostgres({
      settings: ['max_connections=12', 'superuser_reserved_connections=0'],
    });
    t.after(() => small.destroy());
    const databaseUrl = await small.createDatabase();
    const ledger = await opened(t, databaseUrl);
    await manipulate(ledger);
    const hogs: pg.Client[] = [];
    const hog = async (): Promise<boolean> => {
      const client = new pg.Client({ connectionString: databaseUrl });
      client.on('error', () => undefined);
      const connected = await client.connect().then(
        () => true,
        () => false,
      );
      if (connected) hogs.push(client);
      return connected;
    };
    await hog();
    // Ours are thrown out until all twelve are others'.
    await until(async () => {
      await hogs[0]?.query(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'cxone-date-service'`,
      );
      while (await hog());
      return hogs.length === 12;
    });
    await assert.rejects(ledger.begin(intent(), { webhookUrl: null }), {
      ...UNAVAILABLE,
      message: /no connection/,
    });
    await Promise.all(hogs.map((client) => client.end()));
    await until(() =>
      manipulate(ledger).then(
        () => true,
        () => false,
      ),
    );
  });

  test('read-only: refused before anything is written', async (t) => {
    const databaseUrl = await cluster.createDatabase();
    const ledger = await opened(t, databaseUrl);
    await manipulate(ledger);
    const client = new pg.Client({ connectionString: databaseUrl });
    await client.connect();
    t.after(() => client.end());
    const name = new URL(databaseUrl).pathname.slice(1);
    const restrict = async (on: boolean) => {
      await client.query(`ALTER DATABASE ${name} SET default_transaction_read_only = ${on}`);
      await client.query(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
         WHERE application_name = 'cxone-date-service' AND datname = current_database()`,
      );
    };
    await restrict(true);
    await assert.rejects(ledger.begin(intent(), { webhookUrl: null }), UNAVAILABLE);
    await assert.rejects(ledger.begin(intent(), { webhookUrl: null }), {
      ...UNAVAILABLE,
      message: /read-only/,
    });
    await assert.rejects(ledger.check(), UNAVAILABLE);
    assert.equal((await ledger.audit.list({}, 10)).items.length, 1, 'what was written can still be read');
    await client.query('SET default_transaction_read_only = off');
    await restrict(false);
    await until(() =>
      manipulate(ledger).then(
        () => true,
        () => false,
      ),
    );
  });

  test('a database that cannot be reached stops the start with one line', async () => {
    for (const host of ['127.0.0.1', 'localhost']) {
      await assert.rejects(openTestLedger({ databaseUrl: `postgres://someone@${host}:1/none` }), {
        message: /^PostgreSQL cannot be used: .*ECONNREFUSED[^\n]*$/,
      });
    }
  });
});
