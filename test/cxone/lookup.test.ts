import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LIMITS } from '../../src/cxone/options.ts';
import { budget, count, manipulate, NAME, problem, reply, scriptedTenant, tenant } from './support.ts';

test('finds an action on page 3', async (t) => {
  const { sandbox, gateway } = await tenant(t);
  const { id } = await gateway.find('Shift_Window_Date', budget());
  assert.equal(id, sandbox.actions.byName('Shift_Window_Date')?.id);
  assert.deepEqual(
    sandbox.requests.filter(({ endpoint }) => endpoint === 'list').map(({ query }) => query),
    ['1', '2', '3'].map((page) => ({ pageSize: '25', page, filter: 'name=Shift_Window_Date' })),
  );
});

test('finds every action of the tenant by its exact name, however it is written', async (t) => {
  const { sandbox, gateway } = await tenant(t);
  for (const { id, name } of sandbox.actions.all()) {
    if (name === 'Duplicate_Date_Processor') continue;
    assert.deepEqual(await gateway.find(name, budget()), { id, name });
  }
});

test('refuses two actions of the same exact name, and a name that no action has', async (t) => {
  const { sandbox, gateway } = await tenant(t);
  await assert.rejects(
    gateway.find('Duplicate_Date_Processor', budget()),
    problem('ACTION_AMBIGUOUS', {}, /2 data actions.*ids/u),
  );
  for (const name of ['Production_Date_Pr', 'PRODUCTION_DATE_PROCESSOR', ` ${NAME}`])
    await assert.rejects(gateway.find(name, budget()), problem('ACTION_NOT_FOUND'));
  assert.equal(count(sandbox, 'write'), 0);
});

test('refuses a second action of the same name on the last page', async (t) => {
  const { sandbox, gateway } = await tenant(t);
  const first = sandbox.actions.byName('Shift_Window_Date_01');
  assert.ok(first);
  sandbox.actions.put({ ...first, id: 'twin', name: 'Shift_Window_Date' });
  await assert.rejects(gateway.find('Shift_Window_Date', budget()), problem('ACTION_AMBIGUOUS'));
});

test('one search for 100 look-ups at once, none for later ones', async (t) => {
  const { sandbox, gateway } = await tenant(t);
  await Promise.all(Array.from({ length: 100 }, () => gateway.find('Shift_Window_Date', budget())));
  assert.equal(count(sandbox, 'list'), 3);
  const spending = budget();
  await gateway.find('Shift_Window_Date', spending);
  assert.equal(count(sandbox, 'list'), 3);
  assert.equal(spending.spent.upstreamMs, 0);
});

test('a search goes on for its other callers when the one that began it leaves', async (t) => {
  const { sandbox, gateway } = await tenant(t);
  sandbox.fault('list', { delayMs: 50 });
  const leaving = new AbortController();
  const [first, second] = [gateway.find(NAME, budget(5000, leaving.signal)), gateway.find(NAME, budget())];
  leaving.abort();
  await assert.rejects(first, problem('UPSTREAM_TIMEOUT', { effect: 'none' }, /went away/u));
  assert.equal((await second).name, NAME);
  assert.equal(count(sandbox, 'list'), 1);
});

test('each caller waits by its own deadline for a shared search', async (t) => {
  const { sandbox, gateway } = await tenant(t);
  sandbox.fault('list', { delayMs: 200 });
  const [hasty, patient] = [gateway.find(NAME, budget(50)), gateway.find(NAME, budget(2000))];
  await assert.rejects(hasty, problem('UPSTREAM_TIMEOUT'));
  assert.equal((await patient).name, NAME);
});

for (const [paging, pages] of [
  ['overlap', 4],
  ['shrink', 3],
  ['grow', 4],
  ['loop', 6],
  ['links', 3],
] as const) {
  test(`finds an action on the last page when pages misbehave: ${paging}`, async (t) => {
    const { sandbox, gateway } = await tenant(t, { sandbox: { settings: { paging } } });
    const { id } = await gateway.find('Shift_Window_Date', budget());
    assert.equal(id, sandbox.actions.byName('Shift_Window_Date')?.id);
    assert.equal(count(sandbox, 'list'), pages);
    await assert.rejects(gateway.find('Shift_Window_Dat', budget()), problem('ACTION_NOT_FOUND'));
  });
}

test('stops at a page that repeats for ever', async (t) => {
  const { sandbox, gateway } = await tenant(t, { sandbox: { settings: { paging: 'repeat' } } });
  await assert.rejects(gateway.find('Shift_Window_Date', budget()), problem('ACTION_NOT_FOUND'));
  assert.equal(count(sandbox, 'list'), 12, 'three walks of a page and three that bring nothing');
});

test('follows no link to a foreign host, and takes no token there', async (t) => {
  const { gateway } = await tenant(t, { sandbox: { settings: { paging: 'foreign_links' } } });
  await assert.rejects(
    gateway.find('Shift_Window_Date', budget()),
    problem('UPSTREAM_INVALID_RESPONSE', {}, /attacker\.example/u),
  );
});

test('a list without end is given up after a stated number of pages', async (t) => {
  let lists = 0;
  const gateway = await scriptedTenant(t, (_request, response) => {
    lists += 1;
    const entities = [{ id: `id ${lists}`, name: lists === 7 ? NAME : `other ${lists}` }];
    return reply(response, 200, { entities, total: 1e9 });
  });
  await assert.rejects(
    gateway.find(NAME, budget(20_000)),
    problem('UPSTREAM_INVALID_RESPONSE', {}, /400 pages/u),
  );
  assert.equal(lists, LIMITS.pages);
});

test('a list that moves under the walk is walked again', async (t) => {
  // Between the first and the second page an action is deleted, and the one that is sought slips onto page 1.
  const all = Array.from({ length: 40 }, (_, i) => ({ id: `id-${i}`, name: i === 25 ? NAME : `other ${i}` }));
  const gateway = await scriptedTenant(t, (request, response) => {
    const page = Number(new URL(request.url ?? '', 'http://x').searchParams.get('page'));
    if (page === 2 && all.length === 40) all.shift();
    return reply(response, 200, { entities: all.slice((page - 1) * 25, page * 25), total: all.length });
  });
  assert.deepEqual(await gateway.find(NAME, budget()), { id: 'id-25', name: NAME });
});

for (const [what, body] of [
  ['no entities', { total: 1 }],
  ['an array', []],
  ['null', null],
  ['nothing', ''],
] as const) {
  test(`a list that is ${what} cannot be used`, async (t) => {
    const { sandbox, gateway } = await tenant(t);
    sandbox.fault('list', { status: 200, body: typeof body === 'string' ? body : JSON.stringify(body) });
    await assert.rejects(gateway.find(NAME, budget()), problem('UPSTREAM_INVALID_RESPONSE'));
  });
}

test('entities without a usable id or name are passed over', async (t) => {
  const { sandbox, gateway } = await tenant(t);
  const entities = [
    null,
    1,
    {},
    { id: '..', name: NAME },
    { id: 'nothing\0at\nall', name: NAME },
    { id: { a: 1 }, name: NAME },
    { name: NAME },
    { id: 7, name: NAME },
  ];
  sandbox.fault('list', { status: 200, body: { entities, total: 1 } });
  assert.deepEqual(await gateway.find(NAME, budget()), { id: '7', name: NAME });
});

test('is looked up again after it is gone', async (t) => {
  const { sandbox, gateway } = await tenant(t);
  await manipulate(gateway);
  const action = sandbox.actions.byName(NAME);
  assert.ok(action);
  sandbox.actions.delete(action.id);
  await assert.rejects(manipulate(gateway), problem('ACTION_NOT_FOUND'));
  sandbox.actions.put({ ...action, id: 'anew' });
  assert.equal((await manipulate(gateway)).id, 'anew');
});

for (const list of [
  { entities: [{ id: 5 }, null], total: 'many' },
  { entities: [{ id: 5 }, null], total: 2 },
  { entities: [{ id: '1', name: 'Another' }], total: 'many' },
  { entities: [{ id: '1', name: 'Another' }, { id: '2' }], total: 2 },
]) {
  test(`a list that is ${JSON.stringify(list)} does not say that there is no such action`, async (t) => {
    const { sandbox, gateway } = await tenant(t);
    sandbox.fault('list', { status: 200, body: list }, 10);
    await assert.rejects(gateway.find(NAME, budget()), problem('UPSTREAM_INVALID_RESPONSE'));
  });
}

test('a name that no action has costs one request, and not three, while others wait for the tenant’s rate', async (t) => {
  const { sandbox, gateway } = await tenant(t, { options: { ratePerSecond: 100 } });
  const names = Array.from({ length: 20 }, (_, n) => `No_Such_Action_${n}`);
  const ended = await Promise.allSettled(names.map((name) => gateway.find(name, budget())));
  assert.ok(ended.every(({ status }) => status === 'rejected'));
  // The last ones keep no other waiting, and look for what was meant.
  const asked = count(sandbox, 'list');
  assert.ok(asked < 2 * names.length, String(asked));
});
