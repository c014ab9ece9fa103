import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dateProcessing } from '../support/date-processing.ts';
import { actionOf, client, pathOf, start } from './support.ts';

test('holds at least 60 actions and the names that a careless lookup confuses', async (t) => {
  const sandbox = await start(t, { extraActions: 3 });
  const names = sandbox.actions.all().map(({ name }) => name);
  assert.ok(names.length >= 60);
  assert.equal(names.filter((name) => name === 'Production_Date_Processor').length, 1);
  assert.equal(names.filter((name) => name === 'Duplicate_Date_Processor').length, 2);
  assert.deepEqual(names.slice(-3), ['Bulk_0001', 'Bulk_0002', 'Bulk_0003']);
  assert.equal(new Set(sandbox.actions.all().map(({ id }) => id)).size, names.length);
  assert.ok(sandbox.actions.all().some(({ enabled }) => !enabled));
});

test('lists partial matches in any letter case, the exact one not first', async (t) => {
  const tenant = await client(await start(t));
  const { entities, total, page, pageSize } = await tenant.list('Production_Date_Processor');
  const names = entities.map(({ name }) => name);
  assert.ok(names.indexOf('Production_Date_Processor') > 1);
  assert.ok(names.includes('production_date_processor'));
  assert.ok(names.includes('Production_Date_Processor_EU'));
  assert.deepEqual({ total, page, pageSize }, { total: names.length, page: 1, pageSize: 25 });
});

test('serves pages of 25 at most, and an exact name on page 3', async (t) => {
  const tenant = await client(await start(t));
  const pages = await Promise.all([1, 2, 3, 4].map((page) => tenant.list('Shift_Window_Date', page)));
  assert.deepEqual(
    pages.map(({ entities }) => entities.length),
    [25, 25, 6, 0],
  );
  assert.deepEqual(
    pages.map(({ entities }) => entities.some(({ name }) => name === 'Shift_Window_Date')),
    [false, false, true, false],
  );
  const all = await (await tenant.call('GET', '?pageSize=1000')).json();
  assert.equal((all as { entities: unknown[] }).entities.length, 25);
});

test('finds names with reserved characters, and takes an encoded id', async (t) => {
  const sandbox = await start(t);
  const tenant = await client(sandbox);
  const name = 'Callback Window = 100% (Zürich & "Genève") + 1';
  assert.deepEqual((await tenant.list(name)).entities, [actionOf(sandbox, name)]);
  const action = actionOf(sandbox, 'Imported_Date_Processor');
  assert.ok(action.id.includes('/'));
  assert.deepEqual(await (await tenant.call('GET', pathOf(action))).json(), action);
});

test('a PUT replaces the whole action, so that what is left out is gone', async (t) => {
  const sandbox = await start(t);
  const tenant = await client(sandbox);
  const { id, name, type } = actionOf(sandbox);
  const replaced = { id, name, type, enabled: true, configuration: { dateProcessing: dateProcessing() } };
  const answer = await tenant.call('PUT', pathOf(actionOf(sandbox)), replaced);
  assert.equal(answer.status, 200);
  assert.deepEqual(await answer.json(), replaced);
  assert.deepEqual(actionOf(sandbox), replaced);
  assert.deepEqual(
    sandbox.requests.filter(({ applied }) => applied).map(({ endpoint, status }) => [endpoint, status]),
    [['write', 200]],
  );
});

test('keeps numbers that JavaScript cannot hold', async (t) => {
  const sandbox = await start(t);
  const tenant = await client(sandbox);
  const action = actionOf(sandbox, 'Ledger_Date_Processor');
  const text = await (await tenant.call('GET', pathOf(action))).text();
  assert.match(text, /"accountId":9007199254740993,"rate":1\.10/);
  assert.equal((await tenant.call('PUT', pathOf(action), text)).status, 200);
  assert.equal(sandbox.actions.text(action.id), text);
});

test('refuses what CXone is said to refuse, naming the field, and changes nothing', async (t) => {
  const sandbox = await start(t);
  const tenant = await client(sandbox);
  const action = actionOf(sandbox);
  const put = (change: Record<string, unknown>) =>
    tenant.call('PUT', pathOf(action), {
      ...action,
      configuration: { dateProcessing: dateProcessing(change) },
    });
  const refused: [change: Record<string, unknown>, field: string][] = [
    [{ computedValue: '2024-02-29T12:30:00.0001-05:00' }, 'computedValue'],
    [{ computedValue: '2023-02-29T12:30:00.000-05:00' }, 'computedValue'],
    [{ computedValue: '1900-02-29T00:00:00Z' }, 'computedValue'],
    [{ computedValue: '2024-02-29T24:00:00Z' }, 'computedValue'],
    [{ computedValue: '2024-02-29T12:30:60Z' }, 'computedValue'],
    [{ computedValue: '2024-02-29T12:30:00+24:00' }, 'computedValue'],
    [{ computedValue: '2024-02-29T12:30:00+05:60' }, 'computedValue'],
    [{ computedValue: '2024-02-29T12:30:00' }, 'computedValue'],
    [{ computedValue: '2024-02-29T12:30:00Z[Mars/Olympus]' }, 'computedValue'],
    [{ computedValue: 'PT0.0001S' }, 'computedValue'],
    [{ computedValue: 'P' }, 'computedValue'],
    [{ computedValue: 'Fri, 29 Feb 2024 12:30:00 GMT' }, 'computedValue'],
    [{ computedValue: '02/30/2024 12:30:00 PM' }, 'computedValue'],
    [{ computedValue: '02/29/2024 13:30:00 PM' }, 'computedValue'],
    [{ computedValue: null }, 'computedValue'],
    [{ timezone: 'Mars/Olympus' }, 'timezone'],
    [{ timezone: '+5:30' }, 'timezone'],
    [{ timezone: '' }, 'timezone'],
    [{ precision: 4 }, 'precision'],
    [{ dstAdjustment: 'yes' }, 'dstAdjustment'],
  ];
  for (const [change, field] of refused) {
    const answer = await put(change);
    const body = (await answer.json()) as { message: string; status: number };
    assert.equal(answer.status, 400, JSON.stringify(change));
    assert.ok(body.message.startsWith(`configuration.dateProcessing.${field}: `), body.message);
  }
  assert.equal((await tenant.call('PUT', pathOf(action), { ...action, id: 'other' })).status, 400);
  assert.equal((await tenant.call('PUT', pathOf(action), { ...action, id: undefined })).status, 400);
  assert.equal((await tenant.call('PUT', pathOf(action), '{"id":')).status, 400);
  assert.equal((await tenant.call('PUT', pathOf(action), '[]')).status, 400);
  assert.equal((await tenant.call('PUT', pathOf(action), { ...action, configuration: [] })).status, 400);
  assert.equal((await tenant.call('GET', '?filter=id=1')).status, 400);
  assert.equal((await tenant.call('PUT', '/none', { ...action, id: 'none' })).status, 404);
  const form = { 'content-type': 'text/plain' };
  assert.equal((await tenant.call('PUT', pathOf(action), action, form)).status, 415);
  assert.deepEqual(actionOf(sandbox), action);
});

test('takes every output format that the service writes', async (t) => {
  const sandbox = await start(t);
  const tenant = await client(sandbox);
  const action = actionOf(sandbox);
  const accepted: [computedValue: string | number, timezone: string][] = [
    ['2024-02-29T12:30:00.000-05:00', 'America/New_York'],
    ['2024-02-29T17:30:00Z', 'Asia/Kolkata'],
    ['2024-02-29T12:30:00.5-05:00[America/New_York]', 'america/new_york'],
    ['0000-02-29T00:00:00Z', 'UTC'],
    ['9999-12-31T23:59:59.999+05:30', '+05:30'],
    [1709227800, 'Europe/Kyiv'],
    [1709227800000, 'UTC'],
    [45351.520833333336, 'America/New_York'],
    ['Thu, 29 Feb 2024 17:30:00 GMT', 'America/New_York'],
    ['Sat, 01 Jan 0050 00:00:00 GMT', 'UTC'],
    ['02/29/2024 12:30:00 PM', 'America/New_York'],
    ['P1Y2M3DT4H5M6.789S', 'UTC'],
    ['-PT0S', 'UTC'],
    ['P2W', 'UTC'],
  ];
  for (const [computedValue, timezone] of accepted) {
    const configuration = { dateProcessing: dateProcessing({ computedValue, timezone }) };
    const answer = await tenant.call('PUT', pathOf(action), { ...action, configuration });
    assert.equal(answer.status, 200, `${computedValue}: ${await answer.text()}`);
    assert.deepEqual(actionOf(sandbox).configuration, configuration);
  }
});

test('etag: 412 for another version, 200 for the current one', async (t) => {
  const sandbox = await start(t, { settings: { versions: 'etag' } });
  const tenant = await client(sandbox);
  const action = actionOf(sandbox);
  const etag = (await tenant.call('GET', pathOf(action))).headers.get('etag') ?? '';
  const first = await tenant.call('PUT', pathOf(action), action, { 'if-match': etag });
  assert.equal(first.status, 200);
  assert.notEqual(first.headers.get('etag'), etag);
  assert.equal((await tenant.call('PUT', pathOf(action), action, { 'if-match': etag })).status, 412);
  const current = { 'if-match': first.headers.get('etag') ?? '' };
  assert.equal((await tenant.call('PUT', pathOf(action), action, current)).status, 200);
});

test('version: a conflict for any but the current one', async (t) => {
  const sandbox = await start(t, { settings: { versions: 'version' } });
  const tenant = await client(sandbox);
  const id = pathOf(actionOf(sandbox));
  const action = (await (await tenant.call('GET', id)).json()) as { version: number };
  const written = (await (await tenant.call('PUT', id, action)).json()) as { version: number };
  assert.equal(written.version, action.version + 1);
  const stale = await tenant.call('PUT', id, action);
  assert.equal(stale.status, 409);
  assert.match(await stale.text(), /does not match the current version/);
  sandbox.configure({ conflictStatus: 400 });
  assert.equal((await tenant.call('PUT', id, action)).status, 400);
  assert.equal((await tenant.call('PUT', id, { ...action, version: undefined })).status, 400);
  assert.equal((await tenant.call('PUT', id, written)).status, 200);
});
