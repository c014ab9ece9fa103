/** Resident memory under load, and whether it grows with what was done. */
import { type Lifetime, startLoad, startService, startTenant } from '../support/children.ts';
import type { Figure } from '../support/figures.ts';

const STEPS = 10;
const STEP = 10_000;

/** The slope of a line through equidistant values (least squares), per step. */
function slope(values: number[]): number {
  const middle = (values.length - 1) / 2;
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const above = values.reduce((sum, value, i) => sum + (i - middle) * (value - mean), 0);
  return above / values.reduce((sum, _, i) => sum + (i - middle) ** 2, 0);
}

export async function memory(lifetime: Lifetime): Promise<Figure[]> {
  const tenant = await startTenant(lifetime);
  const service = await startService(lifetime, tenant.url);
  const load = await startLoad(lifetime);
  const held: number[] = [];
  for (let step = 0; step < STEPS; step += 1) {
    await load.ask({ url: service.url, workload: 'manipulations', callers: 64, count: STEP });
    held.push(service.memoryMb() ?? NaN);
  }
  const settled = held.slice(STEPS / 2);
  return [
    {
      row: 'memory under load, 64 callers',
      measured: 'resident, MB',
      values: settled,
      unit: ' MB',
      atLeast: 250,
      goal: 180,
      lower: true,
    },
    {
      row: 'growth over the second half of 100,000 manipulations',
      measured: `${settled[0]?.toFixed(0)} to ${settled.at(-1)?.toFixed(0)} MB`,
      values: [slope(settled)],
      unit: ' MB per 10,000',
      atLeast: 1,
      goal: 0,
      lower: true,
    },
  ];
}
