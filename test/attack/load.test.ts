import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { createKey } from '../../src/cli/keys.ts';
import { EXAMPLE, startService } from '../support/service.ts';
import { temporaryDirectory } from '../support/temporary.ts';
import { manyNames, seriesOf } from './series.ts';

test('a caller that asks for ten times the tenant’s rate is refused, and another gets its writes through', async (t) => {
  const scopes = 'manipulations:write';
  const [loud, quiet] = ['loud', 'quiet'].map((id) => createKey(id, scopes));
  const keys = join(temporaryDirectory(t), 'keys');
  writeFileSync(keys, `${loud?.line}\n${quiet?.line}\n`);
  const { post, get } = await startService(t, {
    AUTH_MODE: 'required',
    API_KEYS_FILE: keys,
    CXONE_RATE_PER_SECOND: '10',
    CXONE_DEADLINE_MS: '5000',
    CXONE_MAX_CONCURRENT: '1',
  });
  const write = async (key: string | undefined, action_name: string) => {
    const request = { ...EXAMPLE, action_name };
    const { status, body, headers } = await post('/manipulations', request, {
      authorization: `Bearer ${key}`,
    });
    return { status, code: body.code as string | undefined, retryAfter: headers.get('retry-after') };
  };
  const flood = Array.from({ length: 160 }, () => write(loud?.key, 'Production_Date'));
  for (let n = 0; n < 4; n += 1) {
    assert.equal((await write(quiet?.key, 'Production_Date_Processor')).status, 200);
    assert.equal((await get('/health/live')).status, 200);
  }
  const answers = await Promise.all(flood);
  const refused = answers.filter(({ code }) => code === 'OVERLOADED' || code === 'UPSTREAM_RATE_LIMITED');
  assert.ok(refused.length >= 20, `${refused.length} were refused`);
  assert.ok(answers.some(({ status }) => status === 200));
  for (const { retryAfter } of refused) assert.ok(Number(retryAfter) >= 1);
  assert.ok(!answers.some(({ code }) => code === 'CIRCUIT_OPEN'));
});

test('the number of series does not grow with names, paths, methods and callers', async (t) => {
  const { url } = await startService(t);
  await manyNames(url, 200);
  const before = await seriesOf(url);
  await manyNames(url, 1_000);
  // A refusal under load may add a status code, which is one of a few; a thousand names add nothing.
  const added = (await seriesOf(url)) - before;
  assert.ok(added < 100, `${added} series more`);
});
