import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { startSandbox } from '../../src/sandbox/index.ts';
import { type Lifetime, startProcess } from '../support/process.ts';
import { pointingTo } from '../support/service.ts';

/** The service as a process, with a sandbox for its tenant and its ledger in `directory`. */
export async function startTarget(t: Lifetime, directory: string, env: Record<string, string> = {}) {
  const sandbox = await startSandbox();
  t.after(() => sandbox.close());
  const service = startProcess(t, {
    ...pointingTo(sandbox),
    LOG_LEVEL: 'info',
    DATABASE_URL: `sqlite:${join(directory, 'ledger.db')}`,
    ...env,
  });
  return { sandbox, service, url: await service.listening };
}

/** Where there is no /proc the figure is missing: 0. */
export function residentMegabytes(pid: number): number {
  try {
    const kilobytes = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return Math.round(Number(kilobytes ?? 0) / 1024);
  } catch {
    return 0;
  }
}
