/** An open model: requests arrive at 80 % of the capacity whether or not earlier ones were answered, so that queueing shows. */
import { type Lifetime, startLoad, startService, startTenant } from '../support/children.ts';
import { type Figure, median } from '../support/figures.ts';

const ROUNDS = 3;
const SHARE = 0.8;
const SECONDS = 4;

export async function openLoad(lifetime: Lifetime): Promise<Figure[]> {
  const tenant = await startTenant(lifetime);
  const service = await startService(lifetime, tenant.url);
  const load = await startLoad(lifetime);
  const closed = { url: service.url, workload: 'manipulations', callers: 64 } as const;
  await load.ask({ ...closed, count: 4_000 });
  const samples = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const capacity = (await load.ask({ ...closed, count: 3_000 })).perSecond;
    const perSecond = capacity * SHARE;
    const count = Math.round(perSecond * SECONDS);
    samples.push(await load.ask({ ...closed, callers: 512, perSecond, count }));
  }
  const lag = await eventLoopLag(service.url);
  return [
    {
      row: 'open model at 80 % of the capacity: median',
      measured: `${Math.round(median(samples.map((one) => one.perSecond)))} a second`,
      values: samples.map(({ p50 }) => p50),
      unit: ' ms',
    },
    {
      row: 'open model at 80 % of the capacity: 99th percentile',
      measured: 'arrivals at a fixed rate',
      values: samples.map(({ p99 }) => p99),
      unit: ' ms',
    },
    {
      row: 'event-loop delay under it, 99th percentile',
      measured: 'of the service',
      values: [lag],
      unit: ' ms',
    },
  ];
}

async function eventLoopLag(url: string): Promise<number> {
  const metrics = await (await fetch(`${url}/metrics`)).text();
  return Number(/^nodejs_eventloop_lag_p99_seconds (\S+)/m.exec(metrics)?.[1]) * 1000;
}
