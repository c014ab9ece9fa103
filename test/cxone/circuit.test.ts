import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Failure } from '../../src/cxone/http/failure.ts';
import { createCircuit } from '../../src/cxone/resilience/circuit.ts';
import type { Problem } from '../../src/errors.ts';
import { json, simulate, TOKEN } from './simulation.ts';
import { problem, recorded } from './support.ts';

const setUp = () => {
  let elapsed = 5000;
  const states: string[] = [];
  const circuit = createCircuit('CXone', {
    clock: { monotonic: () => elapsed },
    onChange: (state) => states.push(state),
  });
  const requests = (count: number, shown: 'healthy' | 'failing' | 'nothing'): void => {
    for (let n = 0; n < count; n += 1) circuit.ended(circuit.enter(), shown);
  };
  return { circuit, states, requests, pass: (milliseconds: number) => (elapsed += milliseconds) };
};

test('opens when more than half of the last 20 requests failed, of 10 at least', () => {
  const { circuit, requests } = setUp();
  requests(9, 'failing');
  assert.equal(circuit.state(), 'closed');
  requests(1, 'failing');
  assert.equal(circuit.state(), 'open');

  const other = setUp();
  other.requests(10, 'healthy');
  other.requests(10, 'failing');
  assert.equal(other.circuit.state(), 'closed');
  other.requests(1, 'failing');
  assert.equal(other.circuit.state(), 'open');
});

test('rests for 1, 2, 4, 8, then 10 s while probes fail, and one good answer closes it', () => {
  const { circuit, requests, pass, states } = setUp();
  requests(10, 'failing');
  for (const seconds of [1, 2, 4, 8, 10, 10]) {
    assert.throws(() => circuit.enter(), problem('CIRCUIT_OPEN', { retryAfterSeconds: seconds }));
    pass(seconds * 1000 - 1);
    assert.throws(() => circuit.enter(), problem('CIRCUIT_OPEN', { retryAfterSeconds: 1 }));
    pass(1);
    requests(1, 'failing');
  }
  pass(10_000);
  const probe = circuit.enter();
  assert.throws(() => circuit.enter(), problem('CIRCUIT_OPEN'), 'there is one probe at a time');
  circuit.ended(probe, 'healthy');
  assert.deepEqual(states.slice(-2), ['half_open', 'closed']);
});

test('a probe that shows nothing opens it again for no longer than before', () => {
  const { circuit, requests, pass } = setUp();
  requests(10, 'failing');
  pass(1000);
  requests(1, 'nothing');
  assert.throws(() => circuit.enter(), problem('CIRCUIT_OPEN', { retryAfterSeconds: 1 }));
});

test('what was sent before it changed its state says nothing about it', () => {
  const { circuit, requests, pass } = setUp();
  const early = circuit.enter();
  requests(10, 'failing');
  circuit.ended(early, 'healthy');
  assert.equal(circuit.state(), 'open');
  assert.throws(() => circuit.assertStillPassable(early), problem('CIRCUIT_OPEN'));
  pass(1000);
  circuit.enter();
  circuit.ended(early, 'healthy');
  assert.equal(circuit.state(), 'half_open');
});

test('goes by the monotonic clock: the wall clock may be set back', async (t) => {
  const simulation = simulate(t);
  let failing = true;
  const gateway = simulation.gateway({ maxAttempts: 1 }, async ({ endpoint }) => {
    if (endpoint === 'token') return TOKEN;
    if (failing) throw new Failure('reset', 'Lost.');
    return json({ entities: [{ id: '1', name: 'late' }], total: 1 });
  });
  await Promise.allSettled(Array.from({ length: 20 }, (_, n) => gateway.find(`${n}`, simulation.budget())));
  assert.equal(gateway.state().detail, 'circuit open');
  simulation.setWallClock(-3_600_000);
  failing = false;
  await simulation.pass(1000);
  assert.equal((await gateway.find('late', simulation.budget())).id, '1');
});

test('attempts that are cut short by a near deadline do not open it', async (t) => {
  const simulation = simulate(t);
  const circuit = recorded(simulation.events, 'cxone.circuit');
  const gateway = simulation.gateway(
    { attemptTimeoutMs: 5000, maxAttempts: 1 },
    async ({ endpoint }, signal) => {
      if (endpoint === 'token') return TOKEN;
      await simulation.clock.sleep(60_000, signal);
      throw new Error('never reached');
    },
  );
  const ask = (milliseconds: number) =>
    Array.from({ length: 30 }, (_, n) =>
      gateway.find(`${milliseconds} ${n}`, simulation.budget(milliseconds)).then(
        () => 'found',
        (error: unknown) => (error as Problem).code,
      ),
    );
  const hasty = Promise.all(ask(500));
  await simulation.pass(1000);
  assert.deepEqual(new Set(await hasty), new Set(['UPSTREAM_TIMEOUT']));
  assert.equal(circuit.length, 0);
  const patient = Promise.all(ask(9000));
  await simulation.pass(10_000);
  await patient;
  assert.equal(circuit[0]?.state, 'open', 'the full time of an attempt counts');
});
