import assert from 'node:assert/strict';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import {
  isRefusal,
  type Loaded,
  loadCalendars,
  readSources,
} from '../../../src/services/calendars/folder.ts';
import { temporaryDirectory } from '../../support/temporary.ts';

test('what has changed is made again, with what extends it, and nothing else', async (t) => {
  const directory = temporaryDirectory(t);
  const write = (name: string, file: object) =>
    writeFileSync(join(directory, `${name}.json`), JSON.stringify({ name, ...file }));
  const calendarOf = (loaded: Loaded, name: string) => {
    const one = loaded.get(name);
    assert.ok(one !== undefined && !isRefusal(one), name);
    return one.calendar;
  };
  write('base', { timezone: 'Europe/London' });
  write('desk', { extends: 'base' });
  write('other', { timezone: 'UTC' });
  const sources = await readSources(directory, new Map());
  const first = await loadCalendars(sources);

  write('base', { timezone: 'Europe/Berlin' });
  const changed = await readSources(directory, sources);
  const second = await loadCalendars(changed, first);
  assert.equal(calendarOf(second, 'base').zone, 'Europe/Berlin');
  assert.equal(calendarOf(second, 'desk').zone, 'Europe/Berlin');
  assert.equal(calendarOf(second, 'other'), calendarOf(first, 'other'));

  rmSync(join(directory, 'base.json'));
  const third = await loadCalendars(await readSources(directory, changed), second);
  assert.deepEqual([...third.keys()], ['desk', 'other']);
  assert.deepEqual(third.get('desk'), { refused: 'desk.json line 1: /extends there is no calendar base' });

  write('base', { timezone: 'Europe/Paris' });
  const fourth = await loadCalendars(await readSources(directory, changed), third);
  assert.equal(calendarOf(fourth, 'desk').zone, 'Europe/Paris');
});

test('a file in which a name stands twice is refused with the line of the second one', async (t) => {
  const directory = temporaryDirectory(t);
  writeFileSync(join(directory, 'desk.json'), '{\n"name": "desk",\n"timezone": "UTC",\n"timezone": "UTC"\n}');
  const loaded = await loadCalendars(await readSources(directory, new Map()));
  assert.match(JSON.stringify(loaded.get('desk')), /^\{"refused":"desk\.json line 4: /);
});
