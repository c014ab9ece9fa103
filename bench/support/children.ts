import { type ChildProcess, execFileSync, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { FloorAnswer, FloorLoad } from './floor-process.ts';
import type { Answered, Load } from './load-process.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** What `npm start` runs: the bundle, made when it is missing or old. */
const SERVER = execFileSync(process.execPath, ['scripts/build.ts', '--entry'], {
  cwd: ROOT,
  encoding: 'utf8',
})
  .trim()
  .split(' ');
const LISTENING = /Server listening at (http:\/\/[^"\s]+)/;
const CLOCK_TICK_MS = 10;

/** Everything that a row starts ends with it. */
export interface Lifetime {
  defer(end: () => unknown): void;
}

export interface Child<Ask, Answer, Hello> {
  hello: Hello;
  ask(message: Ask): Promise<Answer>;
}

async function child<Ask, Answer, Hello>(
  lifetime: Lifetime,
  file: string,
  args: string[] = [],
): Promise<Child<Ask, Answer, Hello>> {
  const started = fork(join(import.meta.dirname, file), args, {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  lifetime.defer(() => started.kill());
  const [hello] = (await once(started, 'message')) as [Hello];
  return {
    hello,
    ask: async (message) => {
      const answered = new AbortController();
      const answer = once(started, 'message', { signal: answered.signal }) as Promise<[Answer]>;
      const ended = once(started, 'exit', { signal: answered.signal }).then(() => {
        throw new Error(`${file} ended in the middle of its work.`);
      });
      started.send(message as object);
      try {
        return (await Promise.race([answer, ended]))[0];
      } finally {
        answered.abort();
        // Both have lost their race by now, or one of them is what is thrown.
        await Promise.allSettled([answer, ended]);
      }
    },
  };
}

export const startLoad = (lifetime: Lifetime) => child<Load, Answered, unknown>(lifetime, 'load-process.ts');

export const startFloor = (lifetime: Lifetime) =>
  child<FloorLoad, FloorAnswer, unknown>(lifetime, 'floor-process.ts');

export const startBareFastify = (lifetime: Lifetime, route = true) =>
  child<never, never, { url: string }>(lifetime, 'fastify-process.ts', route ? ['route'] : []);

export const startTenant = async (lifetime: Lifetime, { etag = false } = {}) => {
  const tenant = await child<object, { requests: number; gaps: number[] }, { url: string }>(
    lifetime,
    'tenant-process.ts',
    etag ? ['etag'] : [],
  );
  return { url: tenant.hello.url, counted: () => tenant.ask({}) };
};

export interface Service {
  url: string;
  pid: number;
  /** From the start of the process to its first answer, in milliseconds. */
  readyMs: number;
  /** CPU spent so far by all of its threads, in microseconds; undefined where the system does not tell. */
  cpuMicros(): number | undefined;
  /** Resident memory in megabytes; undefined where the system does not tell. */
  memoryMb(): number | undefined;
}

/** The service as an operator starts it, on a ledger of its own, with its log in a file; nothing limits its rate. */
export async function startService(
  lifetime: Lifetime,
  tenantUrl: string,
  env: Record<string, string> = {},
): Promise<Service> {
  const directory = mkdtempSync(join(tmpdir(), 'bench-'));
  const log = join(directory, 'log');
  const began = performance.now();
  const started = spawn(process.execPath, SERVER, {
    cwd: ROOT,
    env: {
      PATH: process.env['PATH'],
      PORT: '0',
      AUTH_MODE: 'off',
      CXONE_BASE_URL: tenantUrl,
      CXONE_CLIENT_ID: 'bench',
      CXONE_CLIENT_SECRET: 'bench',
      CXONE_RATE_PER_SECOND: '100000',
      CXONE_MAX_CONCURRENT: '128',
      WEBHOOK_URL: `${tenantUrl}/webhook`,
      WEBHOOK_SECRET: `whsec_${Buffer.alloc(24, 7).toString('base64')}`,
      WEBHOOK_ALLOWED_HOSTS: '127.0.0.1',
      DATABASE_URL: `sqlite:${join(directory, 'ledger.db')}`,
      ...env,
    },
    stdio: ['ignore', openSync(log, 'a'), 'inherit'],
  });
  lifetime.defer(() => stop(started, directory));
  const url = await listening(started, log);
  await fetch(`${url}/health/live`);
  const readyMs = performance.now() - began;
  const pid = started.pid ?? 0;
  return { url, pid, readyMs, cpuMicros: () => cpuOf(pid), memoryMb: () => memoryOf(pid) };
}

async function stop(started: ChildProcess, directory: string): Promise<void> {
  const ended = once(started, 'exit');
  if (started.exitCode === null && started.kill('SIGTERM')) await ended;
  rmSync(directory, { recursive: true, force: true });
}

async function listening(started: ChildProcess, log: string): Promise<string> {
  while (started.exitCode === null) {
    const [, url] = LISTENING.exec(readFileSync(log, 'utf8')) ?? [];
    if (url !== undefined) return url;
    await sleep(5);
  }
  throw new Error(`The service ended before it listened:\n${readFileSync(log, 'utf8')}`);
}

/** Of Linux's proc(5): fields 14 and 15 of `stat` are user and system time in clock ticks, all threads together. */
function cpuOf(pid: number): number | undefined {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ')[1]?.split(' ') ?? [];
    return (Number(fields[11]) + Number(fields[12])) * CLOCK_TICK_MS * 1000;
  } catch {
    return undefined;
  }
}

function memoryOf(pid: number): number | undefined {
  try {
    const [, kilobytes] = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'latin1')) ?? [];
    return kilobytes === undefined ? undefined : Number(kilobytes) / 1024;
  } catch {
    return undefined;
  }
}
