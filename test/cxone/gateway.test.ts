import assert from 'node:assert/strict';
import { test } from 'node:test';
import { at, budget, count, gatewayTo, held, manipulate, NAME, problem, tenant, value } from './support.ts';

test('finds the action by its exact name and writes only what it owns', async (t) => {
  const { sandbox, gateway } = await tenant(t);
  const before = sandbox.actions.byName(NAME);
  const spending = budget();
  const action = await gateway.find(NAME, spending);
  assert.deepEqual(action, { id: before?.id, name: NAME });
  assert.deepEqual(await gateway.update(action, value(), spending), action);
  assert.deepEqual(sandbox.actions.byName(NAME), {
    ...before,
    configuration: { ...(before?.['configuration'] as object), dateProcessing: value() },
  });
  assert.deepEqual(held(sandbox), value());
  assert.equal(spending.spent.attempts, 1);
  assert.ok(spending.spent.upstreamMs > 0);
  assert.deepEqual(
    sandbox.requests.map((request) => request.endpoint),
    ['token', 'list', 'read', 'write'],
  );
  for (const { headers } of sandbox.requests) assert.equal(headers.accept, 'application/json');
});

test('keeps every field, number and configuration of every action in the tenant', async (t) => {
  const { sandbox, gateway } = await tenant(t);
  for (const before of sandbox.actions.all()) {
    const text = sandbox.actions.text(before.id) ?? '';
    await gateway.update({ id: before.id, name: before.name }, value(), budget());
    const configuration = before['configuration'] ?? {};
    assert.deepEqual(sandbox.actions.get(before.id), {
      ...before,
      configuration: { ...configuration, dateProcessing: value() },
    });
    const numbers = (json: string): string[] => json.match(/9007199254740993|1\.10/gu) ?? [];
    assert.deepEqual(numbers(sandbox.actions.text(before.id) ?? ''), numbers(text));
  }
});

test('reads what the action holds, never from a cache', async (t) => {
  const { sandbox, gateway } = await tenant(t);
  const action = await gateway.find(NAME, budget());
  await gateway.update(action, value(at(1)), budget());
  assert.deepEqual(await gateway.read(action, budget()), value(at(1)));
  const other = sandbox.actions.byName(NAME);
  assert.ok(other);
  sandbox.actions.put({ ...other, configuration: {} });
  assert.equal(await gateway.read(action, budget()), null);
  sandbox.actions.delete(action.id);
  assert.equal(await gateway.read(action, budget()), null);
});

test('finds an action again that was deleted and made anew, or renamed', async (t) => {
  const { sandbox, gateway } = await tenant(t);
  const action = await gateway.find(NAME, budget());
  const made = sandbox.actions.byName(NAME);
  assert.ok(made);
  sandbox.actions.delete(action.id);
  sandbox.actions.put({ ...made, id: 'made-anew' });
  assert.deepEqual(await gateway.update(action, value(at(2)), budget()), { id: 'made-anew', name: NAME });
  sandbox.actions.put({ ...made, id: 'made-anew', name: 'Renamed' });
  sandbox.actions.put({ ...made, id: 'third' });
  assert.equal((await manipulate(gateway, NAME, at(3))).id, 'third');
  assert.deepEqual(held(sandbox), value(at(3)));
  assert.deepEqual(
    held(sandbox, 'Renamed'),
    (made['configuration'] as Record<string, unknown>)['dateProcessing'],
  );
  sandbox.actions.delete('third');
  await assert.rejects(manipulate(gateway), problem('ACTION_NOT_FOUND'));
});

test('says what CXone said when it rejects a write', async (t) => {
  const { gateway } = await tenant(t);
  const action = await gateway.find(NAME, budget());
  const spending = budget();
  await assert.rejects(
    gateway.update(action, { ...value(), timezone: 'Mars/Olympus' }, spending),
    problem('UPSTREAM_REJECTED', { effect: 'none' }, /timezone/u),
  );
  assert.equal(spending.spent.attempts, 1);
  assert.ok(spending.spent.upstreamMs > 0);
});

test('tells of a scope that is missing', async (t) => {
  const { sandbox, gateway } = await tenant(t, { sandbox: { settings: { scopes: ['dataactions:read'] } } });
  await assert.rejects(
    manipulate(gateway),
    problem('UPSTREAM_UNAUTHORIZED', {}, /dataactions:write.*CXONE_CLIENT_ID.*CXONE_SCOPE/u),
  );
  assert.equal(count(sandbox, 'token'), 1);
});

test('follows no redirect', async (t) => {
  const { sandbox, gateway } = await tenant(t);
  sandbox.fault('list', { status: 302, headers: { location: `${sandbox.url}/stolen` } });
  await assert.rejects(gateway.find(NAME, budget()), problem('UPSTREAM_INVALID_RESPONSE', {}, /302/u));
  assert.equal(count(sandbox, 'unknown'), 0);
});

test('has a problem for a tenant that is not there, and for a gateway that is closed', async (t) => {
  const gateway = gatewayTo(t, {});
  await assert.rejects(gateway.find(NAME, budget()), problem('UPSTREAM_UNAVAILABLE', { effect: 'none' }));
  assert.deepEqual(gateway.state(), { state: 'ok' });
  await gateway.close();
  await assert.rejects(gateway.find(NAME, budget()), problem('SHUTTING_DOWN'));
});
