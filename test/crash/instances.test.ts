import { test } from 'node:test';
import { startPostgres } from '../support/postgres.ts';
import { restartPostgres, sameKeyAtOnce, startPair, writeTogether } from './instances.ts';
import { createRandom } from '../support/random.ts';
import { createWorld } from './world.ts';

test('two instances on one PostgreSQL', { timeout: 120_000 }, async (t) => {
  const cluster = await startPostgres();
  t.after(() => cluster.destroy());
  const world = await createWorld(t, { databaseUrl: await cluster.createDatabase() });
  const services = await startPair(world, { CXONE_RATE_PER_SECOND: '100' });

  await t.test('the same key 50 times at once over both: one PUT', async () => {
    await sameKeyAtOnce(world, services, 50, 'fifty');
  });

  await t.test('the lock of an action and the tenant’s limit hold over both', async () => {
    await writeTogether(world, services, { writes: 40, ratePerSecond: 100 });
  });
});

test('PostgreSQL is killed under load: nothing lost, nothing doubled', { timeout: 120_000 }, async (t) => {
  // One of its own: the others are not to lose theirs.
  const cluster = await startPostgres({ durable: true });
  t.after(() => cluster.destroy());
  const world = await createWorld(t, { databaseUrl: await cluster.createDatabase(), announces: false });
  await restartPostgres(world, cluster, 1, createRandom(20261124));
});

test('one instance writes in the order in which it accepts', { timeout: 60_000 }, async (t) => {
  const world = await createWorld(t);
  const service = await world.start({ CXONE_RATE_PER_SECOND: '200' });
  await writeTogether(world, [service], { writes: 40, ratePerSecond: 200 });
});
