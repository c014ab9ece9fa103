import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { TestContext } from 'node:test';

/** The service as a process of its own, as an operator starts it. */
export interface ServiceProcess {
  child: ChildProcess;
  /** Everything that it has printed so far. */
  output(): string;
  /** Resolves to the address that it listens on. */
  listening: Promise<string>;
  /** Resolves when it has ended. */
  ended: Promise<{ code: number | null; signal: NodeJS.Signals | null; stderr: string }>;
}

/** Starts `src/server.ts` with this environment and no other; the test ends it if it is still there. */
export function startProcess(t: TestContext, env: Record<string, string>): ServiceProcess {
  const child = spawn(process.execPath, ['src/server.ts'], {
    env: { PORT: '0', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  const address = Promise.withResolvers<string>();
  address.promise.catch(() => undefined);
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
    const match = /Server listening at (http:\/\/[^"\s]+)/.exec(stdout);
    if (match?.[1]) address.resolve(match[1]);
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const ended = once(child, 'close').then(([code, signal]) => {
    address.reject(new Error(`the service ended before it listened: ${stderr}`));
    return { code: code as number | null, signal: signal as NodeJS.Signals | null, stderr };
  });
  t.after(async () => {
    child.kill('SIGKILL');
    await ended;
  });
  return { child, output: () => stdout + stderr, listening: address.promise, ended };
}
