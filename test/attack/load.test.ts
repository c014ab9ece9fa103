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
  const { url, post, get } = await startService(
    t,
    {
      AUTH_MODE: 'required',
      API_KEYS_FILE: keys,
      CXONE_RATE_PER_SECOND: '40',
      CXONE_MAX_CONCURRENT: '1',
    },
    { longestWaitMs: 2_000 },
  );
  // Ended with the test: what still waits then is not begun.
  const flooding = new AbortController();
  const write = async (key: string | undefined, action_name: string) => {
    const request = { ...EXAMPLE, action_name };
    return post('/manipulations', request, { authorization: `Bearer ${key}` });
  };
  const refused: { code: string; retryAfter: string | null }[] = [];
  let begun = 0;
  const flood = async () => {
    while (!flooding.signal.aborted) {
      const response = await fetch(`${url}/manipulations`, {
        method: 'POST',
        headers: { authorization: `Bearer ${loud?.key}`, 'content-type': 'application/json' },
        body: JSON.stringify({ ...EXAMPLE, action_name: 'Production_Date' }),
        signal: flooding.signal,
      });
      const { code } = (await response.json()) as { code?: string };
      if (code === undefined) begun += 1;
      else refused.push({ code, retryAfter: response.headers.get('retry-after') });
    }
  };
  const floods = Array.from({ length: 100 }, () => flood().catch(() => undefined));
  for (let n = 0; n < 4 || refused.length < 20 || begun === 0; n += 1) {
    assert.equal((await write(quiet?.key, 'Production_Date_Processor')).status, 200);
    assert.equal((await get('/health/live')).status, 200);
  }
  flooding.abort();
  await Promise.all(floods);
  for (const { code, retryAfter } of refused) {
    assert.ok(code === 'OVERLOADED' || code === 'UPSTREAM_RATE_LIMITED', code);
    assert.ok(Number(retryAfter) >= 1);
  }
});

test('the number of series does not grow with names, paths, methods and callers', async (t) => {
  const { url } = await startService(t);
  await manyNames(url, 100);
  const before = await seriesOf(url);
  await manyNames(url, 1_000);
  assert.deepEqual([...(await seriesOf(url)).difference(before)], []);
});
