/** A batch of 10,000 against the time that the tenant's rate leaves no way around. */
import { type Lifetime, startLoad, startService, startTenant } from '../support/children.ts';
import type { Figure } from '../support/figures.ts';
import { actionName, WORKLOADS } from '../support/workload.ts';

const ITEMS = 10_000;
const PER_SECOND = 1_000;

export async function batch(lifetime: Lifetime): Promise<Figure[]> {
  const tenant = await startTenant(lifetime, { etag: true });
  const service = await startService(lifetime, tenant.url, { CXONE_RATE_PER_SECOND: String(PER_SECOND) });
  const { bodies } = WORKLOADS.manipulations;
  const lines = Array.from({ length: ITEMS }, (_, n) => bodies[n % bodies.length]).join('\n');
  // As in the other rows, not the first seconds of a process: its code is compiled, and the tenant's rate is found.
  const load = await startLoad(lifetime);
  await load.ask({ url: service.url, workload: 'contended', callers: 8, count: 1_000 });
  await tenant.counted();
  const began = performance.now();
  const response = await fetch(`${service.url}/manipulations/batch`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-ndjson' },
    body: lines,
  });
  const text = await response.text();
  const seconds = (performance.now() - began) / 1000;
  const { summary } = JSON.parse(text.trimEnd().split('\n').at(-1) ?? '{}') as {
    summary?: { succeeded: number };
  };
  if (summary?.succeeded !== ITEMS) throw new Error(`${summary?.succeeded} of ${ITEMS} items succeeded.`);
  const { requests } = await tenant.counted();
  // Each manipulation is announced as well, which the tenant's rate does not limit.
  const upstream = requests - ITEMS;
  const ideal = upstream / PER_SECOND;
  return [
    {
      row: `batch of 10,000 at the tenant’s rate (${actionName(0)} …), against the ideal`,
      measured: `${upstream} requests in ${seconds.toFixed(1)} s, ideal ${ideal.toFixed(1)} s`,
      values: [seconds / ideal],
      atLeast: 1.05,
      goal: 1.02,
      lower: true,
    },
  ];
}
