import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { LookupFunction } from 'node:net';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { after, before, test } from 'node:test';
import type { Worker } from 'node:worker_threads';
import pg from 'pg';
import { buildApp } from '../../src/app.ts';
import { loadConfig } from '../../src/config.ts';
import { startSandbox } from '../../src/sandbox/index.ts';
import { guardedConnector } from '../../src/webhooks/connector.ts';
import { createWebhooks } from '../../src/webhooks/deliver.ts';
import { createUrlRules } from '../../src/webhooks/url-rules.ts';
import { type Cluster, startPostgres } from '../support/postgres.ts';
import { SERVICE_ARGUMENTS, SERVICE_ENVIRONMENT } from '../support/process.ts';
import { client, EXAMPLE, pointingTo, startService } from '../support/service.ts';
import { temporaryDirectory } from '../support/temporary.ts';
import { notification } from '../webhooks/support.ts';
import { until } from '../support/until.ts';

// An exception that reaches the event loop ends the process, and fails a test here: so each of these throws where a library
// calls back, and then sees that all goes on.

/** Throws whatever one does with it. */
const POISON: unknown = new Proxy(
  {},
  {
    get: () => {
      throw new Error('poison');
    },
    has: () => {
      throw new Error('poison');
    },
  },
);

const RESOLVERS: Record<string, LookupFunction> = {
  'throws at once': () => {
    throw new Error('poison');
  },
  'answers with what throws': (_name, _options, callback) => callback(null, POISON as string, 4),
  'answers with a list of what throws': (_name, _options, callback) => callback(null, [POISON] as never, 4),
  'fails with what throws': (_name, _options, callback) => callback(POISON as Error, '', 4),
  'fails with what throws, later': (_name, _options, callback) =>
    void setImmediate(() => callback(POISON as Error, [POISON] as never, 4)),
  'answers twice': (_name, _options, callback) => {
    callback(null, [{ address: '8.8.8.8', family: 4 }] as never, 4);
    callback(new Error('after all'), '', 4);
  },
};

test('a resolver that throws or answers with what throws is a failed try, at the door as well', async (t) => {
  for (const [title, lookup] of Object.entries(RESOLVERS)) {
    const webhooks = createWebhooks(
      { secrets: [], allowedHosts: [], lookup, timeoutMs: 500 },
      { clock: { now: () => 0 } },
    );
    t.after(() => webhooks.close());
    const url = 'https://poison.example:1/hook';
    assert.equal((await webhooks.deliver(notification(url))).outcome, 'failed', title);
    await webhooks.acceptResolved(url).catch((error: unknown) => {
      assert.equal((error as { code?: string }).code, 'WEBHOOK_URL_REFUSED', title);
    });
  }
});

test('rules that throw when a connection is there are a failed connection', async (t) => {
  const sandbox = await startSandbox();
  t.after(() => sandbox.close());
  const { hostname, port, protocol } = new URL(sandbox.url);
  const rules = createUrlRules([hostname]);
  let judged = 0;
  const connect = guardedConnector(
    {
      ...rules,
      permits: (...asked) => {
        judged += 1;
        if (judged > 1) throw new Error('poison');
        return rules.permits(...asked);
      },
    },
    { timeoutMs: 5_000 },
  );
  const failed = await new Promise((resolve) =>
    connect({ hostname, port, protocol }, (...[error]) => resolve(error)),
  );
  assert.match(String(failed), /poison/);
  assert.equal(judged, 2);
});

test('a hook that throws is the failure of its request alone, in whichever phase', async (t) => {
  const sandbox = await startSandbox();
  const directory = temporaryDirectory(t);
  const app = await buildApp(
    loadConfig({ ...pointingTo(sandbox), DATABASE_URL: `sqlite:${join(directory, 'ledger.db')}` }),
  );
  t.after(async () => {
    await app.close();
    await sandbox.close();
  });
  const thrownIn = new Set<string>();
  const throwing =
    (phase: string) =>
    (request: { headers: Record<string, unknown> }, ...rest: unknown[]) => {
      if (request.headers['x-throw'] === phase) {
        thrownIn.add(phase);
        throw new Error('poison');
      }
      (rest.at(-1) as () => void)();
    };
  app.addHook('onRequest', throwing('onRequest'));
  app.addHook('preParsing', throwing('preParsing'));
  app.addHook('preValidation', throwing('preValidation'));
  app.addHook('preHandler', throwing('preHandler'));
  app.addHook('preSerialization', throwing('preSerialization'));
  app.addHook('onSend', throwing('onSend'));
  app.addHook('onResponse', throwing('onResponse'));
  const { get, post } = client(await app.listen({ host: '127.0.0.1', port: 0 }));
  const phases = [
    'onRequest',
    'preParsing',
    'preValidation',
    'preHandler',
    'preSerialization',
    'onSend',
    'onResponse',
  ];
  for (const phase of phases) {
    const headers = { 'x-throw': phase };
    const answers = await Promise.allSettled([
      get('/audit-records', headers),
      post('/manipulations', EXAMPLE, headers),
    ]);
    for (const answer of answers) {
      const status = answer.status === 'fulfilled' ? answer.value.status : 'no answer';
      assert.equal(status, phase === 'onResponse' ? 200 : 500, phase);
    }
    assert.ok(thrownIn.has(phase), phase);
    assert.equal((await post('/manipulations', EXAMPLE)).status, 200, phase);
  }
});

// A thread that an earlier test has started serves the next one as well.
const threads: Worker[] = [];
process.on('worker', (worker) => threads.push(worker));

test('messages of a thread that mean nothing are passed over, and its failure is told', async (t) => {
  const { get, post } = await startService(t);
  const workers = threads.filter((worker) => worker.listenerCount('message') > 0);
  assert.ok(workers.length >= 1);
  for (const worker of workers) {
    for (const message of [undefined, null, 'ready', 1, {}, { id: 1e9 }, { id: 'x' }, { failed: {} }]) {
      worker.emit('message', message);
    }
    worker.emit('messageerror', new Error('poison'));
  }
  assert.equal((await post('/manipulations', EXAMPLE)).status, 200);
  for (const worker of workers) {
    worker.emit('error', new Error('poison'));
    // It only seems to have failed.
    t.after(() => worker.terminate());
  }
  const refused = await post('/manipulations', EXAMPLE);
  assert.deepEqual([refused.status, refused.body.code], [503, 'LEDGER_UNAVAILABLE']);
  assert.equal((await get('/health/live')).status, 200);
  assert.equal((await get('/health/ready')).status, 503);
});

let cluster: Cluster;
before(async () => {
  cluster = await startPostgres();
});
after(() => cluster.destroy());

test('whatever PostgreSQL notifies, notices or ends, the service goes on', async (t) => {
  const DATABASE_URL = await cluster.createDatabase();
  const { post } = await startService(t, { DATABASE_URL });
  assert.equal((await post('/manipulations', EXAMPLE)).status, 200);
  const other = new pg.Client({ connectionString: DATABASE_URL });
  await other.connect();
  t.after(() => other.end());
  for (const payload of [
    '',
    ' ',
    'wanted',
    'free',
    'wanted x y',
    'free __proto__',
    'x'.repeat(7_000),
    '{"a":1}',
  ]) {
    await other.query('SELECT pg_notify($1, $2)', ['ledger_locks', payload]);
  }
  // A trigger's notice arrives on the connection that the service writes with.
  await other.query(`CREATE FUNCTION noisy() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN RAISE NOTICE 'n'; RAISE WARNING 'w'; RETURN NEW; END $$;
    CREATE TRIGGER noisy BEFORE INSERT ON ledger.entries FOR EACH ROW EXECUTE FUNCTION noisy()`);
  assert.equal((await post('/manipulations', EXAMPLE)).status, 200);
  for (let round = 0; round < 3; round += 1) {
    await other.query(
      'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname = current_database()',
    );
    // A request that was using one may fail; the next ones find new connections.
    await until(async () => (await post('/manipulations', EXAMPLE)).status === 200);
  }
});

test('a log whose reader has gone costs its lines, and nothing else', async (t) => {
  const child = spawn(process.execPath, SERVICE_ARGUMENTS, {
    cwd: join(import.meta.dirname, '../..'),
    env: {
      ...SERVICE_ENVIRONMENT,
      DATABASE_URL: `sqlite:${join(temporaryDirectory(t), 'ledger.db')}`,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  t.after(() => child.kill('SIGKILL'));
  const exited = once(child, 'exit');
  const url = await listeningAt(child.stdout);
  child.stdout.destroy();
  const { get, post } = client(url);
  for (let n = 0; n < 5; n += 1) {
    assert.equal((await post('/manipulations', EXAMPLE)).status, 200);
    assert.equal((await get('/nowhere')).status, 404);
  }
  child.kill('SIGTERM');
  assert.deepEqual(await exited, [0, null]);
});

async function listeningAt(output: Readable): Promise<string> {
  let text = '';
  for await (const chunk of output.iterator({ destroyOnReturn: false })) {
    text += String(chunk);
    const [, url] = /listening at (http:\/\/[^"\s]+)/.exec(text) ?? [];
    if (url !== undefined) return url;
  }
  throw new Error(`It did not listen: ${text}`);
}
