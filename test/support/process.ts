import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const LISTENING = /Server listening at (http:\/\/[^"\s]+)/;
/** What `npm test` has bundled (test/setup.ts) starts in half the time; by hand, and in the long runs, it is the source. */
const SERVICE = process.env['TEST_SERVICE'] ?? 'src/server.ts';
/** A start costs less when what an earlier one compiled is kept; a process that is killed keeps nothing itself. */
const COMPILE_CACHE = join(tmpdir(), 'cxone-date-service-compile-cache');

/** What runs the service, as arguments of `node`, and its environment: for a test that has to hold the process itself. */
export const SERVICE_ARGUMENTS = SERVICE.split(' ');
export const SERVICE_ENVIRONMENT = {
  PATH: process.env['PATH'],
  NODE_COMPILE_CACHE: COMPILE_CACHE,
  PORT: '0',
  SHUTDOWN_DRAIN_MS: '0',
};

/** What ends with a test, or with a part of a script. */
export interface Lifetime {
  after(end: () => unknown): void;
}

/** How the process is started, for what an environment cannot say. */
export interface Start {
  /** Runs before it in the same process: for limits that only a shell can set. */
  shell?: string;
  /** What `npm start` runs, the bundle with its flag, in place of the sources: for what is measured. */
  bundle?: boolean;
}

export interface Ended {
  code: number | null;
  signal: NodeJS.Signals | null;
}

/** The service as a process of its own, as an operator starts it. */
export interface ServiceProcess {
  pid: number;
  /** Everything that it has printed so far. */
  output(): string;
  /** What of it went to stderr. */
  errors(): string;
  /** Resolves to the address that it listens on; rejects with what it printed when it ends before. */
  listening: Promise<string>;
  /** Resolves when it has ended. */
  ended: Promise<Ended>;
  /** kill -9. */
  kill(): Promise<Ended>;
  /** SIGTERM. */
  stop(): Promise<Ended>;
}

/** As `npm start` runs it. */
const bundled = (): string =>
  execFileSync(process.execPath, ['scripts/build.ts', '--entry'], { cwd: ROOT, encoding: 'utf8' }).trim();

/** Starts the service with this environment and no other. It is killed if it is still there when `lifetime` ends. */
export function startProcess(
  lifetime: Lifetime,
  env: Record<string, string>,
  { shell, bundle = false }: Start = {},
): ServiceProcess {
  const command = [process.execPath, ...(bundle ? bundled().split(' ') : SERVICE_ARGUMENTS)];
  const [program = '', ...args] =
    shell === undefined ? command : ['sh', '-c', `${shell}; exec "$0" "$@"`, ...command];
  const child = spawn(program, args, {
    cwd: ROOT,
    env: { ...SERVICE_ENVIRONMENT, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = endOf(child);
  const end = (signal: 'SIGKILL' | 'SIGTERM') => {
    child.kill(signal);
    return ended;
  };
  const kill = () => end('SIGKILL');
  const exiting = (): void => void child.kill('SIGKILL');
  process.once('exit', exiting);
  void ended.then(() => process.off('exit', exiting));
  lifetime.after(kill);

  let output = '';
  let errors = '';
  const listening = new Promise<string>((resolve, reject) => {
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      const [, url] = LISTENING.exec(output.slice(0, 100_000)) ?? [];
      if (url !== undefined) resolve(url);
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      errors += text;
    });
    void ended.then(({ code }) =>
      reject(new Error(`The service ended with ${code} before it listened:\n${output}`)),
    );
  });
  listening.catch(() => undefined);
  return {
    pid: child.pid ?? 0,
    output: () => output,
    errors: () => errors,
    listening,
    ended,
    kill,
    stop: () => end('SIGTERM'),
  };
}

/** Runs a script of the project to its end, with this environment or, without one, the test's own. */
export const runScript = (script: string, argv: string[], env?: Record<string, string>) =>
  new Promise<{ code: number; out: string; error: string }>((resolve) => {
    const options = { cwd: ROOT, env: { NODE_COMPILE_CACHE: COMPILE_CACHE, ...(env ?? process.env) } };
    const child = execFile(process.execPath, [script, ...argv], options, (_error, out, error) =>
      resolve({ code: child.exitCode ?? -1, out, error }),
    );
  });

/** A process that could not be started has ended as well: nothing else would ever say so. */
const endOf = (child: ChildProcess): Promise<Ended> =>
  new Promise((resolve) => {
    child.once('error', () => resolve({ code: null, signal: null }));
    child.once('close', (code, signal) => resolve({ code, signal }));
  });
