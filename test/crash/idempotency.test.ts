import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AuditRecord } from '../../src/schemas/audit-record.ts';
import type { Answer, Reply } from '../support/service.ts';
import { checkInvariants, lasting } from './invariants.ts';
import { ACTIONS, createWorld, recordIn, settled, type World } from './world.ts';

const [ACTION = ''] = ACTIONS;

const puts = ({ sandbox }: World) => sandbox.requests.filter(({ endpoint }) => endpoint === 'write').length;
const isReplay = ({ headers }: Reply<Answer>) => headers.get('idempotency-replayed') === 'true';

test('Idempotency-Key', { concurrency: true }, async (t) => {
  const world = await createWorld(t);
  const { sandbox } = world;
  const service = await world.start();

  await t.test('50 at once under one key: one PUT, the others are told to wait, or replayed', async () => {
    sandbox.fault('write', { delayMs: 200 });
    const request = world.manipulation(ACTION);
    const replies = await Promise.all(
      Array.from({ length: 50 }, () => world.send(service, request, 'fifty')),
    );
    const [first, ...more] = replies.filter((reply) => reply.status === 200 && !isReplay(reply));
    assert.ok(first);
    assert.deepEqual(more, []);
    const outcome = lasting(first.body as unknown as AuditRecord);
    for (const reply of replies.filter((each) => each !== first)) {
      if (reply.status === 200) {
        // It may come while the first answer still waits for its webhook.
        assert.deepEqual(lasting(reply.body as unknown as AuditRecord), outcome);
      } else {
        assert.equal(reply.body.code, 'IDEMPOTENCY_IN_PROGRESS');
        assert.equal(reply.status, 409);
        assert.match(reply.headers.get('retry-after') ?? '', /^[1-9]\d*$/);
      }
    }
    assert.equal(puts(world), 1);

    const later = await world.send(service, request, 'fifty');
    assert.equal(later.status, 200);
    assert.ok(isReplay(later));
    assert.deepEqual(later.body, first.body);
    const quoted = await world.send(service, request, '"fifty"');
    assert.deepEqual(quoted.body, first.body, 'quoted or bare, it is the same key');
    const reordered = Object.fromEntries(Object.entries(request).reverse());
    const same = await world.send(service, reordered as typeof request, 'fifty');
    assert.deepEqual(same.body, first.body, 'the same fields in another order are the same body');
    assert.equal(puts(world), 1);
  });

  await t.test('another body under the same key: 422, and no PUT', async () => {
    const before = puts(world);
    const request = world.manipulation(ACTION);
    assert.equal((await world.send(service, request, 'other')).status, 200);
    const reply = await world.send(service, { ...request, offset_minutes: 121 }, 'other');
    assert.equal(reply.status, 422);
    assert.equal(reply.body.code, 'IDEMPOTENCY_KEY_REUSED');
    assert.equal(puts(world), before + 1);
  });

  await t.test('what reached no write may be tried again under its key', async () => {
    const request = world.manipulation('Not_There_Yet');
    const failed = await world.send(service, request, 'again');
    assert.equal(failed.status, 404);
    assert.equal(failed.body.code, 'ACTION_NOT_FOUND');
    assert.equal(failed.body.audit_record?.status, 'FAILED');
    sandbox.actions.put({ id: 'late', name: 'Not_There_Yet', type: 'date', enabled: true });
    const done = await world.send(service, request, 'again');
    assert.equal(done.status, 200);
    assert.ok(!isReplay(done));
    assert.notEqual(done.body.request_id, failed.body.audit_record.request_id);
    assert.ok(isReplay(await world.send(service, request, 'again')));
  });

  await t.test('what may have been written is not tried again', async () => {
    const request = world.manipulation(ACTION);
    sandbox.fault('write', { reset: 'after' });
    sandbox.fault('read', {}); // The one before the write.
    sandbox.fault('read', { status: 503, headers: { 'retry-after': '3600' } }, 10);
    const lost = await world.send(service, request, 'doubt');
    sandbox.clearFaults();
    assert.equal(lost.body.audit_record?.status, 'UNKNOWN', JSON.stringify(lost.body));
    const before = puts(world);
    const replay = await world.send(service, request, 'doubt');
    assert.ok(isReplay(replay));
    assert.equal(replay.status, 500);
    assert.equal(replay.body.code, 'OUTCOME_UNKNOWN');
    assert.deepEqual(recordIn(replay), recordIn(lost));
    assert.equal(replay.headers.get('retry-after'), null, 'no retry of this key would find out');
    assert.equal(puts(world), before);
  });

  await t.test('over a restart', async () => {
    const request = world.manipulation(ACTION);
    const { body } = await world.send(service, request, 'restart');
    const before = puts(world);
    await service.stop();
    const next = await world.start();
    const replay = await world.send(next, request, 'restart');
    assert.ok(isReplay(replay));
    assert.deepEqual(replay.body, body);
    assert.equal(puts(world), before);
    await settled(next);
    await checkInvariants(world, next);
  });
});
