/** PostgreSQL beside SQLite, and how long an action stays free between two instances that contend for it. */
import { startPostgres } from '../../test/support/postgres.ts';
import { type Lifetime, startLoad, startService, startTenant } from '../support/children.ts';
import { type Figure, inTurns, median } from '../support/figures.ts';

const ROUNDS = 5;
const LOAD = { workload: 'manipulations', callers: 64, count: 2_500 } as const;
const CONTENDED = 150;

export async function postgres(lifetime: Lifetime): Promise<Figure[]> {
  const cluster = await startPostgres({ durable: true });
  lifetime.defer(() => cluster.destroy());
  const tenant = await startTenant(lifetime);
  const load = await startLoad(lifetime);
  const sqlite = await startService(lifetime, tenant.url);
  const one = await startService(lifetime, tenant.url, { DATABASE_URL: await cluster.createDatabase() });
  const figure = await inTurns(
    ROUNDS,
    () => load.ask({ ...LOAD, url: one.url }),
    () => load.ask({ ...LOAD, url: sqlite.url }),
  );
  return [
    {
      row: 'PostgreSQL against SQLite, one instance, same two cores',
      ...figure,
      atLeast: 0.7,
      goal: 0.8,
    },
  ];
}

/** Seen at the tenant: from the end of one instance's PUT to the first request of the other for the same action. */
export async function contention(lifetime: Lifetime): Promise<Figure[]> {
  const cluster = await startPostgres({ durable: true });
  lifetime.defer(() => cluster.destroy());
  const tenant = await startTenant(lifetime);
  const database = await cluster.createDatabase();
  const services = [
    await startService(lifetime, tenant.url, { DATABASE_URL: database }),
    await startService(lifetime, tenant.url, { DATABASE_URL: database }),
  ];
  const loads = [await startLoad(lifetime), await startLoad(lifetime)];
  const contend = () =>
    Promise.all(
      loads.map((load, i) =>
        load.ask({ url: services[i]?.url ?? '', workload: 'contended', callers: 2, count: CONTENDED }),
      ),
    );
  await contend();
  await tenant.counted();
  await contend();
  const { gaps } = await tenant.counted();
  return [
    {
      row: 'two instances contending for one action: release to the other’s start',
      measured: `${gaps.length} changes from one to the other`,
      values: [median(gaps)],
      unit: ' ms',
      atLeast: 5,
      goal: 2,
      lower: true,
    },
  ];
}
