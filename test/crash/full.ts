/**
 * All kills, many times: `npm run test:crash [-- --database postgres --parts boundaries,kills,pauses,clocks --rounds 20 --kills 200
 * --restarts 20 --seed N]`. Prints what was counted.
 */
import { parseArgs } from 'node:util';
import { startPostgres } from '../support/postgres.ts';
import type { Lifetime } from '../support/process.ts';
import { ANSWERED, BOUNDARIES, killAt, killEachAt } from './boundaries.ts';
import { pauseUnderLoad, wrongClocks } from './disturbances.ts';
import { killOneOfTwo, restartPostgres, sameKeyAtOnce, startPair, writeTogether } from './instances.ts';
import type { Counts } from './invariants.ts';
import { killUnderLoad } from './kills.ts';
import { createRandom } from '../support/random.ts';
import { createWorld, type World } from './world.ts';

const { values } = parseArgs({
  options: {
    database: { type: 'string', default: 'sqlite' },
    /** Of: key, writes, boundaries, restarts, kills, pauses, clocks. */
    parts: { type: 'string', default: 'key,writes,boundaries,restarts,kills,pauses,clocks' },
    restarts: { type: 'string', default: '20' },
    rounds: { type: 'string', default: '20' },
    kills: { type: 'string', default: '200' },
    seed: { type: 'string', default: '20261123' },
  },
});
const rounds = Number(values.rounds);
const kills = Number(values.kills);
const restarts = Number(values.restarts);
const parts = new Set(values.parts.split(','));
const random = createRandom(Number(values.seed));
/** A ledger is checked whole after each of its kills, so that it is kept small. */
const KILLS_A_WORLD = values.database === 'postgres' ? 50 : 20;
const LANES = 3;
const WRITES = { writes: 500, ratePerSecond: 100 };
const AT_100 = { CXONE_RATE_PER_SECOND: '100' };

// Ends the services too.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));

const started = performance.now();
const progress = (text: string) =>
  console.log(`${((performance.now() - started) / 1000).toFixed(0).padStart(5)} s  ${text}`);

/** Everything that `work` begins ends with it. */
async function within<T>(work: (lifetime: Lifetime) => Promise<T>): Promise<T> {
  const ends: (() => unknown)[] = [];
  try {
    return await work({ after: (end) => void ends.push(end) });
  } finally {
    for (const end of ends.reverse()) await end();
  }
}

function sum(all: object[]): Record<string, number> {
  const total: Record<string, number> = {};
  for (const one of all) {
    for (const [name, value] of Object.entries(one)) total[name] = (total[name] ?? 0) + Number(value);
  }
  return total;
}

/** Each round goes through all boundaries on a ledger of its own. */
async function boundaries(): Promise<void> {
  const left = Array.from({ length: rounds }, (_, round) => round);
  const all: Counts[] = [];
  const lane = async (): Promise<void> => {
    for (let round = left.shift(); round !== undefined; round = left.shift()) {
      const first = round;
      await within(async (lifetime) => {
        const world = await createWorld(lifetime);
        let service = await world.start();
        let counts: Counts | undefined;
        for (const [step, boundary] of [...BOUNDARIES, null].entries()) {
          ({ service, counts } = await killAt(world, service, boundary, first + step));
        }
        await service.stop();
        if (counts !== undefined) all.push(counts);
      });
      progress(`round ${round + 1} of ${rounds}: every boundary held`);
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  console.log(
    `kill -9, ${rounds} times each: ${[...BOUNDARIES.map(({ name }) => name), ANSWERED].join('; ')}`,
  );
  console.table(sum(all));
}

async function underLoad(): Promise<void> {
  const all = [];
  for (let done = 0; done < kills; done += KILLS_A_WORLD) {
    const now = Math.min(KILLS_A_WORLD, kills - done);
    all.push(await within(async (lifetime) => killUnderLoad(await createWorld(lifetime), now, random)));
    progress(`${done + now} of ${kills} kills under load: all held`);
  }
  console.log(`kill -9 at random times under load, seed ${values.seed}`);
  console.table(sum(all));
}

/** Two instances on one PostgreSQL. */
async function onPostgres(): Promise<void> {
  const cluster = await startPostgres({ durable: true });
  const world = async (lifetime: Lifetime, announces = true) =>
    createWorld(lifetime, { databaseUrl: await cluster.createDatabase(), announces });
  const report = (what: string, counts: object) => {
    progress(what);
    console.table(counts);
  };
  try {
    if (parts.has('key')) {
      await within(async (lifetime) => {
        const shared = await world(lifetime);
        const pair = await startPair(shared);
        const all = [];
        for (let i = 0; i < rounds; i += 1) all.push(await sameKeyAtOnce(shared, pair, 50, `key-${i}`));
        report(`the same key, 50 at once over two instances, ${rounds} times`, sum(all));
      });
    }
    if (parts.has('writes')) {
      report(
        '500 writes to 5 actions by 20 callers over three instances, at a tenant that allows 100 a second',
        await within(async (lifetime) => {
          const shared = await world(lifetime);
          return writeTogether(
            shared,
            [...(await startPair(shared, AT_100)), await shared.start(AT_100)],
            WRITES,
          );
        }),
      );
    }
    if (parts.has('boundaries')) await boundariesOf(world);
    if (parts.has('restarts')) {
      report(
        `PostgreSQL ended ${restarts} times under load`,
        await within(async (lifetime) => restartPostgres(await world(lifetime), cluster, restarts, random)),
      );
    }
    if (parts.has('kills')) await killsOf(world);
    await disturbances(world, 2);
  } finally {
    await cluster.destroy();
  }
}

async function killsOf(world: (lifetime: Lifetime) => Promise<World>): Promise<void> {
  const all = [];
  for (let done = 0; done < kills; done += KILLS_A_WORLD) {
    const now = Math.min(KILLS_A_WORLD, kills - done);
    all.push(await within(async (lifetime) => killOneOfTwo(await world(lifetime), now, random)));
    progress(`${done + now} of ${kills} kills of one of two under load: all held`);
  }
  console.log(`kill -9 of one of two instances at random times under load, seed ${values.seed}`);
  console.table(sum(all));
}

async function boundariesOf(world: (lifetime: Lifetime) => Promise<World>): Promise<void> {
  const left = [...BOUNDARIES, null];
  const all: Counts[] = [];
  const lane = async (): Promise<void> => {
    for (let boundary = left.shift(); boundary !== undefined; boundary = left.shift()) {
      const at = boundary;
      all.push(await within(async (lifetime) => killEachAt(await world(lifetime), at, rounds)));
      progress(`${rounds} kills when ${at?.name ?? ANSWERED}: all held`);
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  console.table(sum(all));
}

const PAUSES = [5, 15, 40];
const HOUR_MS = 3_600_000;
/** SQLite has no clock but the host's: three days ahead is the same as three days later, when keys have expired. */
const CLOCKS = { 1: [HOUR_MS, -HOUR_MS], 2: [HOUR_MS, -HOUR_MS, 72 * HOUR_MS, -72 * HOUR_MS] };

/** One after the other at two instances on PostgreSQL, at one on SQLite. */
async function disturbances(
  world: (lifetime: Lifetime, announces: boolean) => Promise<World>,
  instances: 1 | 2,
): Promise<void> {
  if (parts.has('pauses')) {
    const counts = await within(async (lifetime) =>
      pauseUnderLoad(await world(lifetime, true), { instances, seconds: PAUSES }, random),
    );
    progress(`an instance stopped by SIGSTOP under load for ${PAUSES.join(', ')} s: all held`);
    console.table(counts);
  }
  if (parts.has('clocks')) {
    const counts = await within(async (lifetime) =>
      wrongClocks(await world(lifetime, false), { instances, milliseconds: CLOCKS[instances] }, random),
    );
    progress('an instance whose clock is off, killed under load: all held');
    console.table(counts);
  }
}

if (values.database === 'postgres') {
  await onPostgres();
} else {
  if (parts.has('writes')) {
    console.log('500 writes to 5 actions by 20 callers, at a tenant that allows 100 a second');
    console.table(
      await within(async (lifetime) => {
        const alone = await createWorld(lifetime);
        return writeTogether(alone, [await alone.start(AT_100)], WRITES);
      }),
    );
  }
  if (parts.has('boundaries')) await boundaries();
  if (parts.has('kills')) await underLoad();
  await disturbances((lifetime, announces) => createWorld(lifetime, { announces }), 1);
}
