import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { loadConfig } from '../../src/config.ts';
import { EXAMPLE_REQUEST } from '../../src/schemas/examples.ts';

const ACTIONS = 500;

/** A sandbox tenant in a process of its own, with so many actions that writers seldom meet. */
export async function startTenant() {
  const sandbox = spawn(process.execPath, ['src/sandbox/main.ts', '--extra-actions', String(ACTIONS)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(sandbox.stdout, 'data')) as [Buffer];
  const value = (name: string) => new RegExp(`${name}='([^']*)'`).exec(line.toString())?.[1] ?? '';
  return {
    actions: ACTIONS,
    /** Of a service that writes to it; nothing limits the rate, so that the service itself is measured. */
    config: (databaseUrl: string) => {
      const config = loadConfig({
        LOG_LEVEL: 'silent',
        AUTH_MODE: 'off',
        CXONE_BASE_URL: value('CXONE_BASE_URL'),
        CXONE_CLIENT_ID: value('CXONE_CLIENT_ID'),
        CXONE_CLIENT_SECRET: value('CXONE_CLIENT_SECRET'),
        CXONE_RATE_PER_SECOND: '100000',
        CXONE_MAX_CONCURRENT: '128',
      });
      return { ...config, ledger: { ...config.ledger, databaseUrl } };
    },
    /** The body of the nth manipulation: the actions take turns. */
    manipulation: (n: number): string =>
      JSON.stringify({
        ...EXAMPLE_REQUEST,
        action_name: `Bulk_${String((n % ACTIONS) + 1).padStart(4, '0')}`,
      }),
    stop: () => void sandbox.kill('SIGTERM'),
  };
}
