/** Whole manipulations through HTTP beside the floor, with tenants that count versions and that do not. */
import {
  type Lifetime,
  type Service,
  startFloor,
  startLoad,
  startService,
  startTenant,
} from '../support/children.ts';
import { type Figure, median, perSecond, ratios } from '../support/figures.ts';

const ROUNDS = 7;
const MANY = { callers: 64, count: 3_000 };
const ONE = { callers: 1, count: 300 };

interface Sample {
  perSecond: number;
  p50: number;
  p99: number;
  cpuMicros: number;
}

export async function manipulations(lifetime: Lifetime): Promise<Figure[]> {
  const tenant = await startTenant(lifetime);
  const versioned = await startTenant(lifetime, { etag: true });
  const plain = await startService(lifetime, tenant.url);
  const conditional = await startService(lifetime, versioned.url);
  const load = await startLoad(lifetime);
  const floor = await startFloor(lifetime);

  const callers = async (service: Service, { callers, count }: typeof MANY): Promise<Sample> => {
    const before = service.cpuMicros() ?? NaN;
    const answered = await load.ask({ url: service.url, workload: 'manipulations', callers, count });
    return { ...answered, cpuMicros: ((service.cpuMicros() ?? NaN) - before) / count };
  };
  const bare = (loop: typeof MANY) =>
    floor.ask({ tenant: tenant.url, count: loop.count * 4, callers: loop.callers, way: 'floor' });

  await callers(plain, { callers: 64, count: 4_000 });
  await callers(conditional, { callers: 64, count: 4_000 });
  await bare(MANY);

  const many = {
    plain: [] as Sample[],
    conditional: [] as Sample[],
    floor: [] as Awaited<ReturnType<typeof bare>>[],
  };
  for (let round = 0; round < ROUNDS; round += 1) {
    many.floor.push(await bare(MANY));
    many.plain.push(await callers(plain, MANY));
    many.conditional.push(await callers(conditional, MANY));
  }
  const one = { plain: [] as Sample[], floor: [] as Awaited<ReturnType<typeof bare>>[] };
  for (let round = 0; round < ROUNDS; round += 1) {
    one.floor.push(await bare(ONE));
    one.plain.push(await callers(plain, ONE));
  }

  const rate = (samples: { perSecond: number }[]) => samples.map((sample) => sample.perSecond);
  const cpu = (samples: { cpuMicros: number }[]) => samples.map((sample) => sample.cpuMicros);
  const against = (samples: Sample[]) =>
    `${perSecond(median(rate(samples)))} / ${perSecond(median(rate(many.floor)))} a second`;
  const figures: Figure[] = [
    {
      row: 'manipulations a second against the floor, 64 callers',
      measured: against(many.plain),
      values: ratios(rate(many.plain), rate(many.floor)),
      atLeast: 0.3,
      goal: 0.4,
    },
    {
      row: 'the same, tenant with ETag',
      measured: against(many.conditional),
      values: ratios(rate(many.conditional), rate(many.floor)),
      atLeast: 0.36,
      goal: 0.5,
    },
    {
      row: '99th percentile against the median, 64 callers',
      measured: `${median(many.plain.map(({ p99 }) => p99)).toFixed(1)} / ${median(many.plain.map(({ p50 }) => p50)).toFixed(1)} ms`,
      values: many.plain.map(({ p99, p50 }) => p99 / p50),
      atLeast: 2,
      goal: 1.6,
      lower: true,
    },
    {
      row: 'median at one caller beyond the floor’s',
      measured: `${median(one.plain.map(({ p50 }) => p50)).toFixed(2)} − ${median(one.floor.map(({ p50 }) => p50)).toFixed(2)} ms`,
      values: one.plain.map(({ p50 }, i) => p50 - (one.floor[i]?.p50 ?? NaN)),
      unit: ' ms',
      atLeast: 1.2,
      goal: 0.8,
      lower: true,
    },
  ];
  if (Number.isNaN(median(cpu(many.plain)))) {
    console.log('CPU is not measured: this system has no /proc.');
    return figures;
  }
  return [
    ...figures,
    {
      row: 'CPU of the service for one, against the floor client’s own, 64 callers',
      measured: `${Math.round(median(cpu(many.plain)))} / ${Math.round(median(cpu(many.floor)))} µs`,
      values: ratios(cpu(many.plain), cpu(many.floor)),
      atLeast: 3,
      goal: 2.5,
      lower: true,
    },
    {
      row: 'CPU for one at one caller',
      measured: `${Math.round(median(cpu(one.plain)))} µs`,
      values: cpu(one.plain).map((micros) => micros / 1000),
      unit: ' ms',
      atLeast: 1.2,
      goal: 0.9,
      lower: true,
    },
  ];
}
