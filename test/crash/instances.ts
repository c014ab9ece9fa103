import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Action } from '../../src/sandbox/index.ts';
import type { Cluster } from '../support/postgres.ts';
import type { AuditRecord } from '../../src/schemas/audit-record.ts';
import { checkInvariants, type Counts, lasting } from './invariants.ts';
import type { KillCounts } from './kills.ts';
import { createCallers, slowDown } from './load.ts';
import type { Service } from './process.ts';
import type { Random } from '../support/random.ts';
import { ACTIONS, allRecords, settled, TAKE_OVER_SECONDS, until, type World } from './world.ts';

export type Pair = [Service, Service];

export const startPair = (world: World, env: Record<string, string> = {}): Promise<Pair> =>
  Promise.all([world.start(env), world.start(env)]);

const writesOf = ({ sandbox }: World) => sandbox.requests.filter(({ endpoint }) => endpoint === 'write');

const sumBy = (names: string[]) =>
  Object.fromEntries([...Map.groupBy(names, (name) => name)].map(([name, all]) => [name, all.length]));

/** The same key, `count` times at once over both: one PUT; the others are told to wait, or replayed. */
export async function sameKeyAtOnce(world: World, services: Pair, count: number, key: string) {
  const before = writesOf(world).length;
  world.sandbox.fault('write', { delayMs: 200 });
  const request = world.manipulation(ACTIONS[0] ?? '');
  const replies = await Promise.all(
    Array.from({ length: count }, (_, i) => world.send(services[i % 2 === 0 ? 0 : 1], request, key)),
  );
  const told = JSON.stringify(
    sumBy(replies.map(({ status, body }) => (status === 200 ? 'done' : body.code))),
  );
  assert.equal(writesOf(world).length, before + 1, `one PUT: ${told}`);
  const done = replies.filter(({ status }) => status === 200);
  const first = done.filter(({ headers }) => headers.get('idempotency-replayed') === null);
  assert.equal(first.length, 1);
  const [answer] = first;
  assert.ok(answer);
  // A replay may come while the first answer still waits for its webhook.
  const outcome = lasting(answer.body as unknown as AuditRecord);
  for (const { body } of done) assert.deepEqual(lasting(body as unknown as AuditRecord), outcome);
  // A machine that is busy with other tests may make a service refuse: then nothing was begun.
  const waiting = new Set(['IDEMPOTENCY_IN_PROGRESS', 'OVERLOADED', 'LEDGER_UNAVAILABLE']);
  for (const { body } of replies.filter(({ status }) => status !== 200)) {
    assert.ok(waiting.has(body.code), told);
  }
  const other = await world.send(services[1], { ...request, offset_minutes: 7 }, key);
  assert.equal(other.body.code, 'IDEMPOTENCY_KEY_REUSED');
  for (const service of services) {
    const replay = await world.send(service, request, key);
    // What became of the webhook, the other instance learns a moment later.
    assert.deepEqual(lasting(replay.body as unknown as AuditRecord), outcome);
    assert.equal(replay.headers.get('idempotency-replayed'), 'true');
  }
  assert.equal(writesOf(world).length, before + 1);
  return { puts: 1, replayed: done.length - 1, inProgress: replies.length - done.length };
}

/** Kills one of two instances at random times under load; the other one goes on, and another takes the place. */
export async function killOneOfTwo(world: World, kills: number, random: Random): Promise<KillCounts> {
  const callers = createCallers(world, 8, random);
  const services = await startPair(world);
  const load = callers.run(services);
  for (let kill = 0; kill < kills; kill += 1) {
    slowDown(world, random, 100);
    await sleep(random.next() * 1_500);
    const which = random.next() < 0.5 ? 0 : 1;
    await services[which].kill();
    services[which] = await world.start();
  }
  await load.stop();
  return { ...(await finish(world, services, callers)), kills };
}

/** Ends PostgreSQL under load, `times` times; while it is away callers are refused, and no process ends. */
export async function restartPostgres(world: World, cluster: Cluster, times: number, random: Random) {
  const services = await startPair(world);
  const callers = createCallers(world, 8, random);
  const load = callers.run(services);
  let refused = 0;
  for (let restart = 0; restart < times; restart += 1) {
    slowDown(world, random, 100);
    await sleep(500 + random.next() * 1_000);
    await cluster.stop(restart % 2 === 0 ? 'kill' : 'fast');
    const before = writesOf(world).length;
    await until('a caller is refused', async () => {
      const { status, body } = await world.send(
        services[restart % 2 === 0 ? 0 : 1],
        world.manipulation('Bare_Action'),
      );
      if (status !== 503) return false;
      assert.equal(body.code, 'LEDGER_UNAVAILABLE');
      return true;
    });
    refused += 1;
    assert.ok(
      !writesOf(world)
        .slice(before)
        .some(({ body }) => body.includes('"Bare_Action"')),
      'refused before the PUT',
    );
    assert.equal((await services[0].get('/health/live')).status, 200);
    assert.equal((await services[0].get('/health/ready')).status, 503);
    await cluster.start();
    await until('both are ready again', async () => {
      const ready = await Promise.all(services.map((service) => service.get('/health/ready')));
      return ready.every(({ status }) => status === 200);
    });
  }
  await load.stop();
  return { ...(await finish(world, services, callers)), restarts: times, refused };
}

/** When nothing disturbs any more, every caller gets its answer, within `seconds`, and every record its outcome. */
export async function finish(
  world: World,
  services: Service[],
  callers: ReturnType<typeof createCallers>,
  seconds?: number,
) {
  world.sandbox.clearFaults();
  await callers.finish(services, seconds);
  const counts = await settledAndStopped(world, services);
  return { ...counts, sent: callers.sent, lost: callers.lost };
}

async function settledAndStopped(world: World, services: readonly Service[]): Promise<Counts> {
  const [first] = services;
  assert.ok(first);
  await settled(first, TAKE_OVER_SECONDS);
  const counts = await checkInvariants(world, first);
  for (const service of services) assert.deepEqual(await service.stop(), { code: 0, signal: null });
  return counts;
}

const withoutOurs = (action: Action | undefined) => {
  const { dateProcessing: _, ...configuration } = (action?.['configuration'] ?? {}) as Record<
    string,
    unknown
  >;
  return { ...action, configuration };
};

/**
 * One instance writes in the order in which it accepts, so that an action holds the value of its last record. Of several,
 * each takes the lock of an action in its own order: an action holds the value of a record that was in flight when the
 * last one was accepted.
 */
function checkLast(newestFirst: AuditRecord[], held: unknown, instances: number): void {
  const [last] = newestFirst;
  const written = newestFirst.find(({ output_timestamp }) => output_timestamp === held);
  assert.ok(last && written);
  if (instances === 1) assert.equal(written, last);
  const endedAt = Date.parse(written.timestamp) + written.latency_ms;
  assert.ok(
    endedAt >= Date.parse(last.timestamp),
    `${written.request_id} had ended before the last one began`,
  );
}

/**
 * `writes` manipulations of five actions by twenty callers, at a tenant that limits all instances together.
 * Each action's reads and writes alternate, its last value is that of its last record, and the rest of it is untouched.
 */
export async function writeTogether(
  world: World,
  services: readonly [Service, ...Service[]],
  { writes, ratePerSecond }: { writes: number; ratePerSecond: number },
): Promise<Counts & { refused: number; refusedHere: number; seconds: number; ideal: number }> {
  const { sandbox } = world;
  const actions = ACTIONS.slice(0, 5);
  sandbox.configure({ rateLimit: { perSecond: ratePerSecond, burst: Math.max(1, ratePerSecond / 5) } });
  const [first] = services;
  const before = new Map(actions.map((name) => [name, withoutOurs(sandbox.actions.byName(name))]));
  const seen = sandbox.requests.length;
  const started = performance.now();
  let left = writes;
  let refusedHere = 0;
  const call = async (caller: number): Promise<void> => {
    for (; left > 0;) {
      left -= 1;
      const action = actions[left % actions.length] ?? '';
      const service = services[caller % services.length] ?? first;
      // A machine that is busy with other tests may make a service refuse: then nothing was written.
      for (;;) {
        const { status, body } = await world.send(service, world.manipulation(action));
        if (status === 200) break;
        assert.ok(status === 503 && (body.effect ?? 'none') === 'none', JSON.stringify(body));
        refusedHere += 1;
      }
    }
  };
  await Promise.all(Array.from({ length: 20 }, (_, caller) => call(caller)));
  const seconds = (performance.now() - started) / 1000;

  await settled(first, TAKE_OVER_SECONDS);
  const records = await allRecords(first);
  for (const name of actions) {
    const action = sandbox.actions.byName(name);
    const held = (action?.['configuration'] as { dateProcessing?: { computedValue?: string } })
      .dateProcessing;
    checkLast(
      records.filter(({ action_name, status }) => action_name === name && status === 'SUCCESS'),
      held?.computedValue,
      services.length,
    );
    assert.deepEqual(withoutOurs(action), before.get(name), `the rest of ${name} is untouched`);
    const turns = sandbox.requests
      .slice(seen)
      .filter(({ path, status }) => path.endsWith(`/${action?.id}`) && status !== 429)
      .map(({ endpoint }) => (endpoint === 'read' ? 'r' : 'w'))
      .join('');
    assert.match(turns, /^(rw)*$/, `reads and writes of ${name} alternate`);
  }
  const requests = sandbox.requests.slice(seen).filter(({ endpoint }) => endpoint !== 'webhook');
  const refused = requests.filter(({ status }) => status === 429).length;
  const counts = await settledAndStopped(world, services);
  return { ...counts, refused, refusedHere, seconds, ideal: (requests.length - refused) / ratePerSecond };
}
