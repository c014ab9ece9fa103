import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Fault } from '../../src/sandbox/settings.ts';
import type { AuditRecord } from '../../src/schemas/audit-record.ts';
import { checkInvariants } from '../crash/invariants.ts';
import { createCallers } from '../crash/load.ts';
import type { Service } from '../crash/process.ts';
import { ACTIONS, createWorld, settled, TAKE_OVER_SECONDS, until, type World } from '../crash/world.ts';
import type { Cluster } from '../support/postgres.ts';
import type { Lifetime } from '../support/process.ts';
import type { Random } from '../support/random.ts';
import { EXAMPLE } from '../support/service.ts';

/** What a tenant can do wrong, each at a read or a write of an action. */
const FAULTS: Fault[] = [
  { delayMs: 300 },
  { delayMs: 300, when: 'after' },
  { status: 429, headers: { 'retry-after': '1' } },
  { status: 500 },
  { status: 503, headers: { 'retry-after': '1' } },
  { status: 401 },
  { reset: 'before' },
  { reset: 'after' },
  { truncated: true },
  { truncated: 'connection' },
  { html: true },
  { html: true, status: 502 },
  { bytes: 3_000_000 },
];

interface Traffic {
  /** Answers by what was asked and their status. */
  answered: Record<string, number>;
  /** Answers that no caller should ever get. */
  wrong: string[];
}

/**
 * Two instances on one PostgreSQL under mixed traffic: manipulations with and without keys, batches, previews, lists and
 * rubbish, at a tenant that does everything wrong now and then. Meanwhile the database is restarted, one instance is
 * killed, and another is stopped and started. In the end requests, PUTs, records and webhooks agree to the last one; webhooks
 * that failed twice wait for a later try, and are counted.
 */
export async function mixedTraffic(
  t: Lifetime,
  cluster: Cluster,
  random: Random,
  seconds: number,
  progress: (text: string) => void,
) {
  const world = await createWorld(t, { databaseUrl: await cluster.createDatabase() });
  const env = { CXONE_ATTEMPT_TIMEOUT_MS: '1000', CXONE_RATE_PER_SECOND: '200' };
  const services: [Service, Service] = [await world.start(env), await world.start(env)];
  const callers = createCallers(world, 6, random);
  const load = callers.run(services);
  const traffic: Traffic = { answered: {}, wrong: [] };
  const stop = new AbortController();
  const beside = [
    troubleTenant(world, random, stop.signal),
    besides(world, services, random, traffic, stop.signal),
    besides(world, services, random, traffic, stop.signal),
  ];
  const share = (seconds * 1_000) / 4;

  await sleep(share);
  progress('the database is restarted');
  await cluster.stop('fast');
  await sleep(1_000);
  await cluster.start();
  await until('both are ready again', async () => {
    const ready = await Promise.all(services.map((service) => service.get('/health/ready')));
    return ready.every(({ status }) => status === 200);
  });
  await sleep(share);
  progress('an instance is killed');
  await services[0].kill();
  services[0] = await world.start(env);
  await sleep(share);
  progress('an instance is stopped');
  const stopped = services[1];
  services[1] = await world.start(env);
  assert.deepEqual(await stopped.stop(), { code: 0, signal: null });
  await sleep(share);

  progress('callers get their last answers');
  stop.abort();
  await Promise.all(beside);
  await load.stop();
  world.sandbox.clearFaults();
  await callers.finish(services, seconds + TAKE_OVER_SECONDS);
  progress('records and webhooks are settled');
  await settled(services[0], TAKE_OVER_SECONDS, { laterTries: true });
  progress('all of it is compared');
  const counts = await checkInvariants(world, services[0], { laterTries: true });
  for (const service of services) assert.deepEqual(await service.stop(), { code: 0, signal: null });
  assert.deepEqual(traffic.wrong, []);
  return { ...counts, sent: callers.sent, lost: callers.lost, ...traffic.answered };
}

/** Faults in the tenant's way, some at a time, and a webhook that fails now and then. */
async function troubleTenant({ sandbox }: World, random: Random, signal: AbortSignal): Promise<void> {
  for (let round = 0; !signal.aborted; round += 1) {
    const endpoint = random.pick(['read', 'write', 'list', 'token'] as const);
    sandbox.fault(endpoint, random.pick(FAULTS.filter((fault) => mayHappenAt(endpoint, fault))));
    if (round % 20 === 0) sandbox.fault('webhook', { status: 500 });
    if (round % 50 === 0) sandbox.revokeTokens();
    await pause(100, signal);
  }
}

/**
 * A write whose connection is reset first leaves no trace by which one could see that it has ended, and white space with a
 * 2xx is what a tenant says that applied a write and has nothing to add.
 */
function mayHappenAt(endpoint: string, fault: Fault): boolean {
  if (endpoint === 'write') return !('bytes' in fault) && !('reset' in fault && fault.reset === 'before');
  return endpoint !== 'token' || !('when' in fault);
}

/** What others ask for meanwhile, whose answers may only be those of the document. */
async function besides(
  world: World,
  services: readonly Service[],
  random: Random,
  { answered, wrong }: Traffic,
  signal: AbortSignal,
): Promise<void> {
  const requests: Record<string, [expected: number[], send: (service: Service) => Promise<number>]> = {
    preview: [[200], async (service) => (await service.post('/manipulations/preview', PREVIEW)).status],
    list: [[200, 503], async (service) => (await service.get('/audit-records?limit=20')).status],
    export: [
      [200, 503],
      async (service) => (await service.get('/audit-records', { accept: 'application/x-ndjson' })).status,
    ],
    batch: [[200, 503], (service) => sendBatch(world, service, random)],
    rubbish: [[400], async (service) => (await service.post('/manipulations', '{"a":')).status],
    nowhere: [[404], async (service) => (await service.get('/nowhere')).status],
    unknown: [
      [404, 502, 503, 504],
      async (service) =>
        (await service.get(`/audit-records/${'0'.repeat(8)}-0000-4000-8000-000000000000`)).status,
    ],
    live: [[200], async (service) => (await service.get('/health/live')).status],
    metrics: [[200], async (service) => (await service.get('/metrics')).status],
  };
  while (!signal.aborted) {
    const name = random.pick(Object.keys(requests));
    const [expected, send] = requests[name] ?? [[], async () => 0];
    // 0: the instance was killed or stopped meanwhile.
    const status = await send(random.pick(services)).catch((error: unknown) => {
      if (error instanceof TypeError) return 0;
      throw error;
    });
    answered[`${name} ${status}`] = (answered[`${name} ${status}`] ?? 0) + 1;
    if (status !== 0 && !expected.includes(status)) wrong.push(`${name}: ${status}`);
    await pause(20, signal);
  }
}

const PREVIEW = {
  source_timestamp: EXAMPLE.source_timestamp,
  target_timezone: EXAMPLE.target_timezone,
  operation: 'CONVERT',
};

/** A few items, one of them wrong. What its lines tell counts as told. */
async function sendBatch(world: World, service: Service, random: Random): Promise<number> {
  const items = Array.from({ length: 4 }, () => world.manipulation(random.pick(ACTIONS)));
  const { status, body } = await service.post<string>('/manipulations/batch', [...items, { wrong: true }]);
  if (status !== 200) return status;
  for (const line of body.trim().split('\n')) {
    const { audit_record, problem } = JSON.parse(line) as BatchLine;
    const record = audit_record ?? problem?.audit_record;
    if (record !== undefined) world.told.set(record.request_id, record);
  }
  return status;
}

interface BatchLine {
  audit_record?: AuditRecord;
  problem?: { audit_record?: AuditRecord };
}

const pause = (milliseconds: number, signal: AbortSignal): Promise<void> =>
  sleep(milliseconds, undefined, { signal }).catch(() => undefined);
