import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Settings } from '../../src/sandbox/index.ts';
import { dateProcessing } from '../support/date-processing.ts';
import { actionOf, client, pathOf, postToken, start } from './support.ts';

const FIELD = 'configuration.dateProcessing.timezone';
const WRONG = 'is not a known time zone';

const SHAPES: Record<Exclude<Settings['errorShape'], 'native'>, (text: string) => void> = {
  error_description: (text) =>
    assert.deepEqual(JSON.parse(text), { error: 'bad.request', error_description: `${FIELD}: ${WRONG}` }),
  errorDescription: (text) =>
    assert.deepEqual(JSON.parse(text), { error: 'bad.request', errorDescription: `${FIELD}: ${WRONG}` }),
  errors: (text) => assert.deepEqual(JSON.parse(text), { errors: [{ field: FIELD, message: WRONG }] }),
  message(text) {
    const { contextId, ...rest } = JSON.parse(text) as Record<string, unknown>;
    assert.match(String(contextId), /^sandbox-/);
    assert.deepEqual(rest, { message: `${FIELD}: ${WRONG}`, code: 'bad.request', status: 400 });
  },
  header: (text) => assert.equal(text, ''),
  empty: (text) => assert.equal(text, ''),
  html: (text) => assert.match(text, /^<!DOCTYPE html>/),
};

test('one refusal in every shape', async (t) => {
  const sandbox = await start(t);
  const tenant = await client(sandbox);
  const action = actionOf(sandbox);
  const wrong = { ...action, configuration: { dateProcessing: dateProcessing({ timezone: 'Nowhere' }) } };
  for (const [errorShape, expect] of Object.entries(SHAPES)) {
    sandbox.configure({ errorShape: errorShape as keyof typeof SHAPES });
    const answer = await tenant.call('PUT', pathOf(action), wrong);
    assert.equal(answer.status, 400);
    const status = errorShape === 'header' ? `${FIELD}: ${WRONG}` : null;
    assert.equal(answer.headers.get('icStatusDescription'), status);
    expect(await answer.text());
  }
});

test('by itself, the token endpoint speaks OAuth and the rest the platform’s own', async (t) => {
  const sandbox = await start(t);
  const token = await postToken(sandbox, { client_secret: 'wrong' });
  assert.equal(token.status, 401);
  assert.match(token.headers.get('www-authenticate') ?? '', /^Basic /);
  assert.deepEqual(Object.keys((await token.json()) as object), ['error', 'error_description']);
  const list = await fetch(`${sandbox.url}/api/v2/dataactions`);
  assert.deepEqual(Object.keys((await list.json()) as object), ['message', 'code', 'status', 'contextId']);
  assert.equal((await fetch(`${sandbox.url}/elsewhere`)).status, 404);
});
