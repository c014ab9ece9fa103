/**
 * The service on its embedded defaults: one real manipulation through every part of it, then a gap, a refusal and a due date:
 * `npm run demo`.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { styleText } from 'node:util';
import { buildApp } from '../src/app.ts';
import { loadConfig } from '../src/config.ts';
import type { AuditRecord } from '../src/schemas/audit-record.ts';
import { EXAMPLE_REQUEST } from '../src/schemas/examples.ts';

if (process.argv.includes('--help')) {
  console.log(
    'usage: npm run demo\n\nStarts the service with a simulated tenant, sends it a few requests, shows what came of them, and ends.',
  );
  process.exit();
}

const heading = (text: string) => console.log(`\n${styleText(['bold', 'cyan'], text)}`);
const dim = (text: string) => styleText('dim', text);

function show(value: object): void {
  const width = Math.max(...Object.keys(value).map((key) => key.length));
  for (const [key, field] of Object.entries(value)) {
    console.log(`  ${dim(key.padEnd(width))}  ${typeof field === 'string' ? field : JSON.stringify(field)}`);
  }
}

const directory = mkdtempSync(join(tmpdir(), 'demo-'));
const app = await buildApp(
  loadConfig({
    LOG_LEVEL: 'silent',
    PORT: '0',
    DATABASE_URL: `sqlite:${join(directory, 'ledger.db')}`,
    CALENDARS_DIR: fileURLToPath(new URL('../examples/calendars', import.meta.url)),
  }),
);
try {
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  const post = (path: string, body: object, headers: Record<string, string> = {}) =>
    fetch(`${url}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });
  const readAction = async (id: string) => {
    const budget = {
      deadline: performance.now() + 5_000,
      signal: AbortSignal.timeout(5_000),
      spent: { upstreamMs: 0, attempts: 0, attemptedAt: [] },
    };
    return app.dataActions.read({ id, name: EXAMPLE_REQUEST.action_name }, budget);
  };

  heading('The request');
  console.log(dim(`  POST ${url}/manipulations`));
  show(EXAMPLE_REQUEST);

  const response = await post('/manipulations', EXAMPLE_REQUEST, { 'idempotency-key': 'demo' });
  const record = (await response.json()) as AuditRecord;

  heading(`The audit record ${dim(`HTTP ${response.status}`)}`);
  show(record);

  heading('What the data action in the tenant holds now');
  show((record.action_id && (await readAction(record.action_id))) || {});

  heading('What the dashboards see');
  const metrics = await (await fetch(`${url}/metrics`)).text();
  const telling =
    /^(manipulation_duration_seconds_count|cxone_request_duration_seconds_count|webhook_deliveries_total|cxone_token_refreshes_total)/;
  for (const line of metrics.split('\n').filter((text) => telling.test(text) && !text.endsWith(' 0')))
    console.log(`  ${line}`);

  /** Asks for a preview, and shows the fields of the answer that matter here. */
  const preview = async (title: string, body: object, fields: readonly string[]) => {
    heading(title);
    show(body);
    const answer = await post('/manipulations/preview', body);
    const whole = (await answer.json()) as Record<string, unknown>;
    console.log(dim(`  HTTP ${answer.status}`));
    show(Object.fromEntries(fields.map((field) => [field, whole[field]])));
    return whole;
  };

  const gap = await preview(
    '02:30 on the night when New York skips from 02:00 to 03:00',
    {
      source_timestamp: '2026-03-08T02:30:00',
      source_timezone: 'America/New_York',
      target_timezone: 'America/New_York',
      operation: 'CONVERT',
    },
    ['output_timestamp', 'output_instant', 'resolution'],
  );

  const refusal = await preview(
    'A mistake, and what to do about it',
    {
      source_timestamp: '2024-02-29T15:30:00Z',
      target_timezone: 'America/NewYork',
      operation: 'CONVERT',
    },
    ['code', 'detail', 'type'],
  );

  const due = await preview(
    'Eight hours of opening time over Easter, in the calendar uk-support',
    {
      source_timestamp: '2026-04-02T17:00:00+01:00',
      target_timezone: 'Europe/London',
      operation: 'ADD_BUSINESS_TIME',
      duration: 'PT8H',
      calendar: 'uk-support',
    },
    ['output_timestamp', 'state'],
  );

  const right =
    response.ok &&
    record.output_instant === '2024-02-29T17:30:00.000Z' &&
    record.accuracy_valid &&
    gap['output_timestamp'] === '2026-03-08T03:30:00.000-04:00' &&
    refusal['code'] === 'UNKNOWN_TIME_ZONE' &&
    due['output_timestamp'] === '2026-04-07T11:00:00.000+01:00';
  heading(right ? '✓ Written, announced and accounted for.' : '✗ That was not the expected answer.');
  console.log(dim('  Next: npm start, then open http://127.0.0.1:3000/console\n'));
  process.exitCode = right ? 0 : 1;
} finally {
  await app.close();
  rmSync(directory, { recursive: true, force: true });
}
