import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, test, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { createKey } from '../../src/cli/keys.ts';
import { PROBLEM_GUIDE } from '../../src/schemas/problem-guide.ts';
import { startIssuer } from '../support/issuer.ts';
import { type LogLine, readLog } from '../support/log.ts';
import { startPostgres } from '../support/postgres.ts';
import { startProcess } from '../support/process.ts';
import { client, EXAMPLE, startService } from '../support/service.ts';
import { temporaryDirectory } from '../support/temporary.ts';
import { until } from '../support/until.ts';

const fromRoot = (path: string) =>
  readFileSync(fileURLToPath(new URL(`../../${path}`, import.meta.url)), 'utf8');

interface Rule {
  alert?: string;
  expr: string;
}
const rules = (
  parse(fromRoot('deploy/prometheus/rules.yaml')) as { groups: { rules: Rule[] }[] }
).groups.flatMap((group) => group.rules);
const ruleTests = fromRoot('deploy/prometheus/rules.test.yaml');
const operations = fromRoot('docs/operations.md');

type Service = Awaited<ReturnType<typeof startService>>;

/** What an operator is owed for a fault. */
interface Fault {
  fault: string;
  env?:
    Record<string, string> | ((t: TestContext) => Promise<Record<string, string>> | Record<string, string>);
  /** Makes it happen. */
  force(service: Service): Promise<unknown>;
  /** The code of the request's line; undefined where no request fails by it. */
  code?: string;
  /** What names the cause, in some line. */
  cause: RegExp;
  /** What a line tells of what was touched. */
  touches: readonly string[];
  /** The series that moves from 0. */
  counter: string;
  /** The alert whose rule asks for that series. */
  alert: string;
}

const write = (service: Service, headers: Record<string, string> = {}) =>
  service.post('/manipulations', EXAMPLE, headers);

const ONCE = { CXONE_MAX_ATTEMPTS: '1' };
const problem = (code: string) => `problems_total{code="${code}"}`;
const upstream = (endpoint: string, outcome: string) =>
  `cxone_request_duration_seconds_count{endpoint="${endpoint}",outcome="${outcome}"}`;
const deliveries = (outcome: string) => `webhook_deliveries_total{outcome="${outcome}"}`;
const WRITE = ['record_id', 'action_name', 'operation', 'caller'];
const WEBHOOK = ['webhook_id', 'record_id', 'attempts'];

const tenant = (
  fault: string,
  how: Parameters<Service['sandbox']['fault']>[1],
  rest: Pick<Fault, 'code' | 'cause' | 'counter' | 'alert'> & {
    times?: number;
    env?: Record<string, string>;
  },
): Fault => ({
  fault,
  env: { ...ONCE, ...rest.env },
  force(service) {
    service.sandbox.fault('write', how, rest.times ?? 1);
    return write(service);
  },
  touches: WRITE,
  ...rest,
});

const FAULTS: Fault[] = [
  tenant(
    'tenant 400',
    { status: 400, body: { message: 'field too long' } },
    {
      code: 'UPSTREAM_REJECTED',
      cause: /400/,
      counter: problem('UPSTREAM_REJECTED'),
      alert: 'CxoneRejectsWrites',
    },
  ),
  tenant(
    'tenant 401',
    { status: 401 },
    {
      times: 2,
      code: 'UPSTREAM_UNAUTHORIZED',
      cause: /401.*CXONE_CLIENT_ID/,
      counter: problem('UPSTREAM_UNAUTHORIZED'),
      alert: 'CxoneRefusesCredentials',
    },
  ),
  tenant(
    'tenant 403',
    { status: 403 },
    {
      code: 'UPSTREAM_UNAUTHORIZED',
      cause: /403.*CXONE_SCOPE/,
      counter: problem('UPSTREAM_UNAUTHORIZED'),
      alert: 'CxoneRefusesCredentials',
    },
  ),
  {
    fault: 'tenant 404',
    force: (service) => service.post('/manipulations', { ...EXAMPLE, action_name: 'No_Such_Action' }),
    code: 'ACTION_NOT_FOUND',
    cause: /No_Such_Action/,
    touches: WRITE,
    counter: problem('ACTION_NOT_FOUND'),
    alert: 'ActionNotFound',
  },
  tenant(
    'tenant 409',
    { status: 409 },
    {
      times: 1000,
      env: { CXONE_DEADLINE_MS: '6000' },
      code: 'ACTION_CONFLICT',
      cause: /chang/,
      counter: problem('ACTION_CONFLICT'),
      alert: 'CxoneRejectsWrites',
    },
  ),
  tenant(
    'tenant 429',
    { status: 429 },
    {
      code: 'UPSTREAM_RATE_LIMITED',
      cause: /429/,
      counter: upstream('write', 'rate_limited'),
      alert: 'CxoneThrottles',
    },
  ),
  tenant(
    'tenant 500',
    { status: 500 },
    {
      code: 'UPSTREAM_UNAVAILABLE',
      cause: /500/,
      counter: upstream('write', 'server_error'),
      alert: 'CxoneFailing',
    },
  ),
  tenant(
    'tenant 503',
    { status: 503 },
    {
      code: 'UPSTREAM_UNAVAILABLE',
      cause: /503/,
      counter: upstream('write', 'server_error'),
      alert: 'CxoneFailing',
    },
  ),
  tenant(
    'tenant reset',
    { reset: 'before' },
    {
      code: 'UPSTREAM_UNAVAILABLE',
      cause: /connection to CXone was lost/,
      counter: upstream('write', 'reset'),
      alert: 'CxoneFailing',
    },
  ),
  {
    fault: 'tenant timeout',
    env: { ...ONCE, CXONE_ATTEMPT_TIMEOUT_MS: '400' },
    async force(service) {
      service.sandbox.fault('list', { status: 200, delayMs: 60_000 }, 1000);
      // On a busy machine the token may be late as well, and nothing is listed then.
      do await write(service);
      while (service.sandbox.requests.every(({ endpoint }) => endpoint !== 'list'));
    },
    code: 'UPSTREAM_TIMEOUT',
    cause: /in time/,
    touches: WRITE,
    counter: upstream('list', 'timeout'),
    alert: 'CxoneFailing',
  },
  tenant(
    'tenant HTML',
    { html: true },
    {
      code: 'UPSTREAM_INVALID_RESPONSE',
      cause: /HTML/,
      counter: upstream('write', 'invalid'),
      alert: 'CxoneFailing',
    },
  ),
  {
    fault: 'token endpoint down',
    env: ONCE,
    force(service) {
      service.sandbox.fault('token', { status: 500 }, 1);
      return write(service);
    },
    code: 'UPSTREAM_UNAVAILABLE',
    cause: /token request with 500/,
    touches: WRITE,
    counter: 'cxone_token_refreshes_total{outcome="failed"}',
    alert: 'CxoneRefusesToken',
  },
  {
    fault: 'token endpoint refusing',
    env: ONCE,
    force(service) {
      service.sandbox.fault('token', { status: 401 }, 1);
      return write(service);
    },
    code: 'UPSTREAM_UNAUTHORIZED',
    cause: /token request with 401.*CXONE_CLIENT_ID/,
    touches: WRITE,
    counter: 'cxone_token_refreshes_total{outcome="failed"}',
    alert: 'CxoneRefusesToken',
  },
  {
    fault: 'circuit',
    env: ONCE,
    async force(service) {
      service.sandbox.fault('list', { status: 500 }, 1000);
      for (let tries = 0, code = ''; code !== 'CIRCUIT_OPEN'; tries += 1) {
        assert.ok(tries < 100);
        ({ code } = (await write(service)).body);
      }
    },
    code: 'CIRCUIT_OPEN',
    cause: /circuit open: CXone keeps failing/,
    touches: WRITE,
    counter: problem('CIRCUIT_OPEN'),
    alert: 'CxoneCircuitOpen',
  },
  {
    fault: 'webhook 500',
    force(service) {
      service.sandbox.fault('webhook', { status: 500 }, 1);
      return write(service);
    },
    cause: /a webhook was not delivered.*|500/,
    touches: WEBHOOK,
    counter: deliveries('retry'),
    alert: 'WebhookFailing',
  },
  {
    fault: 'webhook 410',
    force(service) {
      service.sandbox.fault('webhook', { status: 410 }, 1);
      return write(service);
    },
    cause: /410/,
    touches: WEBHOOK,
    counter: deliveries('dead'),
    alert: 'WebhookDeadLetters',
  },
  {
    fault: 'webhook timeout',
    env: { WEBHOOK_WAIT_MS: '0' },
    force(service) {
      service.sandbox.fault('webhook', { status: 200, delayMs: 60_000 }, 1);
      return write(service);
    },
    cause: /time|10/,
    touches: WEBHOOK,
    counter: deliveries('retry'),
    alert: 'WebhookFailing',
  },
  {
    fault: 'webhook to a refused address',
    force: (service) => service.post('/manipulations', { ...EXAMPLE, webhook_url: 'https://10.0.0.1/hook' }),
    code: 'WEBHOOK_URL_REFUSED',
    cause: /10\.0\.0\.1|not allowed|private/,
    touches: ['caller', 'operation', 'request_id'],
    counter: problem('WEBHOOK_URL_REFUSED'),
    alert: 'WebhookRefused',
  },
  {
    fault: 'bad key',
    env(t) {
      const file = join(temporaryDirectory(t), 'keys');
      writeFileSync(file, createKey('one', 'manipulations:write').line);
      return { AUTH_MODE: 'required', API_KEYS_FILE: file };
    },
    force: (service) => write(service, { authorization: 'Bearer wrong' }),
    code: 'UNAUTHENTICATED',
    cause: /not known/,
    touches: ['request_id', 'status'],
    counter: 'auth_failures_total{reason="unknown_key"}',
    alert: 'CallersRefused',
  },
  {
    fault: 'bad token',
    env: async (t) => (await startIssuer(t)).env,
    force: (service) => write(service, { authorization: 'Bearer eyJhbGciOiJub25lIn0.e30.' }),
    code: 'UNAUTHENTICATED',
    cause: /not valid|refused/,
    touches: ['request_id', 'status'],
    counter: 'auth_failures_total{reason="token_refused"}',
    alert: 'CallersRefused',
  },
  {
    fault: 'overload',
    env: { CXONE_MAX_CONCURRENT: '1', CXONE_DEADLINE_MS: '3000', CXONE_ATTEMPT_TIMEOUT_MS: '1000' },
    async force(service) {
      service.sandbox.fault('list', { status: 200, delayMs: 300, body: { entities: [], total: 0 } }, 1000);
      await Promise.all(
        Array.from({ length: 60 }, (_, i) =>
          service.post('/manipulations', { ...EXAMPLE, action_name: `Action_${i}` }),
        ),
      );
    },
    code: 'OVERLOADED',
    cause: /Too many|more|busy|wait/i,
    touches: ['caller', 'operation', 'request_id'],
    counter: problem('OVERLOADED'),
    alert: 'Overloaded',
  },
];

const valueOf = (metrics: string, series: string) =>
  Number(
    metrics
      .split('\n')
      .find((line) => line.startsWith(`${series} `))
      ?.slice(series.length + 1),
  );

/** That a line names the cause and what was touched, and a line the code; and that alert and runbook know the series. */
function assertTold(
  { code, cause, touches, counter, alert }: Omit<Fault, 'force' | 'env'>,
  lines: LogLine[],
): void {
  const named = lines.filter((line) => cause.test(JSON.stringify(line)));
  assert.ok(named.length > 0, `no line names ${String(cause)}: ${JSON.stringify(lines)}`);
  const whole = lines.filter(
    (line) =>
      (code === undefined ? cause.test(JSON.stringify(line)) : line['code'] === code) &&
      touches.every((field) => line[field] !== undefined),
  );
  assert.ok(whole.length > 0, `no line has ${touches.join(', ')}: ${JSON.stringify(lines)}`);
  if (code !== undefined) assert.ok(PROBLEM_GUIDE[code], `${code} has no guide`);
  const rule = rules.find((one) => one.alert === alert);
  const [name = '', value = ''] = counter.split(/[{"}]/).filter((part) => part !== '');
  assert.ok(rule?.expr.includes(name), `${alert} does not ask for ${name}`);
  assert.ok(value);
  assert.ok(ruleTests.includes(`alertname: ${alert}\n`), `${alert} has no rule test`);
  assert.match(operations, new RegExp(`^### ${alert}$`, 'm'));
}

describe('each fault is told by a line, a counter, an alert and a runbook', { concurrency: 4 }, () => {
  for (const fault of FAULTS) {
    test(fault.fault, async (t) => {
      const log = readLog();
      const env = typeof fault.env === 'function' ? await fault.env(t) : fault.env;
      const service = await startService(t, { LOG_LEVEL: 'info', ...env }, { logSink: log.sink });
      const moved = async () => valueOf((await service.get<string>('/metrics')).body, fault.counter);
      assert.equal(await moved(), 0, fault.counter);
      await fault.force(service);
      await until(async () => (await moved()) > 0);
      const told = () =>
        log.lines().some((line) => fault.cause.test(JSON.stringify(line)) && line.msg !== 'starting');
      await until(told);
      await until(() => fault.code === undefined || log.lines().some((line) => line['code'] === fault.code));
      assertTold(
        fault,
        log.lines().filter(({ msg }) => msg !== 'starting'),
      );
    });
  }

  const LEDGER = {
    code: 'LEDGER_UNAVAILABLE',
    touches: ['caller', 'operation', 'request_id'],
    counter: problem('LEDGER_UNAVAILABLE'),
    alert: 'LedgerUnavailable',
  };

  test('database read-only', async (t) => {
    const log = readLog();
    const file = join(temporaryDirectory(t), 'ledger.db');
    const first = await startService(t, { DATABASE_URL: `sqlite:${file}` });
    await write(first);
    await first.app.close();
    const database = new DatabaseSync(file);
    database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    database.close();
    // SQLite takes a file for read-only whose header asks for a write version (byte 18) that it does not know.
    const handle = await open(file, 'r+');
    await handle.write(Buffer.of(9), 0, 1, 18);
    await handle.close();
    const service = await startService(
      t,
      { DATABASE_URL: `sqlite:${file}`, LOG_LEVEL: 'info' },
      { logSink: log.sink },
    );
    const reply = await write(service);
    assert.equal(reply.body.code, LEDGER.code, JSON.stringify(reply.body));
    await until(() => log.lines().some((line) => line['code'] === LEDGER.code));
    assert.equal(valueOf((await service.get<string>('/metrics')).body, LEDGER.counter), 1);
    assertTold({ fault: 'read-only', cause: /read-only/, ...LEDGER }, log.lines());
  });

  test('database full', async (t) => {
    const service = startProcess(
      t,
      { DATABASE_URL: `sqlite:${join(temporaryDirectory(t), 'ledger.db')}`, CXONE_RATE_PER_SECOND: '1000' },
      { shell: 'ulimit -f 512' },
    );
    const { get, post } = client(await service.listening);
    await until(async () => (await post('/manipulations', EXAMPLE)).body.code === LEDGER.code);
    const lines = () =>
      service
        .output()
        .split('\n')
        .filter((line) => line.startsWith('{') && line.endsWith('}'))
        .map((line) => JSON.parse(line) as LogLine);
    await until(() => lines().some((line) => line['code'] === LEDGER.code));
    assert.ok(valueOf((await get<string>('/metrics')).body, LEDGER.counter) > 0);
    assertTold({ fault: 'full', cause: /full|disk/, ...LEDGER }, lines());
  });

  test('broken calendar', async (t) => {
    const log = readLog();
    const directory = temporaryDirectory(t);
    const file = join(directory, 'support.json');
    const opening_hours = [{ days: [1], open: '09:00', close: '17:00' }];
    const calendar = { name: 'support', timezone: 'Europe/London', opening_hours };
    writeFileSync(file, JSON.stringify(calendar));
    // One that never fitted counts as well as one that was broken later.
    writeFileSync(join(directory, 'sales.json'), '{}');
    const service = await startService(
      t,
      { CALENDARS_DIR: directory, LOG_LEVEL: 'info' },
      { logSink: log.sink },
    );
    const refused = async () => valueOf((await service.get<string>('/metrics')).body, 'calendars_refused');
    assert.equal(await refused(), 1);
    writeFileSync(file, JSON.stringify({ ...calendar, timezone: 'Europe/Londn' }));
    await until(async () => (await refused()) === 2);
    const line = log.lines().find((one) => one['calendar'] === 'support' && one['accepted'] === false);
    assert.match(String(line?.['detail']), /Londn/);
    const rule = rules.find(({ alert }) => alert === 'CalendarRefused');
    assert.ok(rule?.expr.includes('calendars_refused'));
    assert.ok(ruleTests.includes('alertname: CalendarRefused\n'));
    assert.match(operations, /^### CalendarRefused$/m);
  });

  test('database away: told once, told when it is back, and fewer than ten lines besides the requests’', async (t) => {
    const cluster = await startPostgres();
    t.after(() => cluster.destroy());
    const log = readLog();
    const service = await startService(
      t,
      { DATABASE_URL: await cluster.createDatabase(), LOG_LEVEL: 'info' },
      { logSink: log.sink },
    );
    assert.equal((await write(service)).status, 200);
    const before = log.lines().length;
    await cluster.stop();
    const ready = async () => (await service.get('/health/ready')).status;
    await until(async () => (await ready()) === 503);
    for (let i = 0; i < 20; i += 1) {
      assert.equal((await write(service)).body.code, LEDGER.code);
      await ready();
    }
    await cluster.start();
    await until(async () => (await ready()) === 200);
    await until(() => log.lines().some(({ msg }) => msg === 'the ledger is back'));
    const lines = log.lines().slice(before);
    assertTold({ fault: 'away', cause: /the ledger cannot be used/, ...LEDGER }, lines);
    const besides = lines.filter((line) => !('duration_ms' in line));
    assert.ok(besides.length < 10, JSON.stringify(besides));
    const text = log.texts().join('\n');
    assert.ok(!text.includes('node_modules'), 'no stack of a driver');
    assert.ok(Math.max(...log.texts().map((line) => line.length)) < 1_500, 'no object dump');
  });
});
