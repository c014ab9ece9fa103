import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { createKey } from '../../src/cli/keys.ts';
import { systemClock } from '../../src/services/clock.ts';
import { startService } from '../support/service.ts';
import { temporaryDirectory } from '../support/temporary.ts';

const PREVIEW = { source_timestamp: '2024-02-29T15:30:00Z', target_timezone: 'UTC', operation: 'CONVERT' };

test('each caller has a bucket of its own, its state is told, and 429 says when to come back', async (t) => {
  const keys = [createKey('a', 'manipulations:preview'), createKey('b', 'manipulations:preview')];
  const file = join(temporaryDirectory(t), 'keys');
  writeFileSync(file, keys.map(({ line }) => line).join('\n'));
  let now = 0;
  const { post, get } = await startService(
    t,
    {
      AUTH_MODE: 'required',
      API_KEYS_FILE: file,
      RATE_LIMIT_PER_SECOND: '2',
      RATE_LIMIT_BURST: '4',
    },
    { clock: { ...systemClock, monotonic: () => now } },
  );
  const [a, b] = keys.map(({ key }) => ({ authorization: `Bearer ${key}` }));
  const preview = async (caller: typeof a) => {
    const { status, headers, body } = await post('/manipulations/preview', PREVIEW, caller);
    return { status, code: body.code, headers };
  };
  for (const left of [3, 2, 1, 0]) {
    const { status, headers } = await preview(a);
    assert.equal(status, 200);
    assert.equal(headers.get('ratelimit-policy'), '"caller";q=4;w=2');
    assert.equal(headers.get('ratelimit'), `"caller";r=${left};t=${Math.ceil((4 - left) / 2)}`);
  }
  const refused = await preview(a);
  assert.deepEqual([refused.status, refused.code], [429, 'RATE_LIMITED']);
  assert.equal(refused.headers.get('retry-after'), '1');
  assert.equal(refused.headers.get('ratelimit'), '"caller";r=0;t=2');
  assert.equal((await preview(b)).status, 200);
  now += 500;
  assert.deepEqual([(await preview(a)).status, (await preview(a)).status], [200, 429]);
  now += 60_000;
  assert.equal((await preview(a)).headers.get('ratelimit'), '"caller";r=3;t=1');
  const probe = await get('/health/live');
  assert.deepEqual([probe.status, probe.headers.get('ratelimit')], [200, null]);
});
