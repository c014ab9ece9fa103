/**
 * Whole manipulations a second through HTTP, at several concurrencies, in one run: the service with its durable ledger
 * against the sandbox tenant in a process of its own. The rate limit towards the tenant is lifted, so that the service
 * itself is what is measured; the same number one at a time is the yardstick of the ratios.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildApp } from '../src/app.ts';
import { startTenant } from './support/tenant.ts';

const MANIPULATIONS = 3_000;

const tenant = await startTenant();
const directory = mkdtempSync(join(tmpdir(), 'bench-'));
const app = await buildApp(tenant.config(`sqlite:${join(directory, 'ledger.db')}`));

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
      const began = performance.now();
      const response = await fetch(`${url}/manipulations`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: tenant.manipulation(next++),
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
  await run(url, tenant.actions, 16);
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
  tenant.stop();
  rmSync(directory, { recursive: true, force: true });
}
