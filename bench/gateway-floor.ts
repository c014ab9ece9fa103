/**
 * What the gateway costs beyond the requests that it makes: `update` against a bare loop over one undici pool that does the
 * same GET and PUT with JSON parsed and made, and nothing else. Interleaved rounds, medians of pairwise ratios.
 *
 *     node bench/gateway-floor.ts [rounds, 7]
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Pool } from 'undici';
import { createGateway } from '../src/cxone/gateway.ts';
import { systemClock } from '../src/services/clock.ts';
import { createLocalCoordinator } from '../src/services/coordinator.ts';
import { createEvents } from '../src/services/events.ts';
import type { DateProcessing } from '../src/services/ports.ts';

const ROUNDS = Number(process.argv[2] ?? 7);
const ROUND_MS = 1000;
const ACTIONS = 500;
const PATH = '/api/v2/dataactions/';

const value = (n: number): DateProcessing => ({
  sourceField: 'input_datetime',
  targetField: 'processed_datetime',
  computedValue: new Date(Date.UTC(2024, 1, 29) + n).toISOString(),
  timezone: 'UTC',
  dstAdjustment: true,
  precision: 3,
});

/** Each side has actions of its own: to one, a write by the other is a conflict. */
const nameOf = (side: string, n: number): string => `${side}_${String(n % ACTIONS).padStart(4, '0')}`;

type Once = (n: number) => Promise<unknown>;

/** GET and PUT with nothing around them; with an ETag the PUT alone, as the last answer is known. */
const floorOf = (
  url: string,
  connections: number,
  etag: boolean,
): { once: Once; close: () => Promise<void> } => {
  const pool = new Pool(url, { connections });
  const headers = { authorization: 'Bearer lean-tenant-token', 'content-type': 'application/json' };
  const known = new Map<string, { action: object; etag: string }>();
  return {
    async once(n) {
      const name = nameOf('floor', n);
      const path = `${PATH}${name}`;
      let last = etag ? known.get(name) : undefined;
      // Its own, so that two loops never write to one action at a time.
      known.delete(name);
      if (!last) {
        const read = await pool.request({ path, method: 'GET', headers });
        last = { action: (await read.body.json()) as object, etag: String(read.headers.etag) };
      }
      const action = last.action as { configuration: object };
      const body = JSON.stringify({
        ...action,
        configuration: { ...action.configuration, dateProcessing: value(n) },
      });
      const written = await pool.request({
        path,
        method: 'PUT',
        headers: etag ? { ...headers, 'if-match': last.etag } : headers,
        body,
      });
      const answered = (await written.body.json()) as object;
      if (etag && written.statusCode === 200)
        known.set(name, { action: answered, etag: String(written.headers.etag) });
    },
    close: () => pool.close(),
  };
};

const gatewayOf = (url: string, connections: number): { once: Once; close: () => Promise<void> } => {
  const gateway = createGateway(
    {
      baseUrl: url,
      tokenUrl: `${url}/token`,
      grant: 'client_credentials',
      clientId: 'bench-client',
      clientSecret: 'bench-secret',
      clientAuth: 'body',
      scope: '',
      deadlineMs: 15_000,
      attemptTimeoutMs: 5000,
      maxAttempts: 4,
      ratePerSecond: 100_000,
      maxConcurrent: connections,
    },
    { clock: systemClock, events: createEvents(), coordinator: createLocalCoordinator(systemClock) },
  );
  return {
    async once(n) {
      const budget = {
        deadline: systemClock.monotonic() + 15_000,
        caller: 'bench',
        spent: { upstreamMs: 0, attempts: 0, attemptedAt: [] },
      };
      return gateway.update(await gateway.find(nameOf('gateway', n), budget), value(n), budget);
    },
    close: () => gateway.close(),
  };
};

let turn = 0;

/** So many callers for a round: operations a second, CPU per operation in µs, the median latency in ms. */
const round = async (one: Once, callers: number) => {
  const latencies: number[] = [];
  const started = performance.now();
  const before = process.cpuUsage();
  const caller = async (): Promise<void> => {
    while (performance.now() - started < ROUND_MS) {
      const at = performance.now();
      await one(turn++);
      latencies.push(performance.now() - at);
    }
  };
  await Promise.all(Array.from({ length: callers }, caller));
  const { user, system } = process.cpuUsage(before);
  latencies.sort((a, b) => a - b);
  return {
    perSecond: (latencies.length * 1000) / (performance.now() - started),
    cpu: (user + system) / latencies.length,
    median: latencies[latencies.length >> 1] ?? 0,
  };
};

const median = (numbers: number[]): number => numbers.toSorted((a, b) => a - b)[numbers.length >> 1] ?? 0;
const told = (numbers: number[]): string => {
  const sorted = numbers.toSorted((a, b) => a - b);
  return `${median(numbers).toFixed(2)} (${sorted[0]?.toFixed(2)} to ${sorted.at(-1)?.toFixed(2)})`;
};

const rows = [];
for (const etag of [false, true]) {
  const tenant = spawn(process.execPath, ['bench/support/lean-tenant.ts', ...(etag ? ['--etag'] : [])], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(tenant.stdout, 'data')) as [Buffer];
  const url = line.toString().trim();
  for (const callers of [64, 1]) {
    const floor = floorOf(url, 128, etag);
    const gateway = gatewayOf(url, 128);
    for (const { once: one } of [floor, gateway]) for (let i = 0; i < 2; i += 1) await round(one, callers);
    const pairs = [];
    for (let i = 0; i < ROUNDS; i += 1)
      pairs.push({ floor: await round(floor.once, callers), gateway: await round(gateway.once, callers) });
    rows.push({
      tenant: etag ? 'with ETag' : 'without',
      callers,
      'floor/s': Math.round(median(pairs.map((pair) => pair.floor.perSecond))),
      'gateway/s': Math.round(median(pairs.map((pair) => pair.gateway.perSecond))),
      'gateway/floor': told(pairs.map((pair) => pair.gateway.perSecond / pair.floor.perSecond)),
      'CPU floor µs': Math.round(median(pairs.map((pair) => pair.floor.cpu))),
      'CPU gateway µs': Math.round(median(pairs.map((pair) => pair.gateway.cpu))),
      'CPU ratio': told(pairs.map((pair) => pair.gateway.cpu / pair.floor.cpu)),
      'median beyond ms': told(pairs.map((pair) => pair.gateway.median - pair.floor.median)),
    });
    await floor.close();
    await gateway.close();
  }
  tenant.kill('SIGTERM');
}
console.table(rows);
