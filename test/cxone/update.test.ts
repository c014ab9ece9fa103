import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Failure } from '../../src/cxone/http/failure.ts';
import { Problem } from '../../src/errors.ts';
import { createLocalCoordinator } from '../../src/services/coordinator.ts';
import { json, refuse, simulate, TOKEN } from './simulation.ts';
import { at, budget, count, eagerClock, held, manipulate, NAME, problem, tenant, value } from './support.ts';

const counts = (sandbox: Parameters<typeof count>[0]) => ({
  read: count(sandbox, 'read'),
  write: count(sandbox, 'write'),
});

for (const versions of ['etag', 'version'] as const) {
  for (const conflictStatus of [409, 400] as const) {
    test(`writes conditionally by ${versions}, and again after a conflict (${conflictStatus})`, async (t) => {
      const { sandbox, gateway } = await tenant(t, { sandbox: { settings: { versions, conflictStatus } } });
      await manipulate(gateway, NAME, at(1));
      assert.deepEqual(counts(sandbox), { read: 1, write: 1 });
      await manipulate(gateway, NAME, at(2));
      assert.deepEqual(
        counts(sandbox),
        { read: 1, write: 2 },
        'the representation of the last write saves the read',
      );

      const action = sandbox.actions.byName(NAME);
      assert.ok(action);
      sandbox.actions.put({ ...action, enabled: false, note: 'of another writer' });
      const spending = budget();
      await manipulate(gateway, NAME, at(3), spending);
      assert.deepEqual(counts(sandbox), { read: 2, write: 4 });
      assert.equal(spending.spent.attempts, 2);
      assert.deepEqual(held(sandbox), value(at(3)));
      assert.equal(sandbox.actions.byName(NAME)?.enabled, false);
      assert.equal(sandbox.actions.byName(NAME)?.['note'], 'of another writer');
    });
  }
}

test('reads before each write when the tenant has no versions', async (t) => {
  const { sandbox, gateway } = await tenant(t);
  for (const n of [1, 2, 3]) await manipulate(gateway, NAME, at(n));
  assert.deepEqual(counts(sandbox), { read: 3, write: 3 });
  for (const { headers } of sandbox.requests) assert.equal(headers['if-match'], undefined);
});

for (const configuration of ['text', [1]]) {
  test(`a configuration that is ${JSON.stringify(configuration)} is left alone`, async (t) => {
    const { sandbox, gateway } = await tenant(t);
    const action = sandbox.actions.byName(NAME);
    assert.ok(action);
    sandbox.actions.put({ ...action, configuration });
    await assert.rejects(manipulate(gateway), problem('UPSTREAM_INVALID_RESPONSE'));
    assert.equal(count(sandbox, 'write'), 0);
    assert.deepEqual(sandbox.actions.byName(NAME)?.['configuration'], configuration);
  });
}

for (const status of [409, 412]) {
  test(`an action that keeps changing (${status}) ends as a conflict at the deadline`, async (t) => {
    const simulation = simulate(t);
    const gateway = simulation.gateway({}, async ({ endpoint }) => {
      if (endpoint === 'token') return TOKEN;
      await simulation.clock.sleep(20);
      if (endpoint === 'write') throw refuse(status);
      return json({ id: '1', name: NAME, configuration: {} });
    });
    const spending = simulation.budget(3000);
    const started = simulation.clock.now();
    const rejected = assert.rejects(
      gateway.update({ id: '1', name: NAME }, value(), spending),
      problem('ACTION_CONFLICT', { effect: 'none' }, new RegExp(`${status}`, 'u')),
    );
    let tookMs = 0;
    void rejected.then(() => (tookMs = simulation.clock.now() - started));
    await simulation.pass(3500);
    await rejected;
    assert.ok(tookMs > 1500 && tookMs <= 3000, `${tookMs} ms`);
    assert.ok(spending.spent.attempts >= 5);
  });
}

for (const reset of ['before', 'after'] as const) {
  for (const versions of ['none', 'etag', 'version'] as const) {
    test(`a reset ${reset} applying is settled by reading (${versions})`, async (t) => {
      const { sandbox, gateway } = await tenant(t, { sandbox: { settings: { versions } } });
      sandbox.fault('write', { reset });
      const spending = budget();
      await manipulate(gateway, NAME, at(1), spending);
      assert.deepEqual(held(sandbox), value(at(1)));
      assert.equal(sandbox.requests.filter(({ applied }) => applied).length, 1);
      assert.equal(spending.spent.attempts, reset === 'after' ? 1 : 2);
      assert.deepEqual(
        sandbox.requests.slice(2).map(({ endpoint }) => endpoint),
        reset === 'after' ? ['read', 'write', 'read'] : ['read', 'write', 'read', 'write'],
      );
    });
  }
}

for (const [what, fault] of [
  ['half an answer', { truncated: 'connection' }],
  ['half a document', { truncated: true }],
  ['silence', { stall: true }],
] as const) {
  test(`${what} to a write that was applied is settled by reading`, async (t) => {
    const { sandbox, gateway } = await tenant(t, { options: { attemptTimeoutMs: 200 } });
    sandbox.fault('write', fault);
    await manipulate(gateway, NAME, at(1));
    assert.deepEqual(counts(sandbox), { read: 2, write: 1 });
  });
}

for (const fault of [{ status: 500 }, { status: 503 }, { html: true }] as const) {
  test(`${JSON.stringify(fault)} to a write is read before it is written again`, async (t) => {
    const { sandbox, gateway } = await tenant(t);
    sandbox.fault('write', fault);
    if ('html' in fault) {
      // A page that is no answer of the API: not applied, and no sense in trying again.
      await assert.rejects(
        manipulate(gateway, NAME, at(1)),
        problem('UPSTREAM_INVALID_RESPONSE', { effect: 'none' }),
      );
      assert.deepEqual(counts(sandbox), { read: 2, write: 1 });
    } else {
      await manipulate(gateway, NAME, at(1));
      assert.deepEqual(counts(sandbox), { read: 2, write: 2 });
    }
  });
}

for (const [versions, effect] of [
  ['none', 'unknown'],
  ['version', 'none'],
  ['etag', 'none'],
] as const) {
  test(`a write that is lost every time and never seen has the effect ${effect} (${versions})`, async (t) => {
    const { sandbox, gateway } = await tenant(t, { sandbox: { settings: { versions } } });
    sandbox.fault('write', { reset: 'before' }, 100);
    const before = held(sandbox);
    const spending = budget();
    await assert.rejects(
      manipulate(gateway, NAME, at(1), spending),
      problem('UPSTREAM_UNAVAILABLE', { effect }),
    );
    assert.equal(spending.spent.attempts, 4);
    // One before each write, and one at the end; a conditional write is given time, and looked for once more.
    assert.equal(count(sandbox, 'read'), effect === 'none' ? 6 : 5);
    assert.deepEqual(held(sandbox), before);
  });
}

for (const answer of [502, 503, 504, 408, 'reset'] as const) {
  for (const [versioned, effect] of [
    [false, 'unknown'],
    [true, 'none'],
  ] as const) {
    const what = versioned ? 'with versions' : 'without versions';
    test(`a write answered by ${answer} and applied later is never told as failed (${what})`, async (t) => {
      const simulation = simulate(t);
      let action = { id: '1', name: NAME, ...(versioned && { version: 1 }), configuration: {} };
      let writes = 0;
      const gateway = simulation.gateway({ maxAttempts: 1 }, async ({ endpoint, body }) => {
        if (endpoint === 'token') return TOKEN;
        await simulation.clock.sleep(10);
        if (endpoint === 'read') return json(structuredClone(action));
        writes += 1;
        const sent = JSON.parse(body ?? '') as typeof action;
        simulation.clock.after(versioned ? 500 : 3000, () => (action = sent));
        throw answer === 'reset' ? new Failure('reset', 'The connection was lost.') : refuse(answer);
      });
      const told = gateway.update({ id: '1', name: NAME }, value(), simulation.budget()).then(
        () => 'SUCCESS',
        (error: unknown) => (error as Problem).effect,
      );
      await simulation.pass(15_000);
      assert.equal(writes, 1);
      // Where writes are conditional, it is looked at once more after a moment, and seen.
      assert.equal(await told, effect === 'unknown' ? 'unknown' : 'SUCCESS');
    });
  }
}

test('a lost write that cannot be read back is unknown', async (t) => {
  const { sandbox, gateway } = await tenant(t);
  const action = await gateway.find(NAME, budget());
  sandbox.fault('read', { delayMs: 0 });
  sandbox.fault('read', { status: 500 }, 100);
  sandbox.fault('write', { reset: 'after' });
  await assert.rejects(
    gateway.update(action, value(at(1)), budget()),
    problem('UPSTREAM_UNAVAILABLE', { effect: 'unknown' }, /not known/u),
  );
  assert.equal(count(sandbox, 'write'), 1);
});

test('a lost write after which another client has written is UNKNOWN', async (t) => {
  const { sandbox, gateway } = await tenant(t, { sandbox: { settings: { versions: 'version' } } });
  const action = await gateway.find(NAME, budget());
  sandbox.fault('read', { delayMs: 0 });
  sandbox.fault('read', { delayMs: 100 });
  sandbox.fault('write', { reset: 'after' });
  const update = gateway.update(action, value(at(1)), budget());
  while (!sandbox.requests.some(({ applied }) => applied)) await new Promise(setImmediate);
  const written = sandbox.actions.byName(NAME);
  assert.ok(written);
  sandbox.actions.put({ ...written, configuration: { dateProcessing: value(at(2)) } });
  await assert.rejects(update, problem('UPSTREAM_UNAVAILABLE', { effect: 'unknown' }));
  assert.deepEqual(held(sandbox), value(at(2)), 'the newer value stands');
});

test('a write without an answer up to the deadline is unknown', async (t) => {
  const { sandbox, gateway } = await tenant(t);
  const action = await gateway.find(NAME, budget());
  sandbox.fault('write', { delayMs: 5000, when: 'after' });
  await assert.rejects(
    gateway.update(action, value(at(1)), budget(200)),
    problem('UPSTREAM_TIMEOUT', { effect: 'unknown' }),
  );
});

test('a write goes on to its end when its caller has left', async (t) => {
  const { sandbox, gateway } = await tenant(t);
  const action = await gateway.find(NAME, budget());
  const leaving = new AbortController();
  const written = gateway.update(action, value(at(1)), budget(5000, leaving.signal));
  while (count(sandbox, 'read') === 0) await new Promise(setImmediate);
  leaving.abort();
  await written;
  assert.deepEqual(held(sandbox), value(at(1)));

  const late = new AbortController();
  sandbox.fault('write', { reset: 'after', delayMs: 50 });
  const sent = gateway.update(action, value(at(2)), budget(5000, late.signal));
  while (count(sandbox, 'write') === 1) await new Promise(setImmediate);
  late.abort();
  await sent;
  assert.deepEqual(held(sandbox), value(at(2)));
});

test('a read that is not wanted any more is given up at once', async (t) => {
  const { sandbox, gateway } = await tenant(t);
  const action = await gateway.find(NAME, budget());
  const leaving = new AbortController();
  sandbox.fault('read', { stall: true });
  const read = gateway.read(action, budget(20_000, leaving.signal));
  while (count(sandbox, 'read') === 0) await new Promise(setImmediate);
  leaving.abort();
  await assert.rejects(read, problem('UPSTREAM_TIMEOUT', { effect: 'none' }, /went away/u));
});

test('the trace of the caller is passed on with each request', async (t) => {
  const { sandbox, gateway } = await tenant(t);
  const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
  await manipulate(gateway, NAME, at(1), { ...budget(), traceparent });
  assert.deepEqual(
    sandbox.requests
      .filter(({ endpoint }) => endpoint !== 'token')
      .map(({ endpoint, headers }) => [endpoint, headers['traceparent']]),
    ['list', 'read', 'write'].map((endpoint) => [endpoint, traceparent]),
  );
});

test('writes to one action keep their order, whichever is quicker', async (t) => {
  const { sandbox, gateway } = await tenant(t);
  const action = await gateway.find(NAME, budget());
  sandbox.fault('read', { delayMs: 50 });
  sandbox.fault('write', { status: 503 });
  await Promise.all([1, 2, 3, 4, 5].map((n) => gateway.update(action, value(at(n)), budget())));
  const written = sandbox.requests
    .filter(({ applied }) => applied)
    .map(({ body }) => JSON.parse(body) as object);
  assert.deepEqual(
    written.map(
      (body) => (body as { configuration: { dateProcessing: unknown } }).configuration.dateProcessing,
    ),
    [1, 2, 3, 4, 5].map((n) => value(at(n))),
  );
});

test('a slow action holds up no other', async (t) => {
  const { sandbox, gateway } = await tenant(t, { options: { maxConcurrent: 2 } });
  const [slow, quick] = [
    await gateway.find(NAME, budget()),
    await gateway.find('Overnight_Callback', budget()),
  ];
  sandbox.fault('read', { delayMs: 3000 });
  let done = 0;
  const waiting = Array.from({ length: 5 }, (_, n) =>
    gateway.update(slow, value(at(n)), budget()).then(() => (done += 1)),
  );
  while (count(sandbox, 'read') === 0) await new Promise(setImmediate);
  await gateway.update(quick, value(), budget());
  assert.equal(done, 0, 'the others still wait for the first one');
  await Promise.all(waiting);
});

test('a lock that cannot be released does not undo the write', async (t) => {
  const coordinator = createLocalCoordinator(eagerClock);
  const lost = new Problem('LEDGER_UNAVAILABLE', 'The database is away.');
  const { sandbox, gateway } = await tenant(t, {
    coordinator: {
      ...coordinator,
      exclusive: (key, signal, work) =>
        coordinator.exclusive(key, signal, work).then(() => Promise.reject(lost)),
    },
  });
  await manipulate(gateway, NAME, at(1));
  assert.deepEqual(held(sandbox), value(at(1)));
});

test('what is to be done before the write runs beside the read, and the write waits for it', async (t) => {
  const { sandbox, gateway } = await tenant(t);
  const action = await gateway.find(NAME, budget());
  const { promise: marked, resolve: mark } = Promise.withResolvers<undefined>();
  let calls = 0;
  const beforeWrite = async (): Promise<void> => {
    calls += 1;
    await marked;
  };
  sandbox.fault('write', { status: 503 });
  const update = gateway.update(action, value(at(1)), budget(), { beforeWrite });
  while (sandbox.requests.at(-1)?.endpoint !== 'read') await new Promise(setImmediate);
  for (let turn = 0; turn < 20; turn += 1) await new Promise(setImmediate);
  assert.deepEqual(counts(sandbox), { read: 1, write: 0 });
  mark(undefined);
  await update;
  assert.equal(calls, 1, 'also when it is written twice');
  assert.deepEqual(held(sandbox), value(at(1)));
});

test('nothing is looked up or read before what it waits for has begun; what precedes the write is done meanwhile', async (t) => {
  const { sandbox, gateway } = await tenant(t);
  const { promise: begun, resolve: begin } = Promise.withResolvers<undefined>();
  const turns = async () => {
    for (let turn = 0; turn < 20; turn += 1) await new Promise(setImmediate);
  };
  const finding = gateway.find(NAME, { ...budget(), begun });
  await turns();
  assert.equal(sandbox.requests.length, 0);
  begin(undefined);
  const action = await finding;

  const { promise: again, resolve: beginAgain } = Promise.withResolvers<undefined>();
  let calls = 0;
  const beforeWrite = async (): Promise<void> => void (calls += 1);
  const update = gateway.update(action, value(at(1)), { ...budget(), begun: again }, { beforeWrite });
  await turns();
  assert.deepEqual([calls, counts(sandbox)], [1, { read: 0, write: 0 }]);
  beginAgain(undefined);
  await update;
  assert.deepEqual(held(sandbox), value(at(1)));
});

test('what cannot begin is told as it is, and asks the tenant for nothing', async (t) => {
  const { sandbox, gateway } = await tenant(t);
  const action = await gateway.find(NAME, budget());
  const requests = sandbox.requests.length;
  const full = new Problem('LEDGER_UNAVAILABLE', 'The disk is full.');
  const refused = () => ({ ...budget(), begun: Promise.reject(full) });
  await assert.rejects(gateway.find('Another', refused()), full);
  await assert.rejects(gateway.update(action, value(at(1)), refused()), full);
  assert.equal(sandbox.requests.length, requests);
});

test('a refusal before the write leaves the action as it is', async (t) => {
  const { sandbox, gateway } = await tenant(t);
  const action = await gateway.find(NAME, budget());
  const lost = new Problem('LEDGER_UNAVAILABLE', 'Another instance has taken this over.');
  await assert.rejects(
    gateway.update(action, value(at(1)), budget(), { beforeWrite: () => Promise.reject(lost) }),
    problem('LEDGER_UNAVAILABLE', { effect: 'none' }),
  );
  assert.equal(count(sandbox, 'write'), 0);
});
