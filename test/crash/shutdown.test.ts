import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkInvariants } from './invariants.ts';
import { slowDown } from './load.ts';
import { stopAmongStalledClients } from '../attack/shutdown.ts';
import { createRandom } from '../support/random.ts';
import { temporaryDirectory } from '../support/temporary.ts';
import { ACTIONS, allRecords, createWorld, figure, until } from './world.ts';

test('SIGTERM under load: what was taken is answered, nothing is left over, exit 0', async (t) => {
  const world = await createWorld(t);
  const random = createRandom(5);
  slowDown(world, random, 400);
  const service = await world.start();
  const answers = new Map<string, number>();
  const lost: string[] = [];

  /** Sends until connections are refused. */
  const call = async (): Promise<void> => {
    for (;;) {
      const request = world.manipulation(random.pick(ACTIONS));
      try {
        const { status, body } = await world.send(service, request);
        const code = status === 200 ? 'SUCCESS' : body.code;
        answers.set(code, (answers.get(code) ?? 0) + 1);
      } catch {
        lost.push(request.source_timestamp);
        return;
      }
    }
  };
  const callers = Promise.all(Array.from({ length: 16 }, call));
  await until('the load runs', () => (answers.get('SUCCESS') ?? 0) >= 40);
  const ended = await service.stop();
  await callers;

  assert.deepEqual(ended, { code: 0, signal: null });
  for (const code of answers.keys()) assert.ok(['SUCCESS', 'SHUTTING_DOWN'].includes(code), code);

  world.sandbox.clearFaults();
  const next = await world.start();
  assert.equal(await figure(next, 'ledger_unreconciled_intents'), 0);
  const records = await allRecords(next);
  const known = new Set(records.map(({ input_timestamp }) => input_timestamp));
  assert.deepEqual(
    lost.filter((source) => known.has(source)),
    [],
    'a caller without an answer was never taken in',
  );
  assert.ok(!next.output().includes('settled intents'), 'nothing was left to settle');
  const { told, SUCCESS } = await checkInvariants(world, next);
  assert.equal(SUCCESS, answers.get('SUCCESS'));
  assert.equal(told, records.length, 'each record was told');
});

test('a caller that keeps its connection does not keep the service from ending', async (t) => {
  const world = await createWorld(t);
  const service = await world.start();
  world.sandbox.fault('write', { delayMs: 100 });
  const answer = world.send(service, world.manipulation(ACTIONS[0] ?? ''));
  await until('it is in flight', () => world.sandbox.requests.some(({ endpoint }) => endpoint === 'write'));
  const ended = service.stop();
  assert.equal((await answer).status, 200);
  assert.deepEqual(await ended, { code: 0, signal: null });
});

test('SIGTERM among clients that stall in every way: the work is answered, the checkpoint written, exit 0', async (t) => {
  await stopAmongStalledClients(t, temporaryDirectory(t));
});

test('after SIGTERM readiness is red while requests are still taken, then the listener closes', async (t) => {
  const world = await createWorld(t);
  const service = await world.start({ SHUTDOWN_DRAIN_MS: '4000' });
  const ended = service.stop();
  await until('readiness is red', async () => (await service.get('/health/ready')).status === 503);
  assert.equal((await service.get('/health/live')).status, 200);
  const { status, headers } = await world.send(service, world.manipulation(ACTIONS[0] ?? ''));
  assert.deepEqual([status, headers.get('connection')], [200, 'close']);
  assert.deepEqual(await ended, { code: 0, signal: null });
  await assert.rejects(service.get('/health/live'));
});
