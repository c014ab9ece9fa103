import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { startSandbox } from '../src/sandbox/index.ts';
import { client, EXAMPLE, pointingTo } from './support/service.ts';
import { temporaryDirectory } from './support/temporary.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** What the image runs, without its `node`. */
const IMAGE_COMMAND = (
  JSON.parse(/^CMD (.*)$/m.exec(readFileSync(join(ROOT, 'Dockerfile'), 'utf8'))?.[1] ?? '[]') as string[]
).slice(1);

// Before the tests, so that the bundle is there and two of them do not write it at once.
before(() => promisify(execFile)(process.execPath, ['scripts/build.ts', '--entry'], { cwd: ROOT }));

test('npm start is one process that runs the bundle, and a SIGTERM to npm stops the service', async (t) => {
  if (process.platform !== 'linux') {
    process.stderr.write('SKIPPED: the children of a process are read from /proc, which only Linux has.\n');
    t.skip('needs /proc');
    return;
  }
  const npm = spawn('npm', ['start'], {
    cwd: ROOT,
    env: {
      PATH: process.env['PATH'],
      HOME: process.env['HOME'],
      PORT: '0',
      SHUTDOWN_DRAIN_MS: '0',
      DATABASE_URL: `sqlite:${join(temporaryDirectory(t), 'ledger.db')}`,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  });
  t.after(() => {
    try {
      process.kill(-(npm.pid ?? 0), 'SIGKILL');
    } catch {
      // All of it has ended, as it should.
    }
  });
  let output = '';
  npm.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  const closed = once(npm.stdout, 'close');
  while (!/listening at/.test(output)) await once(npm.stdout, 'data');
  const pid = Number(/"pid":(\d+)/.exec(output)?.[1]);
  const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  assert.deepEqual(command.split('\0').slice(1, -1), IMAGE_COMMAND);
  // The shell that npm makes has become the service: its parent is npm itself.
  assert.equal(Number(/^PPid:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]), npm.pid);
  npm.kill('SIGTERM');
  await closed;
  assert.match(output, /"msg":"stopping"/);
  assert.throws(() => process.kill(pid, 0), { code: 'ESRCH' });
});

test('the bundle does what the sources do, its SQLite thread and console included', async (t) => {
  const sandbox = await startSandbox();
  t.after(() => sandbox.close());
  const child = spawn(process.execPath, ['dist/server.js'], {
    cwd: ROOT,
    env: {
      ...pointingTo(sandbox),
      LOG_LEVEL: 'info',
      PORT: '0',
      DATABASE_URL: `sqlite:${join(temporaryDirectory(t), 'ledger.db')}`,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  t.after(() => child.kill('SIGKILL'));
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  while (!/listening at/.test(output)) await once(child.stdout, 'data');
  const { get, post } = client(/listening at (http:[^"]+)/.exec(output)?.[1] ?? '');
  const written = await post('/manipulations', EXAMPLE);
  assert.equal(written.status, 200);
  assert.equal((await get(`/audit-records/${written.body.request_id}`)).status, 200);
  assert.equal((await get('/health/ready')).status, 200);
  assert.equal((await get('/docs/')).status, 200);
  assert.equal((await get('/console')).status, 200);
  assert.match((await get<string>('/metrics')).body, /^build_info\{/m);
  // A bad body is told as the schema says, by a validator that was compiled when it was needed.
  assert.equal((await post('/manipulations/preview', { operation: 'NONE' })).body.code, 'VALIDATION_FAILED');
});

test('what is not used is not loaded: no PostgreSQL, no OpenTelemetry SDK, no sandbox with credentials', async (t) => {
  const sandbox = await startSandbox();
  t.after(() => sandbox.close());
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [
      '--eval',
      `import { registerHooks } from 'node:module';
       const loaded = new Set();
       registerHooks({ load(url, context, next) { loaded.add(url); return next(url, context); } });
       const { buildApp } = await import('./src/app.ts');
       const { loadConfig } = await import('./src/config.ts');
       const app = await buildApp(loadConfig(process.env), { warmUp: false });
       await app.listen({ host: '127.0.0.1', port: 0 });
       await app.close();
       process.stdout.write(JSON.stringify([...loaded]));`,
    ],
    {
      cwd: ROOT,
      env: {
        ...pointingTo(sandbox),
        DATABASE_URL: `sqlite:${join(temporaryDirectory(t), 'ledger.db')}`,
      },
      maxBuffer: 16 * 1024 * 1024,
    },
  );
  const loaded = JSON.parse(stdout) as string[];
  assert.ok(loaded.some((url) => url.includes('/fastify/')));
  const unused =
    /node_modules\/(pg|pg-boss|@opentelemetry\/(sdk|exporter|instrumentation)|@fastify\/otel)|src\/sandbox|src\/ledger\/postgres/;
  assert.deepEqual(
    loaded.filter((url) => unused.test(url)),
    [],
  );
});
