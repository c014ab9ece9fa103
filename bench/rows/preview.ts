/** The preview beside a bare Fastify route with the same schema that echoes and logs. */
import {
  type Lifetime,
  startBareFastify,
  startLoad,
  startService,
  startTenant,
} from '../support/children.ts';
import { type Figure, median, perSecond, ratios } from '../support/figures.ts';

const ROUNDS = 7;
const LOAD = { workload: 'previews', callers: 64, count: 10_000 } as const;

export async function preview(lifetime: Lifetime): Promise<Figure[]> {
  const tenant = await startTenant(lifetime);
  const service = await startService(lifetime, tenant.url);
  const bare = await startBareFastify(lifetime);
  const load = await startLoad(lifetime);
  const rates = { service: [] as number[], bare: [] as number[] };
  for (let round = -1; round < ROUNDS; round += 1) {
    const one = (await load.ask({ ...LOAD, url: service.url })).perSecond;
    const other = (await load.ask({ ...LOAD, url: bare.hello.url })).perSecond;
    // The first round warms both.
    if (round < 0) continue;
    rates.service.push(one);
    rates.bare.push(other);
  }
  return [
    {
      row: 'preview against a bare Fastify route with the same schema, 64 callers',
      measured: `${perSecond(median(rates.service))} / ${perSecond(median(rates.bare))} a second`,
      values: ratios(rates.service, rates.bare),
      atLeast: 0.65,
      goal: 0.8,
    },
  ];
}
