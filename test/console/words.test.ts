import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { stripTypeScriptTypes } from 'node:module';
import { test } from 'node:test';
import { dayOf, holidaysOf, hoursByDate, weeksOf } from '../../src/console/page/month.ts';
import type { Previewed } from '../../src/console/page/preview.ts';
import { nextChange, sentences } from '../../src/console/page/sentence.ts';
import { snippet } from '../../src/console/page/snippets.ts';
import { inZone, lengthText, offsetMinutes, offsetText, stampText } from '../../src/console/page/time.ts';
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
  calendar: null,
  steps: null,
  fields: null,
  warnings: [],
  next_transition: AUTUMN,
  previous_transition: SPRING,
  offset: -240,
};

const NEW_YORK = 'America/New_York';
const gap = {
  operation: 'CONVERT',
  source_timestamp: '2024-03-10T02:30:00',
  source_timezone: NEW_YORK,
  target_timezone: NEW_YORK,
};
const source = { epochMs: Date.parse('2024-03-10T07:30:00Z'), offset: -240 };

test('a gap is explained with the time that was asked for, what the clocks did and how it was read', () => {
  assert.deepEqual(sentences(gap, answer, source, answer), [
    '02:30 on Sun 10 Mar 2024 does not exist in America/New_York: at 02:00 the clocks go forward to 03:00. Read with the offset before the change (UTC−05:00), it is 03:30.',
  ]);
  const earlier = {
    ...answer,
    output_instant: '2024-03-10T06:30:00.000Z',
    offset: -300,
    next_transition: SPRING,
  };
  const [told = ''] = sentences({ ...gap, disambiguation: 'earlier' }, earlier, source, earlier);
  assert.match(told, /Read with the offset after the change \(UTC−04:00\), it is 01:30\.$/);
});

test('a gap of the source’s zone is explained on that zone’s clock, and the result on the target’s', () => {
  const inUtc = { ...answer, offset: 0, next_transition: null, previous_transition: null };
  const told = sentences({ ...gap, target_timezone: 'UTC' }, inUtc, { ...source, offset: 0 }, answer);
  assert.match(told[0] ?? '', /does not exist in America\/New_York: at 02:00/);
  assert.equal(told[1], 'In UTC it is 07:30 on Sun 10 Mar 2024 (UTC+00:00).');
  const annotated = {
    ...gap,
    source_timestamp: `2024-03-10T02:30:00[${NEW_YORK}]`,
    source_timezone: undefined,
  };
  assert.match(
    sentences(annotated, answer, source, answer)[0] ?? '',
    /^02:30 on Sun 10 Mar 2024 does not exist/,
  );
});

test('a fold is explained with the one of the two that was taken', () => {
  const fold = { ...answer, output_instant: '2024-11-03T05:30:00.000Z', resolution: 'fold_earlier' };
  const request = { ...gap, source_timestamp: '2024-11-03T01:30:00' };
  assert.deepEqual(sentences(request, fold, source, fold), [
    '01:30 on Sun 3 Nov 2024 comes twice in America/New_York: at 02:00 the clocks go back to 01:00. The first of the two (UTC−04:00) was taken.',
  ]);
});

test('a gap on the way of another operation is told without a guess', () => {
  const request = { ...gap, operation: 'ADD', duration: 'P1D', source_timestamp: '2024-03-09T02:30:00Z' };
  const [told = '', done = ''] = sentences(request, answer, source, { ...answer, resolution: 'exact' });
  assert.match(told, /^A local time on the way does not exist/);
  assert.match(done, /plus P1D on the zone’s calendar is 03:30 on Sun 10 Mar 2024/);
});

test('the clocks’ next change, and one between source and result, are told', () => {
  assert.equal(
    nextChange(answer),
    'The clocks there next go back by 1 hour on Sun 3 Nov 2024, from 02:00 to 01:00.',
  );
  const request = { operation: 'ADD_OFFSET', offset_minutes: 120, target_timezone: NEW_YORK };
  const before = { epochMs: Date.parse('2024-03-10T05:30:00Z'), offset: -300 };
  const [, told] = sentences(request, { ...answer, resolution: 'exact' }, before, undefined);
  assert.equal(told, 'Between the two the clocks there changed from UTC−05:00 to UTC−04:00.');
});

test('a length and a count are told as such', () => {
  const length = { ...answer, output_timestamp: 3, output_instant: null, resolution: 'exact' };
  const request = {
    operation: 'BUSINESS_DAYS_UNTIL',
    until_timestamp: '2024-03-15',
    target_timezone: NEW_YORK,
  };
  assert.deepEqual(sentences(request, length, undefined, undefined), [
    'From the source until 2024-03-15 there are 3 working days.',
  ]);
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

test('a special day replaces its week in the drawing', () => {
  const week = [{ days: [1, 2, 3, 4, 5], open: '08:00', close: '17:00' }];
  const window = { from: Date.parse('2024-03-11T00:00:00Z'), to: Date.parse('2024-03-14T00:00:00Z') };
  const special = new Map([
    ['2024-03-11', undefined],
    ['2024-03-12', { open: '10:00', close: '11:00' }],
  ]);
  const spans = openSpans(week, window, () => 0, special).map(({ from }) => new Date(from).toISOString());
  assert.deepEqual(spans, ['2024-03-12T10:00:00.000Z', '2024-03-13T08:00:00.000Z']);
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
  assert.equal(first('kolkata'), 'Asia/Kolkata');
  assert.equal(first('calcutta'), 'Asia/Kolkata');
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

const HOSTILE = {
  action_name: `it's "quoted" \\ \`\${x}\` \u2028 é`,
  holidays: ['2026-12-25', { date: '2026-12-24', open: '08:00', close: '12:00' }],
  pauses: null,
  ok: true,
  operation: 'ADD',
};

test('the copied TypeScript is TypeScript, whatever the request says', () => {
  for (const path of ['/manipulations', '/manipulations/preview']) {
    const code = stripTypeScriptTypes(snippet('TypeScript', 'http://127.0.0.1:1', path, HOSTILE));
    assert.match(code, path === '/manipulations' ? /dates\.manipulate\(/ : /dates\.preview\(/);
  }
});

const noPython = spawnSync('python3', ['--version']).status === 0 ? false : 'SKIPPED: there is no python3';
test('the copied Python is Python, and says the same request', { skip: noPython }, () => {
  const code = snippet('Python', 'http://127.0.0.1:1', '/manipulations', HOSTILE);
  const program = `import ast, json, sys
tree = ast.parse(sys.stdin.read())
call = next(n for n in ast.walk(tree) if isinstance(n, ast.Call) and getattr(n.func, "attr", "") == "dumps")
print(json.dumps(ast.literal_eval(call.args[0])))`;
  const said = execFileSync('python3', ['-c', program], { input: code, encoding: 'utf8' });
  assert.deepEqual(JSON.parse(said), HOSTILE);
});

test('a month shows whole weeks, what is open by the service, and why a day is not as its week', () => {
  const calendar = {
    name: 'support',
    timezone: 'Europe/Berlin',
    opening_hours: [{ days: [1, 2, 3, 4, 5], open: '08:00', close: '18:00' }],
    holidays: [
      { month: 12, day: 25, reason: 'Christmas' },
      { date: '2026-12-24', open: '08:00', close: '12:00' },
    ],
    overrides: [{ from: '2026-12-28', to: '2026-12-29', open: false, reason: 'Stocktaking' }],
    valid_until: '2026-12-31',
  };
  const dates = weeksOf('2026-12').flat();
  assert.equal(dates.length % 7, 0);
  assert.deepEqual([dates[0], dates.at(-1)], ['2026-11-30', '2027-01-03']);
  const at = (text: string) => Date.parse(`${text}+01:00`);
  const span = (from: string, to: string) => ({ from: at(from), to: at(to), reason: null });
  const berlin = (epochMs: number) => {
    const [date = '', time = ''] = new Date(epochMs + 3_600_000).toISOString().split('T');
    return { date, time: time.slice(0, 5) };
  };
  const spans = [
    span('2026-12-02T08:00', '2026-12-02T18:00'),
    span('2026-12-03T22:00', '2026-12-04T02:00'),
    span('2026-12-24T08:00', '2026-12-24T12:00'),
  ];
  const known = {
    month: '2026-12',
    open: hoursByDate(spans, berlin),
    holidays: holidaysOf(calendar, dates, [{ date: '2026-12-08', holiday: { reason: 'By rule' } }]),
  };
  const told = (date: string) => {
    const { kind, text } = dayOf(calendar, date, known);
    return `${kind}: ${text}`;
  };
  assert.equal(dayOf(calendar, '2026-11-30', known).inMonth, false);
  assert.equal(told('2026-12-02'), 'open: 08:00–18:00');
  assert.equal(told('2026-12-03'), 'open: 22:00–24:00');
  assert.equal(told('2026-12-04'), 'open: 00:00–02:00');
  assert.equal(told('2026-12-08'), 'holiday: By rule');
  assert.equal(told('2026-12-24'), 'special: 08:00–12:00');
  assert.equal(told('2026-12-25'), 'holiday: Christmas');
  assert.equal(told('2026-12-26'), 'closed: closed');
  assert.equal(told('2026-12-28'), 'holiday: Stocktaking');
  assert.equal(told('2027-01-01'), 'unknown: not known');
});

test('a calendar without hours shows working days', () => {
  const calendar = {
    name: 'bank',
    timezone: 'UTC',
    weekend: [5, 6],
    additional_working_days: ['2026-12-05'],
  };
  const known = { month: '2026-12', open: undefined, holidays: holidaysOf(calendar, [], []) };
  const kinds = ['2026-12-03', '2026-12-04', '2026-12-05', '2026-12-06'].map((date) => {
    const { kind, text } = dayOf(calendar, date, known);
    return `${kind}: ${text}`;
  });
  assert.deepEqual(kinds, ['open: working day', 'closed: weekend', 'special: worked', 'open: working day']);
});

test('a moment is told on a zone’s clock with its offset, and no zone is guessed', () => {
  assert.equal(inZone('2026-03-08T07:30:00.000Z', NEW_YORK), 'Sun 8 Mar 2026, 03:30 −04:00');
  assert.equal(inZone('2026-03-08T07:30:15.000Z', 'UTC'), 'Sun 8 Mar 2026, 07:30:15');
  assert.equal(inZone('2026-03-08T07:30:00.000Z', 'Mars/Phobos'), undefined);
  assert.equal(stampText('2026-11-24T18:00:00+00:00'), 'Tue 24 Nov 2026, 18:00');
});
