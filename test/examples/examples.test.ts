/** The examples, run as they stand against the real service, with a key that it wants. */
import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { parse } from 'yaml';
import { createKey } from '../../src/cli/keys.ts';
import { startService } from '../support/service.ts';
import { temporaryDirectory } from '../support/temporary.ts';
import { installClient } from '../support/client-package.ts';

const run = promisify(execFile);
const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const EXAMPLES = join(ROOT, 'examples');

/** Whether a program is missing here; then the test is skipped, and says so. */
function lacks(t: TestContext, program: string): boolean {
  if (spawnSync(program, ['--version']).status === 0) return false;
  process.stderr.write(`SKIPPED: there is no ${program} on this machine\n`);
  t.skip(`there is no ${program} on this machine`);
  return true;
}

/** A service that asks for a key, and what an example is to be told of it. */
async function service(t: TestContext) {
  const { key, line } = createKey('scheduler', 'manipulations:write');
  const file = join(temporaryDirectory(t), 'keys');
  writeFileSync(file, `${line}\n`);
  const { url, sandbox } = await startService(t, { AUTH_MODE: 'required', API_KEYS_FILE: file });
  return { env: { PATH: process.env['PATH'], DATES_URL: url, DATES_KEY: key }, sandbox };
}

const today = () => new Date().toISOString().slice(0, 10);

interface Program {
  command: string;
  args: string[];
  env?: Record<string, string>;
}

/** Started twice as a scheduler may: it answers both times, and writes once. */
async function writesOnce(t: TestContext, { command, args, env }: Program): Promise<void> {
  const { env: told, sandbox } = await service(t);
  const day = today();
  for (let starts = 1; starts <= 2; starts += 1) {
    const { stdout } = await run(command, args, { env: { ...told, ...env }, cwd: EXAMPLES });
    assert.match(stdout, /SUCCESS/);
    assert.match(stdout, /T00:00:00\.000-0[45]:00/);
  }
  // The key is that of the day: once more, where midnight came in between.
  if (today() !== day) return writesOnce(t, { command, args, ...(env && { env }) });
  assert.equal(sandbox.requests.filter(({ endpoint }) => endpoint === 'write').length, 1);
}

/** With a key that the service does not know: the exit code and the answer tell. */
async function refuses(t: TestContext, { command, args, env }: Program): Promise<void> {
  const { env: told } = await service(t);
  await assert.rejects(run(command, args, { env: { ...told, ...env, DATES_KEY: 'cxd_wrong' } }), (error) => {
    const { stdout, stderr, code } = error as { stdout: string; stderr: string; code: number };
    assert.notEqual(code, 0);
    assert.match(stdout + stderr, /UNAUTHENTICATED/);
    return true;
  });
}

test('cron: a script with curl, started twice, writes once', async (t) => {
  if (lacks(t, 'curl')) return;
  const program = { command: 'sh', args: [join(EXAMPLES, 'cron/nightly.sh')] };
  await writesOnce(t, program);
  await refuses(t, program);
});

test('cron: the table names the script, and a time that cron can read', () => {
  const lines = readFileSync(join(EXAMPLES, 'cron/crontab'), 'utf8').split('\n');
  const [job = ''] = lines.filter((line) => /^[\d*]/.test(line));
  assert.match(job, /^15 2 \* \* \* {2}.*nightly\.sh >> /);
});

interface CronJob {
  kind: string;
  spec: {
    schedule: string;
    concurrencyPolicy: string;
    jobTemplate: { spec: { template: { spec: { containers: [Container]; restartPolicy: string } } } };
  };
}
interface Container {
  image: string;
  command: string[];
  args: string[];
  env: { name: string }[];
  securityContext: { readOnlyRootFilesystem: boolean };
}

test('Kubernetes: the command of the CronJob, run twice in one job, writes once', async (t) => {
  const job = parse(readFileSync(join(EXAMPLES, 'kubernetes/cronjob.yaml'), 'utf8')) as CronJob;
  assert.equal(job.kind, 'CronJob');
  assert.equal(job.spec.concurrencyPolicy, 'Forbid');
  const { containers, restartPolicy } = job.spec.jobTemplate.spec.template.spec;
  const [{ command, args, env, image, securityContext }] = containers;
  assert.equal(restartPolicy, 'Never');
  assert.match(image, /:\d+\.\d+\.\d+$/);
  assert.equal(securityContext.readOnlyRootFilesystem, true);
  assert.deepEqual(
    env.map(({ name }) => name),
    ['DATES_URL', 'DATES_KEY', 'JOB_NAME'],
  );
  if (lacks(t, 'curl')) return;
  const [program = '', ...options] = command;
  const started = { command: program, args: [...options, ...args], env: { JOB_NAME: 'shift-start-29' } };
  await writesOnce(t, started);
  await refuses(t, started);
});

test('TypeScript: with the client as a package, started twice, writes once', async (t) => {
  const directory = temporaryDirectory(t);
  const installed = join(directory, 'node_modules/cxone-date-service-client');
  await installClient(installed);
  const file = join(directory, 'nightly.ts');
  writeFileSync(file, readFileSync(join(EXAMPLES, 'typescript/nightly.ts')));
  const program = { command: process.execPath, args: [file] };
  await writesOnce(t, program);
  await refuses(t, program);
});

test('Python: with its standard library only, started twice, writes once', async (t) => {
  if (lacks(t, 'python3')) return;
  const program = { command: 'python3', args: [join(EXAMPLES, 'python/nightly.py')] };
  await writesOnce(t, program);
  await refuses(t, program);
});
