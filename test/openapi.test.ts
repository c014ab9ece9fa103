import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { parse } from 'yaml';
import { startService } from './support/service.ts';

interface Content {
  schema?: object;
  example?: unknown;
  examples?: unknown;
}
interface Document {
  openapi: string;
  paths: Record<
    string,
    Record<
      string,
      {
        summary?: string;
        requestBody?: { content: Record<string, Content> };
        responses: Record<string, { description?: string; content?: Record<string, Content> }>;
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
      for (const [status, response] of Object.entries(operation.responses)) {
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

test('/docs shows it', async (t) => {
  const { get } = await startService(t);
  const { status, body } = await get<string>('/docs/');
  assert.equal(status, 200);
  assert.match(body, /swagger/i);
});
