import { type Lifetime, type Start, startProcess } from '../support/process.ts';
import { client } from '../support/service.ts';

/** The real service in a process of its own, and a client for it. */
export type Service = Awaited<ReturnType<typeof startService>>;

/** Starts it with exactly this environment and resolves when it listens. Throws with its log when it ends before. */
export async function startService(lifetime: Lifetime, env: Record<string, string>, how?: Start) {
  const started = startProcess(lifetime, { HOST: '127.0.0.1', ...env, LOG_LEVEL: 'info' }, how);
  return { ...started, ...client(await started.listening) };
}
