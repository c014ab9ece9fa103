/** The service beside the tutorial's way: a client and a token for each call, nothing recorded, at the same tenant. */
import { type Lifetime, startFloor, startLoad, startService, startTenant } from '../support/children.ts';
import { type Figure, median, perSecond, ratios } from '../support/figures.ts';

const ROUNDS = 5;
const CALLERS = 64;

export async function tutorial(lifetime: Lifetime): Promise<Figure[]> {
  const tenant = await startTenant(lifetime);
  const service = await startService(lifetime, tenant.url);
  const load = await startLoad(lifetime);
  const floor = await startFloor(lifetime);
  const rates = { service: [] as number[], tutorial: [] as number[] };
  for (let round = -1; round < ROUNDS; round += 1) {
    const ours = await load.ask({
      url: service.url,
      workload: 'manipulations',
      callers: CALLERS,
      count: 2_500,
    });
    const theirs = await floor.ask({ tenant: tenant.url, callers: CALLERS, count: 2_500, way: 'tutorial' });
    if (round < 0) continue;
    rates.service.push(ours.perSecond);
    rates.tutorial.push(theirs.perSecond);
  }
  return [
    {
      row: 'manipulations a second against the tutorial’s way, 64 callers',
      measured: `${perSecond(median(rates.service))} / ${perSecond(median(rates.tutorial))} a second`,
      values: ratios(rates.service, rates.tutorial),
    },
  ];
}
