/**
 * What durability costs: whole manipulations a second through HTTP, with the ledger in memory, in SQLite and in
 * PostgreSQL, side by side in one run against one sandbox tenant in a process of its own. Rounds alternate, and the ratio
 * is the median of each round's, so that what else the machine does falls on all of them. 64 are always under way.
 *
 * `node bench/ledger.ts [ROUNDS]`
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Pool } from 'undici';
import { buildApp } from '../src/app.ts';
import { startPostgres } from '../test/support/postgres.ts';
import { startTenant } from './support/tenant.ts';

const ROUNDS = Number(process.argv[2] ?? 7);
const PER_ROUND = 1_500;
const CONCURRENCY = 64;

const tenant = await startTenant();
const directory = mkdtempSync(join(tmpdir(), 'bench-'));
const postgres = await startPostgres({ durable: true });

/** A service on that ledger, listening. */
async function service(databaseUrl: string) {
  const app = await buildApp(tenant.config(databaseUrl));
  const client = new Pool(await app.listen({ host: '127.0.0.1', port: 0 }), { connections: CONCURRENCY });
  return { app, client };
}

/** Manipulations a second. */
async function run({ client }: Awaited<ReturnType<typeof service>>, count: number): Promise<number> {
  let next = 0;
  const started = performance.now();
  const lane = async () => {
    while (next < count) {
      const { statusCode, body } = await client.request({
        path: '/manipulations',
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: tenant.manipulation(next++),
      });
      if (statusCode !== 200) throw new Error(`HTTP ${statusCode}: ${await body.text()}`);
      await body.dump();
    }
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, lane));
  return (count * 1000) / (performance.now() - started);
}

const median = (values: number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? NaN;

const services = {
  memory: await service('memory:'),
  sqlite: await service(`sqlite:${join(directory, 'ledger.db')}`),
  postgres: await service(await postgres.createDatabase()),
};
try {
  const rates = { memory: [] as number[], sqlite: [] as number[], postgres: [] as number[] };
  for (const one of Object.values(services)) await run(one, PER_ROUND);
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const name of ['memory', 'sqlite', 'postgres'] as const) {
      rates[name].push(await run(services[name], PER_ROUND));
    }
  }
  console.table(
    Object.entries(rates).map(([ledger, values]) => ({
      ledger,
      'manipulations/s': Math.round(median(values)),
      'of the rate in memory': Number(
        median(values.map((rate, i) => rate / (rates.memory[i] ?? NaN))).toFixed(3),
      ),
    })),
  );
} finally {
  for (const { app, client } of Object.values(services)) {
    await client.close();
    await app.close();
  }
  tenant.stop();
  await postgres.destroy();
  rmSync(directory, { recursive: true, force: true });
}
