import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import { weeksOf } from '../../src/console/page/month.ts';
import type { Previewed } from '../../src/console/page/preview.ts';
import { sentences } from '../../src/console/page/sentence.ts';
import { snippet } from '../../src/console/page/snippets.ts';
import { lengthText, offsetMinutes, offsetText } from '../../src/console/page/time.ts';
import {
  changesOf,
  changeText,
  offsetIn,
  openSpans,
  ticksOf,
  windowOf,
} from '../../src/console/page/timeline-scale.ts';
import { findZones, zonesOf } from '../../src/console/page/zones.ts';

const SPRING = { instant: '2024-03-10T07:00:00Z', offset_before: '-05:00', offset_after: '-04:00' };
const AUTUMN = { instant: '2024-11-03T06:00:00Z', offset_before: '-04:00', offset_after: '-05:00' };
const answer: Previewed = {
  output_timestamp: '2024-03-10T03:30:00.000-04:00',
  output_instant: '2024-03-10T07:30:00.000Z',
  resolution: 'gap_shifted',
  leap_day: false,
  discarded_nanoseconds: 0,
  tzdb_version: '2026c',
  accuracy_valid: true,
  next_transition: AUTUMN,
  previous_transition: SPRING,
  offset: -240,
};

test('a gap is explained with the time that was asked for and what the clocks did', () => {
  const request = {
    operation: 'CONVERT',
    source_timestamp: '2024-03-10T02:30:00',
    target_timezone: 'America/New_York',
  };
  const source = { epochMs: Date.parse('2024-03-10T07:30:00Z'), offset: -240 };
  assert.deepEqual(sentences(request, answer, source), [
    'The local time 02:30 on Sun 10 Mar 2024 does not exist: the clocks go from 02:00 to 03:00, so it was read as the one past the gap.',
    '03:30 on Sun 10 Mar 2024 in America/New_York (UTC−04:00) is the same moment as 03:30 on Sun 10 Mar 2024 (UTC−04:00).',
    'The clocks there next go back by 1 hour on Sun 3 Nov 2024, from 02:00 to 01:00.',
  ]);
});

test('a change of the clocks between source and result is told', () => {
  const request = { operation: 'ADD_OFFSET', offset_minutes: 120, target_timezone: 'America/New_York' };
  const source = { epochMs: Date.parse('2024-03-10T05:30:00Z'), offset: -300 };
  const [, told] = sentences(request, { ...answer, resolution: 'exact' }, source);
  assert.equal(told, 'Between the two the clocks there changed from UTC−05:00 to UTC−04:00.');
});

test('the drawing shows a change that is near, and calls it by the times that it skips or repeats', () => {
  const changes = changesOf([SPRING, AUTUMN, SPRING, null, undefined]);
  assert.equal(changes.length, 2);
  const result = Date.parse('2024-03-10T12:00:00Z');
  const window = windowOf([result], changes);
  assert.ok(window.from < Date.parse(SPRING.instant) && window.to > result);
  assert.ok(window.to < Date.parse(AUTUMN.instant));
  assert.deepEqual(changes.map(changeText), ['02:00–03:00 skipped', '01:00–02:00 twice']);
  assert.equal(offsetIn(changes, Date.parse('2024-01-01T00:00:00Z'), 0), -300);
  assert.equal(offsetIn(changes, result, 0), -240);
  assert.equal(offsetIn([], result, 330), 330);
});

test('opening hours are drawn on the zone’s own clock, over midnight too', () => {
  const hours = [
    { days: [1], open: '08:00', close: '17:00' },
    { days: [1], open: '22:00', close: '02:00' },
  ];
  // Monday, 11 March 2024, in New York.
  const window = { from: Date.parse('2024-03-11T00:00:00Z'), to: Date.parse('2024-03-13T00:00:00Z') };
  const spans = openSpans(hours, window, () => -240).map(({ from, to }) => [
    new Date(from).toISOString(),
    new Date(to).toISOString(),
  ]);
  assert.deepEqual(spans, [
    ['2024-03-11T12:00:00.000Z', '2024-03-11T21:00:00.000Z'],
    ['2024-03-12T02:00:00.000Z', '2024-03-12T06:00:00.000Z'],
  ]);
});

test('ticks are round on the zone’s own clock', () => {
  const window = { from: Date.parse('2024-03-10T00:10:00Z'), to: Date.parse('2024-03-10T12:10:00Z') };
  const ticks = ticksOf(window, 330, 6);
  assert.ok(ticks.length > 0 && ticks.length <= 7);
  for (const at of ticks) assert.equal((at + 330 * 60_000) % 3_600_000, 0);
});

test('a zone is found by id, alias, Windows name, city and abbreviation', () => {
  const zones = zonesOf({ 'Eastern Standard Time': 'America/New_York' }, 2026);
  const first = (query: string) => findZones(zones, query)[0]?.value;
  assert.equal(first('America/New_York'), 'America/New_York');
  assert.equal(first('new york'), 'America/New_York');
  assert.equal(first('eastern standard'), 'America/New_York');
  assert.equal(first('berlin'), 'Europe/Berlin');
  assert.ok(findZones(zones, 'CEST', 60).some(({ value }) => value === 'Europe/Berlin'));
  const [alias] = findZones(zones, 'US/Eastern');
  assert.deepEqual(alias, { value: 'US/Eastern', note: 'the same clock as America/New_York' });
  assert.deepEqual(findZones(zones, 'nowhere at all'), []);
});

test('lengths and offsets read as people say them', () => {
  assert.deepEqual([0, 59, 3_600, 93_784].map(lengthText), [
    'no time',
    '59 seconds',
    '1 hour',
    '1 day 2 hours',
  ]);
  assert.equal(offsetMinutes('-05:30'), -330);
  assert.deepEqual([-330, 0, 345].map(offsetText), ['UTC−05:30', 'UTC+00:00', 'UTC+05:45']);
});

test('the copied curl command holds together in a shell, whatever the request says', () => {
  const request = { action_name: `it's "quoted" $HOME`, operation: 'CONVERT' };
  const command = snippet('curl', 'http://127.0.0.1:1', '/manipulations', request);
  // Of curl only its arguments matter here: the last one is the body.
  const shell = `curl() { for last; do :; done; printf %s "$last"; }; uuidgen() { echo id; }; KEY=k; ${command}`;
  assert.deepEqual(JSON.parse(execFileSync('sh', ['-c', shell], { encoding: 'utf8' })), request);
  assert.match(command, /idempotency-key/);
  assert.doesNotMatch(snippet('curl', '', '/manipulations/preview', request), /idempotency-key/);
});

test('a month shows whole weeks, holidays with their reasons, and overrides before everything else', () => {
  const calendar = {
    name: 'support',
    timezone: 'Europe/Berlin',
    opening_hours: [{ days: [1, 2, 3, 4, 5], open: '08:00', close: '18:00' }],
    holidays: [
      { month: 12, day: 25, reason: 'Christmas' },
      { date: '2026-12-24', open: '08:00', close: '12:00' },
    ],
    overrides: [{ from: '2026-12-28', to: '2026-12-29', open: false, reason: 'Stocktaking' }],
  };
  const days = weeksOf(calendar, '2026-12').flat();
  assert.equal(days.length % 7, 0);
  const day = (date: string) => days.find((one) => one.date === date);
  assert.deepEqual(days[0]?.date, '2026-11-30');
  assert.equal(day('2026-11-30')?.inMonth, false);
  assert.equal(day('2026-12-25')?.text, 'Christmas');
  assert.equal(day('2026-12-24')?.kind, 'special');
  assert.equal(day('2026-12-28')?.text, 'Stocktaking');
  assert.equal(day('2026-12-26')?.kind, 'closed');
  assert.equal(day('2026-12-02')?.text, '08:00–18:00');
});
