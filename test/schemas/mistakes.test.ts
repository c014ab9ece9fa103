import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { startService } from '../support/service.ts';
import { temporaryDirectory } from '../support/temporary.ts';
import { createKey } from '../../src/cli/keys.ts';
import { KEY_MISTAKES, type Mistake, MISTAKES } from './mistakes-table.ts';

const CALENDARS_DIR = fileURLToPath(new URL('../../examples/calendars', import.meta.url));

/** What a reader cannot act on. */
const REGULAR_EXPRESSION = /\\d|\^\[|\^\(|\(\?|\[0-9\]/;

type Service = Awaited<ReturnType<typeof startService>>;

async function tells(t: TestContext, { send }: Service, mistakes: readonly Mistake[]): Promise<void> {
  for (const { name, method = 'POST', path = '/manipulations/preview', ...mistake } of mistakes) {
    await t.test(`${name} is told what to do`, async () => {
      const { body } = await send<{ code: string; detail: string }>(
        method,
        path,
        mistake.body,
        mistake.headers,
      );
      assert.equal(body.code, mistake.code, body.detail);
      for (const word of mistake.says) {
        assert.ok(body.detail.includes(word), `no ${JSON.stringify(word)} in: ${body.detail}`);
      }
      assert.doesNotMatch(body.detail, mistake.never ?? REGULAR_EXPRESSION);
      assert.doesNotMatch(body.detail, REGULAR_EXPRESSION);
    });
  }
}

test('the table has at least eighty mistakes', () => {
  assert.ok(MISTAKES.length + KEY_MISTAKES.length >= 80);
  const names = [...MISTAKES, ...KEY_MISTAKES].map(({ name }) => name);
  assert.equal(new Set(names).size, names.length);
});

test('of each mistake, the detail alone tells what to do', async (t) => {
  await tells(t, await startService(t, { CALENDARS_DIR }), MISTAKES);
});

test('of each mistake with a key, the detail alone tells what to do', async (t) => {
  const { key, line } = createKey('preview-only', 'manipulations:preview');
  const file = join(temporaryDirectory(t), 'keys');
  writeFileSync(file, line);
  const service = await startService(t, { API_KEYS_FILE: file, AUTH_MODE: 'required' });
  const withKey = KEY_MISTAKES.map((mistake) => ({
    ...mistake,
    ...(mistake.headers?.['authorization'] === 'Bearer KEY' && {
      headers: { authorization: `Bearer ${key}` },
    }),
  }));
  await tells(t, service, withKey);
});

test('all mistakes are told at once, in the batch too', async (t) => {
  const { post } = await startService(t);
  const wrong = {
    source_timestamp: '2024-02-29T15:30:00Z',
    operation: 'CONVERT',
    precision_limit: 9,
    overflow: 'x',
    no_such: 1,
    target_timezone: 5,
  };
  const { body } = await post<{ errors: { path: string }[] }>('/manipulations/preview', wrong);
  const paths = ['/no_such', '/overflow', '/precision_limit', '/target_timezone'];
  assert.deepEqual(body.errors.map(({ path }) => path).sort(), paths);
  const { body: lines } = await post<string>('/manipulations/batch', [{ ...wrong, action_name: 'A' }]);
  const [line] = lines.split('\n');
  const { problem } = JSON.parse(line ?? '') as { problem: { errors: { path: string }[] } };
  assert.deepEqual(problem.errors.map(({ path }) => path).sort(), paths);
});

test('a body of many unknown fields is answered with a bounded list', async (t) => {
  const { post } = await startService(t);
  const many = Object.fromEntries(Array.from({ length: 20_000 }, (_, index) => [`field_${index}`, index]));
  const body = { source_timestamp: '2024-02-29T15:30:00Z', operation: 'CONVERT', ...many };
  const answer = await post<{ errors: unknown[] }>('/manipulations/preview', body);
  assert.equal(answer.body.errors.length, 25);
});
