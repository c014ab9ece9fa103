/** What generators of clients make of openapi.yaml. Those of Python are asked where they are installed. */
import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import openapiTypes, { astToString } from 'openapi-typescript';
import { operations } from '../../src/services/date/operations/index.ts';
import { componentName } from '../../src/schemas/document.ts';
import { temporaryDirectory } from '../support/temporary.ts';

const run = promisify(execFile);
const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const DOCUMENT = join(ROOT, 'openapi.yaml');

/** What a caller has in its hands: each is to have its name in a generated client. */
const NAMES = [
  ...operations.flatMap(({ name }) => [componentName(name), `Preview${componentName(name)}`]),
  'ManipulationRequest',
  'PreviewRequest',
  'Preview',
  'AuditRecord',
  'AuditRecordList',
  'BatchLine',
  'Calendar',
  'Health',
  'Holiday',
  'Pause',
  'Problem',
  'ProblemCode',
  'Shift',
  'WebhookEvent',
];

function lacks(t: TestContext, module: string, tool: string): boolean {
  if (spawnSync('python3', ['-m', module, '--help'], { stdio: 'ignore' }).status === 0) return false;
  process.stderr.write(`SKIPPED: ${tool} is not here (pip install ${tool})\n`);
  t.skip(`${tool} is not installed`);
  return true;
}

test('openapi-typescript makes a type of every name', async () => {
  const text = astToString(await openapiTypes(pathToFileURL(DOCUMENT), { silent: true }));
  for (const name of NAMES) assert.match(text, new RegExp(`^ {8}${name}: `, 'm'), name);
  for (const name of ['createManipulation', 'previewManipulation', 'listCalendars', 'getAuditRecord'])
    assert.match(text, new RegExp(`^ {4}${name}: `, 'm'), name);
});

test('openapi-python-client makes a client without a warning, with good names', async (t) => {
  if (lacks(t, 'openapi_python_client', 'openapi-python-client')) return;
  const directory = join(temporaryDirectory(t), 'client');
  const { stdout, stderr } = await run('python3', [
    ...['-m', 'openapi_python_client', 'generate', '--path', DOCUMENT, '--output-path', directory],
    ...['--meta', 'none', '--config', join(ROOT, 'client/python/openapi-python-client.yaml')],
  ]);
  assert.doesNotMatch(stdout + stderr, /warning|error/i);
  const models = readdirSync(join(directory, 'models'));
  for (const file of [
    'add_offset.py',
    'preview.py',
    'audit_record.py',
    'problem.py',
    'shift.py',
    'holiday.py',
  ])
    assert.ok(models.includes(file), file);
  const unnamed = models.filter((file) => /^(post|get)_|response_\d+/.test(file));
  assert.deepEqual(unnamed, ['get_open_api_document_response_200.py']);
  const calls = readdirSync(join(directory, 'api/manipulations'));
  assert.ok(calls.includes('create_manipulation_batch.py'));
});

const VALIDATE = `
import sys, json
sys.path.insert(0, sys.argv[1])
import models
for name in json.loads(sys.argv[2]):
    assert hasattr(models, name), name
request = {"action_name": "A", "source_timestamp": "now", "target_timezone": "UTC", "operation": "ADD_OFFSET"}
made = models.ManipulationRequest.model_validate({**request, "offset_minutes": 5}).root
assert type(made).__name__ == "AddOffset", made
try:
    models.ManipulationRequest.model_validate({**request, "offset_minutes": "five"})
except ValueError:
    pass
else:
    raise AssertionError("a wrong request fits")
`;

test('datamodel-code-generator makes models that load, and that refuse a wrong request', async (t) => {
  if (lacks(t, 'datamodel_code_generator', 'datamodel-code-generator')) return;
  const directory = temporaryDirectory(t);
  const { stderr } = await run('python3', [
    ...['-m', 'datamodel_code_generator', '--input', DOCUMENT, '--input-file-type', 'openapi'],
    ...['--output-model-type', 'pydantic_v2.BaseModel', '--formatters', 'builtin'],
    ...['--output', join(directory, 'models.py')],
  ]);
  assert.doesNotMatch(stderr, /warning|error/i);
  await run('python3', ['-c', VALIDATE, directory, JSON.stringify(NAMES)]);
});
