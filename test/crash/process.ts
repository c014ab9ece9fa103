import { spawn } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { client } from '../support/service.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const LISTENING = /Server listening at (http:\/\/[^"\s]+)/;
/** A start costs less when what an earlier one compiled is kept; a process that is killed keeps nothing itself. */
const COMPILE_CACHE = join(tmpdir(), 'cxone-date-service-compile-cache');
/** Lines of a service's log that are kept for the message of a test that fails. */
const LOG_LINES = 200;

export interface Ended {
  code: number | null;
  signal: NodeJS.Signals | null;
}

/** The real service in a process of its own, and a client for it. */
export type Service = Awaited<ReturnType<typeof startService>>;

/** How the process is started, for what an environment cannot say. */
export interface Start {
  /** Runs before it in the same process: for limits that only a shell can set. */
  shell?: string;
  uid?: number | undefined;
}

/** What ends with a test, or with a part of a script. */
export interface Lifetime {
  after(end: () => unknown): void;
}

/**
 * Starts `src/server.ts` with exactly this environment and resolves when it listens. Throws with the last lines of its log when it ends before it listens.
 */
export async function startService(
  lifetime: Lifetime,
  env: Record<string, string>,
  { shell, uid }: Start = {},
) {
  const command = [process.execPath, 'src/server.ts'];
  const [program = '', ...args] =
    shell === undefined ? command : ['sh', '-c', `${shell}; exec "$0" "$@"`, ...command];
  const child = spawn(program, args, {
    cwd: ROOT,
    ...(uid !== undefined && { uid }),
    env: {
      PATH: process.env['PATH'],
      NODE_COMPILE_CACHE: COMPILE_CACHE,
      HOST: '127.0.0.1',
      PORT: '0',
      ...env,
      LOG_LEVEL: 'info',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = new Promise<Ended>((resolve) => {
    child.once('exit', (code, signal) => resolve({ code, signal }));
  });
  const killed = (): void => void child.kill('SIGKILL');
  process.once('exit', killed);
  void ended.then(() => process.off('exit', killed));
  lifetime.after(() => {
    killed();
    return ended;
  });

  const log: string[] = [];
  const listening = new Promise<string>((resolve) => {
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on('line', (line) => {
        log.push(line);
        if (log.length > LOG_LINES) log.shift();
        const [, url] = LISTENING.exec(line) ?? [];
        if (url !== undefined) resolve(url);
      });
    }
  });
  const url = await Promise.race([
    listening,
    ended.then(({ code }) => {
      throw new Error(`The service ended with ${code} before it listened:\n${log.join('\n')}`);
    }),
  ]);

  return {
    url,
    log,
    ended,
    ...client(url),
    /** kill -9. */
    async kill(): Promise<void> {
      killed();
      await ended;
    },
    /** SIGTERM; resolves when the process has ended. */
    async stop(): Promise<Ended> {
      child.kill('SIGTERM');
      return ended;
    },
  };
}
