import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fastify from 'fastify';
import type { TSchema } from '@sinclair/typebox';
import { VALIDATION } from '../../../src/schemas/validation.ts';
import { ManipulationRequest, operations, PreviewRequest } from '../../../src/services/date/index.ts';
import { goldenCases } from './golden.ts';

interface SchemaError {
  keyword: string;
  instancePath: string;
  params: Record<string, unknown>;
}

/** Validates as the service does: with Fastify's own Ajv and these options. Answers the body with its defaults. */
function validator(schema: TSchema) {
  const app = fastify({
    ajv: {
      customOptions: VALIDATION,
    },
  });
  app.setErrorHandler((error: { validation?: SchemaError[] }, _request, reply) =>
    reply.code(400).send(error.validation ?? []),
  );
  app.post('/', { schema: { body: schema } }, (request) => request.body);
  return async (body: unknown) => {
    const response = await app.inject({
      method: 'POST',
      url: '/',
      headers: { 'content-type': 'application/json' },
      payload: JSON.stringify(body),
    });
    return { accepted: response.statusCode === 200, body: response.json<unknown>() };
  };
}

const manipulation = validator(ManipulationRequest);
const preview = validator(PreviewRequest);
type Validate = typeof preview;

const valid = {
  action_name: 'A',
  source_timestamp: '2024-02-29T15:30:00.000Z',
  target_timezone: 'UTC',
  operation: 'CONVERT',
};

async function accepted(validate: Validate, body: unknown): Promise<Record<string, unknown>> {
  const answer = await validate(body);
  assert.ok(answer.accepted, JSON.stringify(answer.body));
  return answer.body as Record<string, unknown>;
}

async function refusal(validate: Validate, body: unknown): Promise<SchemaError> {
  const answer = await validate(body);
  assert.equal(answer.accepted, false);
  const [first] = answer.body as SchemaError[];
  assert.ok(first);
  return first;
}

describe('the request schema', () => {
  it('takes every golden case', async () => {
    for (const { request } of goldenCases) await accepted(preview, request);
  });

  it('takes every example of every operation', async () => {
    for (const { examples } of operations) {
      for (const { request } of examples) {
        await accepted(preview, request);
        await accepted(manipulation, { ...request, action_name: 'A' });
      }
    }
  });

  it('fills in defaults, but never a zone for the source', async () => {
    const body = await accepted(manipulation, valid);
    assert.equal(body['precision_limit'], 3);
    assert.equal(body['output_format'], 'rfc3339');
    assert.equal('source_timezone' in body, false);
  });

  it('wants a name to write to, and none to preview', async () => {
    const { action_name: _, ...nameless } = valid;
    assert.equal((await refusal(manipulation, nameless)).params['missingProperty'], 'action_name');
    await accepted(preview, nameless);
  });

  it('refuses a field of another operation and names it', async () => {
    const error = await refusal(manipulation, { ...valid, operation: 'ADD_OFFSET', duration: 'PT1H' });
    assert.equal(error.keyword, 'additionalProperties');
    assert.equal(error.params['additionalProperty'], 'duration');
  });

  const wrong: [string, Record<string, unknown>, string][] = [
    ['a number for a string', { source_timestamp: 5 }, '/source_timestamp'],
    ['a string for a number', { precision_limit: '3' }, '/precision_limit'],
    ['four decimal places', { precision_limit: 4 }, '/precision_limit'],
    ['an unknown format', { output_format: 'iso' }, '/output_format'],
    ['an empty name', { action_name: '' }, '/action_name'],
    ['a timestamp without end', { source_timestamp: '1'.repeat(5000) }, '/source_timestamp'],
    ['an epoch with a fraction', { source_epoch: { value: 1.5, unit: 'second' } }, '/source_epoch/value'],
    [
      'an epoch that JSON cannot hold',
      { source_epoch: { value: 2 ** 53, unit: 'second' } },
      '/source_epoch/value',
    ],
    ['an epoch without a unit', { source_epoch: { value: 1 } }, '/source_epoch'],
    ['null', { rounding_mode: null }, '/rounding_mode'],
  ];
  for (const [what, change, path] of wrong) {
    it(`refuses ${what}`, async () => {
      assert.equal((await refusal(manipulation, { ...valid, ...change })).instancePath, path);
    });
  }

  it('refuses an unknown operation', async () => {
    const error = await refusal(manipulation, { ...valid, operation: 'REVERSE' });
    assert.equal(error.keyword, 'discriminator');
  });

  it('refuses what is not an object', async () => {
    for (const body of [null, [], 'x', 1]) await refusal(manipulation, body);
  });
});
