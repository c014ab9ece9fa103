import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EXAMPLE, startService } from '../support/service.ts';

test('a caller with as many lists or exports as it may have gets no more, while writes and others go on', async (t) => {
  const { app, get, post } = await startService(t);
  const exporting = { accept: 'application/x-ndjson' };
  const kinds = [
    { slots: app.exports, perCaller: 2, headers: exporting },
    { slots: app.lists, perCaller: 16, headers: {} },
  ];
  for (const { slots, perCaller, headers } of kinds) {
    const releases = Array.from({ length: perCaller }, () => slots.take('anonymous'));
    const refused = await get('/audit-records', headers);
    assert.deepEqual([refused.status, refused.body.code], [503, 'OVERLOADED']);
    assert.ok(Number(refused.headers.get('retry-after')) >= 1);
    assert.equal((await post('/manipulations', EXAMPLE)).status, 200);
    slots.take('another')();
    releases.pop()?.();
    assert.equal((await get('/audit-records', headers)).status, 200);
    // An export gives its slot back when its answer has left.
    assert.equal((await get('/audit-records', headers)).status, 200);
    for (const release of releases) release();
  }
});

test('a caller that was told that there is no room is refused before the framework, and only for that path', async (t) => {
  const { app, get, post } = await startService(t);
  const waiting = Array.from({ length: 2_100 }, () => app.admission.enter('others', false));
  t.after(async () => {
    for (const slot of waiting) (await slot).release();
  });
  const ask = (headers = {}) => post('/manipulations', EXAMPLE, headers);
  let withoutFramework = 0;
  for (let n = 0; n < 50 && withoutFramework === 0; n += 1) {
    const answers = await Promise.all(Array.from({ length: 20 }, () => ask({ 'x-request-id': `mine-${n}` })));
    for (const { status, body, headers } of answers) {
      assert.deepEqual([status, body.code, headers.get('x-request-id')], [503, 'OVERLOADED', `mine-${n}`]);
      assert.ok(Number(headers.get('retry-after')) >= 1);
      // The framework's answers name the cache, which those before it need not: a 503 is not stored.
      if (headers.get('cache-control') === null) withoutFramework += 1;
    }
  }
  assert.ok(withoutFramework > 0);
  assert.equal((await get('/health/live')).status, 200);
  assert.equal((await get('/audit-records')).status, 200);
});
