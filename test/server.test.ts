import assert from 'node:assert/strict';
import { chmodSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { startSandbox } from '../src/sandbox/index.ts';
import { startProcess } from './support/process.ts';
import { EXAMPLE, client, pointingTo } from './support/service.ts';
import { temporaryDirectory } from './support/temporary.ts';
import { checkpointKey } from './ledger/storage.ts';

test('starts with nothing set, says that the sandbox stands in, and stops on SIGTERM with 0', async (t) => {
  const service = startProcess(t, { DATABASE_URL: `sqlite:${join(temporaryDirectory(t), 'ledger.db')}` });
  const { get, post } = client(await service.listening);
  assert.match(service.output(), /the embedded sandbox stands in for CXone/);
  assert.equal((await post('/manipulations', EXAMPLE)).status, 200);
  const { status, body } = await get<{ status: string; dependencies: object }>('/health/ready');
  assert.deepEqual([status, body.status], [200, 'ready']);
  assert.deepEqual(body.dependencies, {
    ledger: { state: 'ok' },
    cxone: { state: 'ok' },
    process: { state: 'ok' },
  });
  assert.deepEqual(await service.stop(), { code: 0, signal: null });
});

test('what cannot start says why in one line that names the variable', async (t) => {
  const directory = temporaryDirectory(t);
  const keys = join(directory, 'keys');
  writeFileSync(keys, 'nonsense\n');
  const file = join(directory, 'file');
  writeFileSync(file, '');
  const cases: [env: Record<string, string>, line: RegExp][] = [
    [{ PORT: 'x' }, /^PORT must be/],
    [{ API_KEYS_FILE: join(directory, 'none') }, /^API_KEYS_FILE: /],
    [{ API_KEYS_FILE: keys }, /^API_KEYS_FILE line 1 is not/],
    [{ WEBHOOK_URL: 'http://127.0.0.1:1/hook' }, /^WEBHOOK_URL: /],
    [{ WEBHOOK_URL: 'https://hooks.example/x', WEBHOOK_SECRET: 'whsec_!' }, /^WEBHOOK_SECRET: /],
    [{ DATABASE_URL: `sqlite:${file}/ledger.db` }, /^DATABASE_URL: /],
    // A secret where its file, or something else, belongs is not quoted.
    [{ API_KEYS_FILE: 'cxd_Secret' }, /^API_KEYS_FILE: (?!.*cxd_)/],
    [{ CALENDARS_DIR: 'whsec_Secret' }, /^CALENDARS_DIR: (?!.*whsec)/],
    [{ WEBHOOK_ALLOWED_HOSTS: 'whsec_Secret/+=' }, /^WEBHOOK_ALLOWED_HOSTS: (?!.*whsec)/],
  ];
  await eachEnds(t, directory, cases);
});

test('a ledger that cannot be, a near miss of a name and timeouts that contradict each other stop the start', async (t) => {
  const directory = temporaryDirectory(t);
  await eachEnds(t, directory, [
    [{ DATABASE_URL: `sqlite:${directory}` }, /^DATABASE_URL: The ledger .+ it is no regular file/],
    // A folder that can never be made: Node's own recursive mkdir does not come back from there.
    [{ DATABASE_URL: 'sqlite:/proc/none/ledger.db' }, /^DATABASE_URL: The ledger .+ cannot be opened: E/],
    [{ CXONE_CLIENTID: 'x' }, /^CXONE_CLIENTID is not a variable .+CXONE_CLIENT_ID\?/],
    [{ CXONE_ATTEMPT_TIMEOUT_MS: '20000' }, /^CXONE_ATTEMPT_TIMEOUT_MS .+CXONE_DEADLINE_MS/],
  ]);
});

async function eachEnds(
  t: TestContext,
  directory: string,
  cases: [env: Record<string, string>, line: RegExp][],
): Promise<void> {
  await Promise.all(
    cases.map(async ([env, line]) => {
      const service = startProcess(t, {
        LOG_LEVEL: 'silent',
        DATABASE_URL: `sqlite:${join(directory, 'ledger.db')}`,
        ...env,
      });
      const { code } = await service.ended;
      const stderr = service.errors();
      assert.equal(code, 1, stderr);
      assert.match(stderr, line);
      assert.equal(stderr.trim().split('\n').length, 1, stderr);
    }),
  );
}

test('what the service makes is for its own user alone, and a secret file that is not is told of', async (t) => {
  const directory = temporaryDirectory(t);
  const secret = join(directory, 'secret');
  const key = await checkpointKey(directory);
  writeFileSync(secret, 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw');
  chmodSync(secret, 0o644);
  const made = join(directory, 'made');
  const checkpoints = join(directory, 'checkpoints');
  const service = startProcess(t, {
    DATABASE_URL: `sqlite:${made}/ledger.db`,
    WEBHOOK_SECRET_FILE: secret,
    AUDIT_CHECKPOINT_KEY_FILE: key,
    AUDIT_CHECKPOINT_DIR: checkpoints,
  });
  await service.listening;
  for (const path of [made, checkpoints].flatMap((name) => [
    name,
    ...readdirSync(name).map((file) => join(name, file)),
  ])) {
    assert.equal(statSync(path).mode & 0o077, 0, path);
  }
  assert.match(service.output(), /WEBHOOK_SECRET_FILE \S+ is open to every user of this machine/);
  assert.doesNotMatch(service.output(), /AUDIT_CHECKPOINT_KEY_FILE \S+ is open/);
});

test('no secret and no token shows in the log, however much is logged', async (t) => {
  const sandbox = await startSandbox();
  t.after(() => sandbox.close());
  const service = startProcess(t, {
    ...pointingTo(sandbox),
    DATABASE_URL: `sqlite:${join(temporaryDirectory(t), 'ledger.db')}`,
    LOG_LEVEL: 'trace',
    CXONE_MAX_ATTEMPTS: '2',
  });
  const { post } = client(await service.listening);
  sandbox.fault('token', { status: 401 }, 1);
  await post('/manipulations', EXAMPLE, { authorization: 'Bearer callers-own-secret' });
  sandbox.fault('write', { status: 500, body: 'oops' }, 2);
  await post('/manipulations', EXAMPLE, { authorization: 'Bearer callers-own-secret' });
  assert.equal((await post('/manipulations', EXAMPLE)).status, 200);
  await service.stop();
  const tokens = sandbox.requests.flatMap(({ headers }) => headers.authorization?.split(' ')[1] ?? []);
  assert.ok(tokens.length > 0);
  for (const secret of [sandbox.clientSecret, sandbox.webhookSecret, 'callers-own-secret', ...tokens]) {
    assert.ok(!service.output().includes(secret));
    assert.ok(!service.output().includes(encodeURIComponent(secret)));
  }
});
