/**
 * Whole manipulations a second through HTTP, at several concurrencies, in one run: the service with its durable ledger
 * against the sandbox tenant in a process of its own. The rate limit towards the tenant is lifted, so that the service
 * itself is what is measured; the same number one at a time is the yardstick of the ratios.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildApp } from '../src/app.ts';
import { loadConfig } from '../src/config.ts';
import { EXAMPLE_REQUEST } from '../src/schemas/examples.ts';

const MANIPULATIONS = 3_000;
const ACTIONS = 500;

const sandbox = spawn(process.execPath, ['src/sandbox/main.ts', '--extra-actions', String(ACTIONS)], {
  stdio: ['ignore', 'pipe', 'inherit'],
});
const [line] = (await once(sandbox.stdout, 'data')) as [Buffer];
const value = (name: string) => new RegExp(`${name}='([^']*)'`).exec(line.toString())?.[1] ?? '';
const directory = mkdtempSync(join(tmpdir(), 'bench-'));
const app = await buildApp(
  loadConfig({
    LOG_LEVEL: 'silent',
    AUTH_MODE: 'off',
    CXONE_BASE_URL: value('CXONE_BASE_URL'),
    CXONE_CLIENT_ID: value('CXONE_CLIENT_ID'),
    CXONE_CLIENT_SECRET: value('CXONE_CLIENT_SECRET'),
    CXONE_RATE_PER_SECOND: '100000',
    CXONE_MAX_CONCURRENT: '128',
    DATABASE_URL: `sqlite:${join(directory, 'ledger.db')}`,
  }),
);

async function run(
  url: string,
  count: number,
  concurrency: number,
): Promise<{ perSecond: number; p99: number }> {
  const latencies: number[] = [];
  let next = 0;
  const started = performance.now();
  const worker = async () => {
    while (next < count) {
      const action_name = `Bulk_${String((next++ % ACTIONS) + 1).padStart(4, '0')}`;
      const began = performance.now();
      const response = await fetch(`${url}/manipulations`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ ...EXAMPLE_REQUEST, action_name }),
      });
      if (response.status !== 200) throw new Error(`HTTP ${response.status}: ${await response.text()}`);
      await response.arrayBuffer();
      latencies.push(performance.now() - began);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
  latencies.sort((a, b) => a - b);
  return {
    perSecond: (count * 1000) / (performance.now() - started),
    p99: latencies[Math.floor(latencies.length * 0.99)] ?? 0,
  };
}

try {
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  await run(url, ACTIONS, 16);
  const rows = [];
  for (const concurrency of [1, 8, 64]) {
    const { perSecond, p99 } = await run(url, concurrency === 1 ? 500 : MANIPULATIONS, concurrency);
    rows.push({ concurrency, perSecond, p99 });
  }
  const alone = rows[0]?.perSecond ?? 1;
  console.table(
    rows.map(({ concurrency, perSecond, p99 }) => ({
      concurrency,
      'manipulations/s': Math.round(perSecond),
      'ratio to one at a time': Number((perSecond / alone).toFixed(2)),
      'p99 ms': Number(p99.toFixed(1)),
    })),
  );
} finally {
  await app.close();
  sandbox.kill('SIGTERM');
  rmSync(directory, { recursive: true, force: true });
}
