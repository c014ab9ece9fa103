/** The service on its embedded defaults, and one real manipulation through every part of it: `npm run demo`. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { styleText } from 'node:util';
import { buildApp } from '../src/app.ts';
import { loadConfig } from '../src/config.ts';
import type { AuditRecord } from '../src/schemas/audit-record.ts';
import { EXAMPLE_REQUEST } from '../src/schemas/examples.ts';

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
  loadConfig({ LOG_LEVEL: 'silent', PORT: '0', DATABASE_URL: `sqlite:${join(directory, 'ledger.db')}` }),
);
try {
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
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

  const response = await fetch(`${url}/manipulations`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'idempotency-key': 'demo' },
    body: JSON.stringify(EXAMPLE_REQUEST),
  });
  const record = (await response.json()) as AuditRecord;

  heading(`The audit record ${dim(`HTTP ${response.status}`)}`);
  show(record);

  heading('What the data action in the tenant holds now');
  show((record.action_id && (await readAction(record.action_id))) || {});

  heading('What the dashboards see');
  const metrics = await (await fetch(`${url}/metrics`)).text();
  const telling =
    /^(manipulation_duration_seconds_count|cxone_request_duration_seconds_count|webhook_deliveries_total|cxone_token_refreshes_total)/;
  for (const line of metrics.split('\n').filter((text) => telling.test(text))) console.log(`  ${line}`);

  const right = response.ok && record.output_instant === '2024-02-29T17:30:00.000Z' && record.accuracy_valid;
  heading(right ? '✓ Written, announced and accounted for.' : '✗ That was not the expected answer.');
  console.log(dim('  Next: npm start, then open http://127.0.0.1:3000/docs\n'));
  process.exitCode = right ? 0 : 1;
} finally {
  await app.close();
  rmSync(directory, { recursive: true, force: true });
}
