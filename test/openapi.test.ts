import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { createConfig, lint } from '@redocly/openapi-core';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { parse } from 'yaml';
import { componentName } from '../src/schemas/document.ts';
import { operations } from '../src/services/date/index.ts';
import { startService } from './support/service.ts';

interface Content {
  schema?: object;
  example?: unknown;
  examples?: unknown;
}
interface Answer {
  $ref?: string;
  description?: string;
  content?: Record<string, Content>;
}
interface Document {
  openapi: string;
  components: { responses: Record<string, Answer> };
  paths: Record<
    string,
    Record<
      string,
      {
        summary?: string;
        requestBody?: { content: Record<string, Content> };
        responses: Record<string, Answer>;
      }
    >
  >;
}

const hasExample = (content: Content) =>
  JSON.stringify(content).includes('"example"') || JSON.stringify(content).includes('"examples"');

test('every request and every answer has a schema, a description and an example', async (t) => {
  const { get } = await startService(t);
  const { body: document } = await get<Document>('/openapi.json');
  assert.match(document.openapi, /^3\.1\./);
  assert.deepEqual(Object.keys(document.paths).sort(), [
    '/audit-records',
    '/audit-records/{request_id}',
    '/audit-records/{request_id}/history',
    '/calendars',
    '/calendars/{name}',
    '/health/live',
    '/health/ready',
    '/manipulations',
    '/manipulations/batch',
    '/manipulations/preview',
    '/metrics',
    '/openapi.json',
  ]);
  for (const [path, methods] of Object.entries(document.paths)) {
    for (const [method, operation] of Object.entries(methods)) {
      const where = `${method} ${path}`;
      assert.ok(operation.summary, where);
      for (const [type, content] of Object.entries(operation.requestBody?.content ?? {})) {
        assert.ok(content.schema, `${where} ${type}`);
        assert.ok(hasExample(content), `${where} ${type} has no example`);
      }
      for (const [status, answer] of Object.entries(operation.responses)) {
        const response =
          answer.$ref === undefined
            ? answer
            : (document.components.responses[answer.$ref.slice(answer.$ref.lastIndexOf('/') + 1)] ?? answer);
        assert.ok(response.description, `${where} ${status}`);
        assert.ok(
          response.content && Object.keys(response.content).length > 0,
          `${where} ${status} has no content`,
        );
        for (const [type, content] of Object.entries(response.content)) {
          assert.ok(content.schema && hasExample(content), `${where} ${status} ${type}`);
        }
      }
    }
  }
});

test('openapi.yaml is what the service serves', async (t) => {
  const { get } = await startService(t);
  assert.deepEqual(parse(readFileSync('openapi.yaml', 'utf8')), (await get<Document>('/openapi.json')).body);
});

test('the document lints without an error, names every operation and stays short', async () => {
  const config = await createConfig({ extends: ['recommended'] });
  const found = await lint({ ref: 'openapi.yaml', config });
  assert.deepEqual(
    found
      .filter(({ severity }) => severity === 'error')
      .map(({ ruleId, message }) => `${ruleId}: ${message}`),
    [],
  );
  const text = readFileSync('openapi.yaml', 'utf8');
  assert.ok(text.split('\n').length < 3_500, `${text.split('\n').length} lines`);
  const { components } = parse(text) as { components: { schemas: Record<string, unknown> } };
  const names = Object.keys(components.schemas);
  for (const { name } of operations) {
    assert.ok(names.includes(componentName(name)), name);
    assert.ok(names.includes(`Preview${componentName(name)}`), name);
  }
  for (const name of [
    'ManipulationRequest',
    'PreviewRequest',
    'Preview',
    'BatchLine',
    'AuditRecordList',
    'Health',
    'Problem',
  ]) {
    assert.ok(names.includes(name), name);
  }
});

test('open routes say so, and every route has an operationId', async (t) => {
  const { get } = await startService(t);
  const { body } = await get<{
    paths: Record<string, Record<string, { operationId?: string; security?: unknown[] }>>;
  }>('/openapi.json');
  const all = Object.entries(body.paths).flatMap(([path, methods]) =>
    Object.values(methods).map((operation) => ({ path, ...operation })),
  );
  assert.equal(new Set(all.map(({ operationId }) => operationId)).size, all.length);
  const open = all.filter(({ security }) => security?.length === 0).map(({ path }) => path);
  assert.deepEqual(open.sort(), ['/health/live', '/health/ready', '/metrics', '/openapi.json']);
});

/** What the components say, put together, must be what validates. */
test('every example fits the components of the document, and a field too many does not', async () => {
  const document = parse(readFileSync('openapi.yaml', 'utf8')) as {
    components: { schemas: object; examples: Record<string, { value: Record<string, unknown> }> };
  };
  const ajv = new Ajv2020({ strict: false, validateFormats: false });
  ajv.addSchema(document, 'document');
  const validate = ajv.compile({ $ref: 'document#/components/schemas/ManipulationRequest' });
  let requests = 0;
  for (const [name, { value }] of Object.entries(document.components.examples)) {
    if (typeof value['operation'] !== 'string' || value['status'] !== undefined) continue;
    requests += 1;
    assert.ok(validate(value), `${name}: ${JSON.stringify(validate.errors?.slice(0, 3))}`);
    assert.equal(validate({ ...value, no_such_field: 1 }), false, name);
  }
  assert.ok(requests >= operations.length);
});
