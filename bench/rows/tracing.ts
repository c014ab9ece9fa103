/** What tracing costs: the service with an OTLP endpoint beside the same service without one. */
import { type Lifetime, startLoad, startService, startTenant } from '../support/children.ts';
import { type Figure, inTurns } from '../support/figures.ts';

const ROUNDS = 5;
const LOAD = { workload: 'manipulations', callers: 64, count: 2_500 } as const;

export async function tracing(lifetime: Lifetime): Promise<Figure[]> {
  const tenant = await startTenant(lifetime);
  // It takes spans as it takes everything else that is posted; a process of its own, so that it costs the service nothing.
  const collector = await startTenant(lifetime);
  const load = await startLoad(lifetime);
  const off = await startService(lifetime, tenant.url);
  const on = await startService(lifetime, tenant.url, { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url });
  const figure = await inTurns(
    ROUNDS,
    () => load.ask({ ...LOAD, url: on.url }),
    () => load.ask({ ...LOAD, url: off.url }),
  );
  const { requests } = await collector.counted();
  if (requests === 0) throw new Error('No span reached the collector.');
  return [
    {
      row: 'manipulations a second with traces against without, 64 callers',
      ...figure,
      atLeast: 0.9,
      goal: 1,
    },
  ];
}
