/** Makes openapi.yaml from the routes' schemas: `npm run openapi`, or with `--check` in CI. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { buildApp } from '../src/app.ts';
import { loadConfig } from '../src/config.ts';
import { writeOrCheck } from './generated.ts';

const directory = mkdtempSync(join(tmpdir(), 'openapi-'));
const app = await buildApp(
  loadConfig({ LOG_LEVEL: 'silent', DATABASE_URL: `sqlite:${join(directory, 'ledger.db')}` }),
);
try {
  await app.ready();
  const text = stringify(JSON.parse(JSON.stringify(app.swagger())), {
    lineWidth: 0,
    aliasDuplicateObjects: false,
  });
  process.exitCode = writeOrCheck(
    'openapi.yaml',
    `# Generated from the routes' schemas by "npm run openapi"; do not edit.\n${text}`,
    'npm run openapi',
  );
} finally {
  await app.close();
  rmSync(directory, { recursive: true, force: true });
}
