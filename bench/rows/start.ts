/** From the start of the process to its first answer, and what it then holds, beside a bare Fastify. */
import { type Lifetime, startBareFastify, startService, startTenant } from '../support/children.ts';
import { type Figure, median, ratios } from '../support/figures.ts';
import { withLifetime } from '../support/lifetime.ts';

const ROUNDS = 7;

export async function start(lifetime: Lifetime): Promise<Figure[]> {
  const tenant = await startTenant(lifetime);
  const ready = { service: [] as number[], bare: [] as number[] };
  const memory: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    await withLifetime(async (own) => {
      const began = performance.now();
      const { hello } = await startBareFastify(own, false);
      await fetch(hello.url);
      ready.bare.push(performance.now() - began);
    });
    await withLifetime(async (own) => {
      const service = await startService(own, tenant.url);
      ready.service.push(service.readyMs);
      memory.push(service.memoryMb() ?? NaN);
    });
  }
  return [
    {
      row: 'ready, against a bare Fastify that listens',
      measured: `${Math.round(median(ready.service))} / ${Math.round(median(ready.bare))} ms`,
      values: ratios(ready.service, ready.bare),
      atLeast: 3.5,
      goal: 2.5,
      lower: true,
    },
    {
      row: 'memory at rest',
      measured: 'resident, MB',
      values: memory,
      unit: ' MB',
      atLeast: 150,
      goal: 110,
      lower: true,
    },
  ];
}
