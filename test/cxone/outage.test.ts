import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Problem } from '../../src/errors.ts';
import { Failure } from '../../src/cxone/http/failure.ts';
import { json, refuse, type SimulatedTenant, simulate, TOKEN } from './simulation.ts';
import { recorded } from './support.ts';

interface Ended {
  code: string;
  tookMs: number;
  retryAfterSeconds: number | undefined;
}

for (const perSecond of [1, 5, 50, 200]) {
  test(`60 s of nothing but 503 at ${perSecond} callers a second`, async (t) => {
    const simulation = simulate(t);
    const { clock } = simulation;
    const circuit = recorded(simulation.events, 'cxone.circuit');
    let ill = true;
    let sent = 0;
    const answer: SimulatedTenant = async ({ endpoint, path }) => {
      if (endpoint === 'token') return TOKEN;
      sent += 1;
      await clock.sleep(20);
      if (ill) throw refuse(503);
      return json({
        entities: [{ id: '1', name: decodeURIComponent(path.split('filter=name%3D')[1] ?? '') }],
        total: 1,
      });
    };
    const gateway = simulation.gateway({ ratePerSecond: 1000 }, answer);

    let callers = 0;
    const ended: Ended[] = [];
    const call = (): void => {
      callers += 1;
      const started = clock.now();
      const end = (code: string, retryAfterSeconds?: number) =>
        ended.push({ code, tookMs: clock.now() - started, retryAfterSeconds });
      gateway.find(`caller ${callers}`, simulation.budget()).then(
        () => end('found'),
        (error: unknown) => end((error as Problem).code, (error as Problem).retryAfterSeconds),
      );
    };
    const calling = (): void => {
      if (clock.now() % (1000 / perSecond) === 0) call();
    };

    await simulation.pass(60_000, calling);
    const load = sent / callers;
    t.diagnostic(`${callers} callers, ${sent} requests: ${load.toFixed(3)} times the load`);
    assert.equal(callers, 60 * perSecond);
    assert.ok(load <= 1.2);
    assert.ok(circuit.some(({ state }) => state === 'open'));
    assert.deepEqual(gateway.state().state, 'degraded');

    const refused = ended.filter(({ code }) => code === 'CIRCUIT_OPEN');
    assert.ok(refused.length > callers * 0.5);
    for (const { retryAfterSeconds = 0 } of refused)
      assert.ok(retryAfterSeconds >= 1 && retryAfterSeconds <= 10);
    const atOnce = refused.filter(({ tookMs }) => tookMs === 0);
    // The others had been sent before, and failed on the way to their next try.
    assert.ok(atOnce.length >= refused.length - 50);

    ill = false;
    circuit.length = 0;
    sent = 0;
    while (gateway.state().state !== 'ok' && sent < 2) await simulation.pass(5, calling);
    assert.deepEqual(circuit, [{ state: 'half_open' }, { state: 'closed' }]);
    assert.equal(sent, 1, 'one probe, and it closes the circuit');
    ended.length = 0;
    await simulation.pass(2000, calling);
    assert.ok(ended.some(({ code }) => code === 'found'));
    assert.ok(!ended.slice(5).some(({ code }) => code === 'CIRCUIT_OPEN'));
  });
}

test('while a probe hangs, all other calls fail at once', async (t) => {
  const simulation = simulate(t);
  const { clock } = simulation;
  let sent = 0;
  let hangs = false;
  const gateway = simulation.gateway(
    { attemptTimeoutMs: 5000, maxAttempts: 1 },
    async ({ endpoint }, signal) => {
      if (endpoint === 'token') return TOKEN;
      sent += 1;
      if (hangs) await clock.sleep(60_000, signal).catch(() => undefined);
      throw refuse(503);
    },
  );
  const ask = (n: number) =>
    gateway.find(`name ${n}`, simulation.budget()).then(
      () => 'found',
      (error: unknown) => (error as Problem).code,
    );
  const first = Promise.all(Array.from({ length: 20 }, (_, n) => ask(n)));
  await simulation.pass(50);
  assert.ok((await first).filter((code) => code === 'UPSTREAM_UNAVAILABLE').length >= 10);
  hangs = true;
  await simulation.pass(1000);
  sent = 0;
  const codes: string[] = [];
  for (let n = 0; n < 50; n += 1) void ask(100 + n).then((code) => codes.push(code));
  await simulation.pass(5);
  assert.equal(sent, 1);
  assert.deepEqual(codes, Array<string>(49).fill('CIRCUIT_OPEN'));
  await simulation.pass(5000);
  assert.equal(codes.length, 50);
  assert.equal(gateway.state().detail, 'circuit open', 'the probe failed');
});

test('a probe whose caller leaves proves nothing', async (t) => {
  const simulation = simulate(t);
  const { clock } = simulation;
  let hangs = false;
  const gateway = simulation.gateway({ maxAttempts: 1 }, async ({ endpoint }, signal) => {
    if (endpoint === 'token') return TOKEN;
    if (hangs) await clock.sleep(60_000, signal).catch(() => undefined);
    throw signal.aborted ? new Failure('timeout', 'CXone did not answer in time.') : refuse(503);
  });
  const failures = Promise.allSettled(
    Array.from({ length: 20 }, (_, n) => gateway.find(`${n}`, simulation.budget())),
  );
  await simulation.pass(50);
  await failures;
  await simulation.pass(1000);
  hangs = true;
  const leaving = new AbortController();
  const probe = gateway.find('probe', { ...simulation.budget(), signal: leaving.signal });
  await simulation.pass(20);
  assert.equal(gateway.state().detail, 'circuit half_open');
  leaving.abort();
  await assert.rejects(probe);
  await simulation.pass(20);
  assert.equal(gateway.state().detail, 'circuit open');
});
