import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test, type TestContext } from 'node:test';
import { withSql } from '../../src/ledger/evidence/statements.ts';
import { tzdbVersion } from '../../src/services/date/index.ts';
import { openTestLedger } from '../ledger/storage.ts';
import { failure, manipulate } from '../ledger/support.ts';
import { type Cluster, startPostgres } from '../support/postgres.ts';
import { EXAMPLE, startService } from '../support/service.ts';
import { temporaryDirectory } from '../support/temporary.ts';
import { runAudit } from './run-audit.ts';

const recheck = (env: Record<string, string>, ...argv: string[]) => runAudit(['recheck', ...argv], env);

const hours = [{ days: [1, 2, 3, 4, 5], open: '08:00', close: '18:00' }];
const due = {
  action_name: EXAMPLE.action_name,
  source_timestamp: '2026-06-04T13:00:00+01:00',
  target_timezone: 'Europe/London',
  operation: 'ADD_BUSINESS_TIME',
  duration: 'PT8H',
  calendar: 'support',
};
const converted = {
  source_timestamp: '2040-07-01T12:00:00Z',
  target_timezone: 'America/New_York',
  operation: 'CONVERT' as const,
};

/** What an operator is told after an update of the tz database, and after a change of a calendar. */
async function rechecks(t: TestContext, DATABASE_URL: string): Promise<void> {
  const CALENDARS_DIR = temporaryDirectory(t);
  const write = (close: string) => {
    const opening_hours = [{ ...hours[0], close }];
    const calendar = { name: 'support', timezone: 'Europe/London', opening_hours };
    writeFileSync(join(CALENDARS_DIR, 'support.json'), JSON.stringify(calendar));
  };
  write('18:00');
  const { app, post, sandbox } = await startService(t, { DATABASE_URL, CALENDARS_DIR, AUTH_MODE: 'off' });
  const { offset_minutes: _unused, ...plain } = EXAMPLE;
  const requests = [
    EXAMPLE,
    { ...plain, operation: 'CONVERT', source_timestamp: 'now' },
    due,
    {
      ...plain,
      operation: 'SEQUENCE',
      steps: [{ operation: 'NEXT_CLOSING', calendar: 'support' }, { operation: 'CONVERT' }],
    },
    { ...EXAMPLE, webhook_url: sandbox.webhookUrl },
  ];
  const dates = Array.from({ length: 500 }, (_, i) => new Date(i * 86_400_000).toISOString().slice(0, 10));
  const step = { operation: 'ADD_BUSINESS_DAYS', days: 1, holidays: dates };
  const large = { ...plain, operation: 'SEQUENCE', steps: [step, step, step] };
  for (const request of requests) {
    const { status, body } = await post('/manipulations', request);
    assert.equal(status, 200, JSON.stringify(body));
    assert.ok(!('request' in body), 'what was asked is no part of the record');
  }
  const entries = JSON.stringify(await withSql(DATABASE_URL, (sql) => sql.all('SELECT entry FROM entries')));
  assert.doesNotMatch(entries, /webhook_url/, 'a URL that may hold a secret stays out of the chain');
  assert.equal((await post('/manipulations', large)).status, 200);
  await app.close();
  const env = { DATABASE_URL, CALENDARS_DIR };
  const all = await recheck(env);
  assert.deepEqual(all, {
    code: 0,
    out: `5 records computed again under tz database ${tzdbVersion}: none would come out differently.\n`,
    error: 'Not recheckable, 1 record: its request was too large to be kept.\n',
  });

  // As an older tz database would have computed it; as a version that kept no requests recorded it; and a failure.
  const ledger = await openTestLedger({ databaseUrl: DATABASE_URL });
  const wrong = {
    ...{ output_timestamp: '2040-07-01T07:00:00.000-05:00', output_instant: '2040-07-01T12:00:00.000Z' },
    ...{ timestamp: '2026-01-02T00:00:00.000Z', tzdb_version: '2019a', request: converted },
  };
  const stale = await manipulate(ledger, wrong);
  await manipulate(ledger, { timestamp: '2026-01-02T00:00:00.000Z' });
  await manipulate(ledger, wrong, failure());
  await ledger.close();
  write('17:00');

  const changed = await recheck(env);
  assert.equal(changed.code, 1);
  assert.deepEqual(changed.out.split('\n'), [
    `DIFFERENT: record ${stale}, action "Production_Date_Processor": 2040-07-01T07:00:00.000-05:00 (tz database 2019a) would be 2040-07-01T08:00:00.000-04:00 (${tzdbVersion}).`,
    `4 records computed again under tz database ${tzdbVersion}: 1 would come out differently.`,
    '',
  ]);
  assert.deepEqual(changed.error.split('\n').sort(), [
    '',
    'Not recheckable, 1 record: it was recorded before requests were kept.',
    'Not recheckable, 1 record: its request was too large to be kept.',
    'Not recheckable, 2 records: the calendar support has changed since.',
  ]);
  const [ahead, without] = await Promise.all([
    recheck(env, '--ahead'),
    recheck({ DATABASE_URL }, '--from', '2026-01-03'),
  ]);
  assert.match(ahead.out, /^1 record computed again .* 1 would/m);
  assert.equal(without.code, 0, 'the stale one was accepted before');
  assert.match(
    without.error,
    /^Not recheckable, 1 record: There is no calendar support: .*CALENDARS_DIR\.$/m,
  );
  assert.match(without.error, /^Not recheckable, 1 record: Step 1 \(NEXT_CLOSING\): There is no calendar/m);
}

describe('audit:recheck', { concurrency: true }, () => {
  let cluster: Cluster;
  before(async () => {
    cluster = await startPostgres();
  });
  after(() => cluster.destroy());

  test('SQLite: lists the records that would come out differently today', (t) =>
    rechecks(t, `sqlite:${join(temporaryDirectory(t), 'ledger.db')}`));

  test('PostgreSQL: lists the records that would come out differently today', async (t) =>
    rechecks(t, await cluster.createDatabase()));

  test('says how it is used, and ends with 2 when it cannot be done', async () => {
    const none = { DATABASE_URL: 'sqlite:/nowhere/ledger.db' };
    const [help, missing, time] = await Promise.all([
      recheck({}, '--help'),
      recheck(none),
      recheck(none, '--from', 'noon'),
    ]);
    assert.deepEqual([help.code, help.error], [0, '']);
    assert.match(help.out, /^usage: npm run audit:recheck/);
    assert.deepEqual([missing.code, missing.out], [2, '']);
    assert.match(missing.error, /^Could not tell: There is no ledger at/);
    assert.deepEqual(time, {
      code: 2,
      out: '',
      error: 'Could not tell: --from is a moment or a date, such as 2026-06-01.\n',
    });
  });
});
