import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Settings } from '../../src/sandbox/index.ts';
import { client, start } from './support.ts';

const NAME = 'Shift_Window_Date';
const TOTAL = 56;

test('each manner of paging misbehaves in its own way', async (t) => {
  const sandbox = await start(t);
  const tenant = await client(sandbox);
  const pages = async (paging: Settings['paging'], count: number) => {
    sandbox.configure({ paging });
    return Promise.all(Array.from({ length: count }, (_, i) => tenant.list(NAME, i + 1)));
  };
  const sizes = (walked: { entities: unknown[] }[]) => walked.map(({ entities }) => entities.length);
  const distinct = (walked: { entities: { id: string }[] }[]) =>
    new Set(walked.flatMap(({ entities }) => entities.map(({ id }) => id))).size;

  const links = await pages('links', 3);
  assert.equal(new URL(links[0]?.nextUri ?? '', sandbox.url).searchParams.get('page'), '2');
  assert.equal(new URL(links[0]?.nextUri ?? '', sandbox.url).origin, sandbox.url);
  assert.equal(links[2]?.nextUri, undefined);

  const foreign = await pages('foreign_links', 1);
  assert.equal(new URL(foreign[0]?.nextUri ?? '').host, 'tenant.attacker.example');

  const repeat = await pages('repeat', 3);
  assert.deepEqual([sizes(repeat), distinct(repeat), repeat[2]?.page], [[25, 25, 25], 25, 1]);

  const overlap = await pages('overlap', 5);
  assert.deepEqual([sizes(overlap), distinct(overlap)], [[25, 25, 25, 11, 0], TOTAL]);

  const shrink = await pages('shrink', 5);
  assert.deepEqual([sizes(shrink), distinct(shrink)], [[25, 20, 11, 0, 0], TOTAL]);

  const grow = await pages('grow', 4);
  assert.deepEqual(
    [sizes(grow), grow.map(({ total }) => total)],
    [
      [25, 25, 6, 0],
      [81, 106, 131, 156],
    ],
  );

  const loop = await pages('loop', 6);
  assert.deepEqual([sizes(loop), distinct(loop)], [[25, 25, 6, 25, 25, 6], TOTAL]);
  assert.equal(loop[5]?.total, 1_000_000);
});

test('a list may hold summaries only', async (t) => {
  const tenant = await client(await start(t, { settings: { listEntities: 'summary' } }));
  const [first] = (await tenant.list(NAME)).entities;
  assert.deepEqual(Object.keys(first ?? {}), ['id', 'name', 'type']);
});
