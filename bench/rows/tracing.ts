/** What tracing costs: the service with an OTLP endpoint beside the same service without one. */
import { type Lifetime, type Service, startLoad, startService, startTenant } from '../support/children.ts';
import { type Figure, inTurns, median, perSecond, ratios } from '../support/figures.ts';

/** Many short ones: what others do on the machine falls on both of a pair. */
const ROUNDS = 16;
const LOAD = { workload: 'manipulations', callers: 64, count: 1_500 } as const;

export async function tracing(lifetime: Lifetime): Promise<Figure[]> {
  const tenant = await startTenant(lifetime);
  const collector = await startTenant(lifetime);
  const load = await startLoad(lifetime);
  const off = await startService(lifetime, tenant.url);
  const on = await startService(lifetime, tenant.url, { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url });
  /** CPU of the service's process, in microseconds a manipulation. */
  const cpu = { on: [] as number[], off: [] as number[] };
  const measured = (service: Service, spent: number[]) => async () => {
    const before = service.cpuMicros();
    const answered = await load.ask({ ...LOAD, url: service.url });
    const after = service.cpuMicros();
    if (before !== undefined && after !== undefined) spent.push((after - before) / LOAD.count);
    return answered;
  };
  const figure = await inTurns(ROUNDS, measured(on, cpu.on), measured(off, cpu.off));
  const { requests } = await collector.counted();
  if (requests === 0) throw new Error('No span reached the collector.');
  const throughput: Figure = {
    row: 'manipulations a second with traces against without, 64 callers',
    ...figure,
    atLeast: 0.9,
    goal: 1,
  };
  if (cpu.on.length === 0) return [throughput];
  return [
    throughput,
    {
      row: 'the same in CPU a manipulation',
      measured: `${perSecond(median(cpu.on))} / ${perSecond(median(cpu.off))} µs`,
      values: ratios(cpu.on, cpu.off).slice(1),
      atLeast: 1.1,
      goal: 1,
      lower: true,
    },
  ];
}
