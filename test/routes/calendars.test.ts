import assert from 'node:assert/strict';
import { copyFileSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Ajv } from 'ajv';
import type { Overrides } from '../../src/app.ts';
import { systemClock } from '../../src/services/clock.ts';
import { EXAMPLE, startService } from '../support/service.ts';
import { temporaryDirectory } from '../support/temporary.ts';
import { until } from '../support/until.ts';

const EXAMPLES = fileURLToPath(new URL('../../examples/calendars/', import.meta.url));

async function withCalendars(t: TestContext, overrides: Overrides = {}) {
  const directory = temporaryDirectory(t);
  for (const name of readdirSync(EXAMPLES)) copyFileSync(join(EXAMPLES, name), join(directory, name));
  let log = '';
  const service = await startService(
    t,
    { CALENDARS_DIR: directory, LOG_LEVEL: 'info' },
    { ...overrides, logSink: { writableLength: 0, write: (text: string) => (log += text) } },
  );
  const told = () =>
    log
      .split('\n')
      .filter((line) => line.endsWith('}'))
      .map((line) => JSON.parse(line) as Record<string, unknown>)
      .filter(({ event }) => event === 'calendar');
  return { ...service, directory, told };
}

const sla = {
  ...EXAMPLE,
  operation: 'ADD_BUSINESS_TIME',
  offset_minutes: undefined,
  source_timestamp: '2026-06-04T13:00:00+01:00',
  target_timezone: 'Europe/London',
  duration: 'PT4H',
  calendar: 'uk-support',
};

test('an SLA due date goes around an emergency closing, and the record says which calendar decided', async (t) => {
  const { post, get } = await withCalendars(t);
  const { body: record } = await post('/manipulations', sla);
  assert.equal(record.output_timestamp, '2026-06-05T13:00:00.000+01:00');
  const { body: calendar } = await get<{ sha256: string }>('/calendars/uk-support');
  assert.deepEqual(record.calendar, { name: 'uk-support', sha256: calendar.sha256 });
  const { body: kept } = await get<{ calendar: unknown }>(`/audit-records/${record.request_id}`);
  assert.deepEqual(kept.calendar, record.calendar);
});

test('opening hours are on the calendar’s own clock, whatever the target zone', async (t) => {
  const { post } = await withCalendars(t);
  const { body } = await post('/manipulations/preview', { ...sla, target_timezone: 'Asia/Tokyo' });
  assert.equal(body.output_timestamp, '2026-06-05T21:00:00.000+09:00');
});

test('a calendar tells its state, the reason and what changes next', async (t) => {
  const { get, post } = await withCalendars(t);
  const { body, headers } = await get<Record<string, unknown>>(
    '/calendars/uk-support?at=2026-06-04T15:00:00%2B01:00',
  );
  assert.deepEqual(body['state'], {
    open: false,
    reason: 'Building evacuated: water damage',
    changes_at: '2026-06-05T10:00:00+01:00',
    seconds_until_change: 68_400,
  });
  assert.deepEqual((body['next_changes'] as unknown[])[1], {
    at: '2026-06-05T18:00:00+01:00',
    open: false,
    reason: null,
  });
  assert.match(String(headers.get('cache-control')), /private/);
  const preview = await post<{ state: unknown }>('/manipulations/preview', {
    ...sla,
    source_timestamp: '2026-12-25T12:00:00Z',
  });
  assert.deepEqual(preview.body.state, {
    open: false,
    reason: 'Christmas Day',
    changes_at: '2026-12-26T09:00:00+00:00',
    seconds_until_change: 75_600,
  });
});

test('a name that is not there is answered with the nearest, and with none where the service has none', async (t) => {
  const { get, post } = await withCalendars(t);
  const unknown = await get('/calendars/uk-suport');
  assert.equal(unknown.status, 404);
  assert.match(unknown.body.detail, /Did you mean uk-support/);
  const used = await post('/manipulations/preview', { ...sla, calendar: 'uk-suport' });
  assert.equal(used.body.code, 'CALENDAR_NOT_FOUND');
  const without = await startService(t);
  const none = await without.post('/manipulations/preview', sla);
  assert.match(none.body.detail, /CALENDARS_DIR/);
});

test('hours, holidays or a weekend beside a calendar are refused by name', async (t) => {
  const { post } = await withCalendars(t);
  const refused = async (more: object) => {
    const { body } = await post('/manipulations/preview', { ...sla, ...more });
    return [body.code, body.errors?.[0]?.path];
  };
  const hours = [{ days: [1], open: '08:00', close: '24:00' }];
  assert.deepEqual(await refused({ opening_hours: hours }), ['VALIDATION_FAILED', '/opening_hours']);
  assert.deepEqual(await refused({ holidays: ['2026-06-04'] }), ['VALIDATION_FAILED', '/holidays']);
  assert.deepEqual(await refused({ calendar: undefined }), ['VALIDATION_FAILED', '/opening_hours']);
  const days = { operation: 'ADD_BUSINESS_DAYS', days: 1, duration: undefined };
  assert.deepEqual(await refused({ ...days, weekend: [5, 6] }), ['VALIDATION_FAILED', '/weekend']);
  assert.deepEqual(await refused({ calendar: 'uk-bank-holidays' }), ['VALIDATION_FAILED', '/calendar']);
});

test('a replay answers the first outcome although the calendar has changed since', async (t) => {
  const { app, post, directory } = await withCalendars(t);
  const key = { 'idempotency-key': 'k1' };
  const first = await post('/manipulations', sla, key);
  const file = join(directory, 'uk-support.json');
  const shorter = [{ days: [1, 2, 3, 4, 5], open: '08:00', close: '09:00' }];
  writeFileSync(
    file,
    JSON.stringify({ name: 'uk-support', timezone: 'Europe/London', opening_hours: shorter }),
  );
  await app.calendars.refresh();
  const again = await post('/manipulations', sla, key);
  assert.equal(again.headers.get('idempotency-replayed'), 'true');
  assert.deepEqual(again.body.calendar, first.body.calendar);
  assert.equal(again.body.output_timestamp, first.body.output_timestamp);
});

test('a replay answers the first outcome although the request cannot be computed any more', async (t) => {
  let elapsed = 0;
  const clock = { ...systemClock, now: () => Date.parse('2026-06-04T12:00:00Z') + elapsed };
  const { app, post, get, directory } = await withCalendars(t, { clock });
  const requests = {
    removed: sla,
    broken: { ...sla, calendar: 'bank' },
    late: { ...sla, calendar: 'short' },
  };
  const hours = [{ days: [1, 2, 3, 4, 5], open: '08:00', close: '18:00' }];
  const calendar = { timezone: 'Europe/London', opening_hours: hours };
  const file = (name: string) => join(directory, `${name}.json`);
  writeFileSync(file('bank'), JSON.stringify({ ...calendar, name: 'bank' }));
  writeFileSync(file('short'), JSON.stringify({ ...calendar, name: 'short', valid_until: '2026-12-31' }));
  await app.calendars.refresh();
  requests.late.source_timestamp = 'now';
  const first = new Map<string, string>();
  for (const [key, request] of Object.entries(requests)) {
    const { status, body } = await post('/manipulations', request, { 'idempotency-key': key });
    assert.equal(status, 200, JSON.stringify(body));
    first.set(key, body.request_id);
  }

  rmSync(file('uk-support'));
  writeFileSync(file('bank'), '{');

  await app.calendars.refresh();
  writeFileSync(file('bank'), JSON.stringify({ name: 'bank', timezone: 'Europe/London' }));
  await app.calendars.refresh();
  elapsed = 300 * 24 * 3_600_000;

  for (const [key, request] of Object.entries(requests)) {
    const fresh = await post('/manipulations', request, { 'idempotency-key': `${key}-fresh` });
    assert.ok(fresh.status >= 400, `${key} cannot be computed any more`);
    const again = await post('/manipulations', request, { 'idempotency-key': key });
    assert.equal(again.status, 200, JSON.stringify(again.body));
    assert.equal(again.headers.get('idempotency-replayed'), 'true');
    assert.equal(again.body.request_id, first.get(key));
    const other = { ...request, duration: 'PT5H' };
    const reused = await post('/manipulations', other, { 'idempotency-key': key });
    assert.equal(reused.body.code, 'IDEMPOTENCY_KEY_REUSED');
  }
  const { body } = await get<{ items: unknown[] }>('/audit-records');
  assert.equal(body.items.length, 3, 'only the first of each left a record');
});

test('changed, broken, removed and made again under 64 callers: no half-read file, one line for each change', async (t) => {
  const { app, post, directory, told } = await withCalendars(t);
  const file = join(directory, 'flip.json');
  const replace = (text: string) => {
    writeFileSync(`${file}.new`, text);
    renameSync(`${file}.new`, file);
  };
  const version = (close: string) =>
    JSON.stringify({
      name: 'flip',
      timezone: 'UTC',
      opening_hours: [{ days: [1, 2, 3, 4, 5], open: '08:00', close }],
    });
  const seen = new Set<string>();
  let going = true;
  let answers = 0;
  const callers = Array.from({ length: 64 }, async () => {
    while (going) {
      const { body } = await post('/manipulations/preview', {
        source_timestamp: '2026-06-04T09:00:00Z',
        target_timezone: 'UTC',
        operation: 'NEXT_CLOSING',
        calendar: 'flip',
      });
      answers += 1;
      seen.add(String((body as { code?: string }).code ?? body.output_timestamp));
    }
  });
  await until(() => told().length >= 2);
  const before = told().length;
  const steps: (() => void)[] = [
    () => replace(version('16:00')),
    () => replace(version('17:00')),
    // Not by a rename: it can be met half-written.
    () => writeFileSync(file, version('17:00').slice(0, 40)),
    () => writeFileSync(file, version('18:00')),
    () => rmSync(file),
    () => replace(version('16:00')),
  ];
  for (const step of steps) {
    step();
    await app.calendars.refresh();
    // Callers have asked again before the next step.
    const asked = answers;
    await until(() => answers >= asked + 64);
  }
  going = false;
  await Promise.all(callers);
  // A busy machine may turn callers away; that tells nothing of calendars.
  const allowed = /^2026-06-04T1[678]:00:00\.000Z$|^CALENDAR_NOT_FOUND$|^OVERLOADED$/;
  assert.deepEqual(
    [...seen].filter((one) => !allowed.test(one)),
    [],
  );
  await until(() => told().length >= before + steps.length);
  const lines = told().slice(before);
  assert.deepEqual(
    lines.map(({ calendar, accepted }) => [calendar, accepted]),
    [
      ['flip', true],
      ['flip', true],
      ['flip', false],
      ['flip', true],
      ['flip', true],
      ['flip', true],
    ],
  );
  const details = lines.map(({ detail }) => String(detail));
  assert.match(details[0] ?? '', /^sha256 [0-9a-f]{64}$/);
  assert.match(details[2] ?? '', /^flip\.json line 1: /);
  assert.equal(details[4], 'removed');
});

test('a change is taken up without being asked for', async (t) => {
  const { get, directory } = await withCalendars(t);
  writeFileSync(join(directory, 'new.json'), JSON.stringify({ name: 'new', timezone: 'UTC' }));
  while ((await get('/calendars/new')).status !== 200);
});

test('a file that does not fit is refused with path and line, and the last good version stays', async (t) => {
  const { app, get, directory, told } = await withCalendars(t);
  const file = join(directory, 'uk-support.json');
  const { body: good } = await get<{ sha256: string }>('/calendars/uk-support');
  writeFileSync(
    file,
    '{\n  "name": "uk-support",\n  "timezone": "Europe/London",\n  "opening_hours": [\n    { "days": [1], "open": "8:00", "close": "17:00" }\n  ]\n}\n',
  );
  await app.calendars.refresh();
  await until(() => told().at(-1)?.['accepted'] === false);
  assert.match(String(told().at(-1)?.['detail']), /^uk-support\.json line 5: \/opening_hours\/0\/open /);
  assert.equal((await get<{ sha256: string }>('/calendars/uk-support')).body.sha256, good.sha256);
  writeFileSync(join(directory, 'never.json'), '{}');
  await app.calendars.refresh();
  const never = await get('/calendars/never');
  assert.equal(never.body.code, 'INVALID_CALENDAR');
  assert.match(never.body.detail, /never\.json line 1/);
});

test('the schema of calendar files is served, and says of the examples what the service says', async (t) => {
  const { get } = await withCalendars(t);
  const { status, headers, body } = await get<string | object>('/schemas/calendar.json');
  assert.equal(status, 200);
  assert.match(headers.get('content-type') ?? '', /^application\/schema\+json/);
  const schema = body as { $id: string };
  assert.equal(schema.$id, '/schemas/calendar.json');
  const inRepository = readFileSync(join(EXAMPLES, '../../docs/calendar.schema.json'), 'utf8');
  assert.deepEqual(JSON.parse(inRepository), schema);
  const fits = new Ajv({ strict: false }).compile(schema);
  for (const name of readdirSync(EXAMPLES)) {
    const file = JSON.parse(readFileSync(join(EXAMPLES, name), 'utf8')) as Record<string, unknown>;
    assert.ok(fits(file), `${name}: ${JSON.stringify(fits.errors)}`);
    assert.equal(file['$schema'], '../../docs/calendar.schema.json');
    assert.equal(fits({ ...file, opening_hour: [] }), false, 'an unknown field');
    assert.equal(fits({ ...file, overrides: [{ from: 'noon', to: '2026-06-05', open: false }] }), false);
  }
});

test('a sequence writes once, and its record has what each step came to', async (t) => {
  const { post } = await withCalendars(t);
  const { body } = await post('/manipulations', {
    ...EXAMPLE,
    offset_minutes: undefined,
    source_timestamp: '2026-12-23T16:00:00Z',
    target_timezone: 'Europe/London',
    operation: 'SEQUENCE',
    steps: [
      { operation: 'ADD_BUSINESS_DAYS', days: 2, calendar: 'uk-support' },
      { operation: 'NEXT_CLOSING', calendar: 'uk-support' },
    ],
  });
  assert.equal(body.attempts, 1);
  assert.deepEqual(
    body.steps?.map(({ operation, output_timestamp }) => [operation, output_timestamp]),
    [
      ['ADD_BUSINESS_DAYS', '2026-12-29T16:00:00.000+00:00'],
      ['NEXT_CLOSING', '2026-12-29T18:00:00.000+00:00'],
    ],
  );
  assert.equal(body.output_timestamp, '2026-12-29T18:00:00.000+00:00');
  assert.equal(body.calendar?.name, 'uk-support');
});

test('a step that cannot be done is named', async (t) => {
  const { post } = await startService(t);
  const { body } = await post('/manipulations/preview', {
    source_timestamp: '2026-06-04T09:00:00Z',
    target_timezone: 'UTC',
    operation: 'SEQUENCE',
    steps: [{ operation: 'UNTIL', until_timestamp: '2026-06-05T00:00:00Z' }, { operation: 'CONVERT' }],
  });
  assert.equal(body.code, 'VALIDATION_FAILED');
  assert.equal(body.errors?.[0]?.path, '/steps/0/operation');
});
