/** Makes openapi.yaml from the routes' schemas: `npm run openapi`, or with `--check` in CI. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Document, visit, type YAMLMap, type YAMLSeq } from 'yaml';
import { buildApp } from '../src/app.ts';
import { loadConfig } from '../src/config.ts';
import { writeOrCheck } from './generated.ts';

const directory = mkdtempSync(join(tmpdir(), 'openapi-'));
const app = await buildApp(
  loadConfig({ LOG_LEVEL: 'silent', DATABASE_URL: `sqlite:${join(directory, 'ledger.db')}` }),
);
try {
  await app.ready();
  const document = new Document(JSON.parse(JSON.stringify(app.swagger())), { aliasDuplicateObjects: false });
  visit(document, { Collection: inOneLineWhereShort });
  const text = document.toString({ lineWidth: 0, flowCollectionPadding: true });
  process.exitCode = writeOrCheck(
    'openapi.yaml',
    `# Generated from the routes' schemas by "npm run openapi"; do not edit.\n${text}`,
    'npm run openapi',
  );
} finally {
  await app.close();
  rmSync(directory, { recursive: true, force: true });
}

/** A reference, a short list of words: on a line of its own. */
function inOneLineWhereShort(_key: unknown, node: YAMLMap | YAMLSeq): void {
  node.flow = JSON.stringify(node).length <= 130;
}
