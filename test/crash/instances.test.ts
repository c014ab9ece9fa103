import { after, before, describe, test } from 'node:test';
import { type Cluster, startPostgres } from '../support/postgres.ts';
import type { Lifetime } from '../support/process.ts';
import { restartPostgres, sameKeyAtOnce, startPair, writeTogether } from './instances.ts';
import { createRandom } from '../support/random.ts';
import { createWorld } from './world.ts';

describe('two instances on one PostgreSQL', () => {
  let cluster: Cluster;
  before(async () => {
    cluster = await startPostgres();
  });
  after(() => cluster.destroy());

  // What was not announced because PostgreSQL was away is announced after a minute: too long for a sample.
  const world = async (lifetime: Lifetime, announces: boolean) =>
    createWorld(lifetime, { databaseUrl: await cluster.createDatabase(), announces });

  test('the same key 50 times at once over both: one PUT', { timeout: 60_000 }, async (t) => {
    const shared = await world(t, true);
    await sameKeyAtOnce(shared, await startPair(shared), 50, 'fifty');
  });

  test('the lock of an action and the tenant’s limit hold over both', { timeout: 60_000 }, async (t) => {
    await writeTogether(await world(t, true), { writes: 100, ratePerSecond: 100 });
  });
});

test(
  'PostgreSQL is killed and stopped under load: nothing lost, nothing doubled',
  { timeout: 120_000 },
  async (t) => {
    // One of its own: the others are not to lose theirs.
    const cluster = await startPostgres({ durable: true });
    t.after(() => cluster.destroy());
    const world = await createWorld(t, { databaseUrl: await cluster.createDatabase(), announces: false });
    await restartPostgres(world, cluster, 2, createRandom(20261124));
  },
);

test('one instance writes in the order in which it accepts', { timeout: 60_000 }, async (t) => {
  await writeTogether(await createWorld(t), { writes: 100, ratePerSecond: 200, instances: 1 });
});
