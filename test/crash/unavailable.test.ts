import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { describe, test } from 'node:test';
import { checkInvariants } from './invariants.ts';
import type { Service } from './process.ts';
import { ACTIONS, createWorld, settled, until, type World } from './world.ts';

const fileOf = ({ databaseUrl }: World) => databaseUrl.slice('sqlite:'.length);
const puts = ({ sandbox }: World) => sandbox.requests.filter(({ endpoint }) => endpoint === 'write').length;

/** A manipulation is refused before anything is sent to the tenant, and readiness says so. */
async function assertRefused(world: World, service: Service, reason: RegExp): Promise<void> {
  const before = world.sandbox.requests.length;
  const reply = await world.send(service, world.manipulation(ACTIONS[1] ?? ''));
  assert.equal(reply.status, 503);
  assert.equal(reply.body.code, 'LEDGER_UNAVAILABLE');
  assert.match(reply.body.detail, reason);
  assert.match(reply.headers.get('retry-after') ?? '', /^[1-9]\d*$/);
  assert.deepEqual(world.sandbox.requests.slice(before), [], 'nothing was sent to the tenant');
  const ready = await service.get<{ dependencies: { ledger: { state: string } } }>('/health/ready');
  assert.equal(ready.status, 503);
  assert.equal(ready.body.dependencies.ledger.state, 'failed');
  assert.equal((await service.get('/health/live')).status, 200);
}

async function assertRecovers(world: World, service: Service): Promise<void> {
  const before = puts(world);
  const reply = await world.send(service, world.manipulation(ACTIONS[2] ?? ''));
  assert.equal(reply.status, 200, JSON.stringify(reply.body));
  assert.equal(puts(world), before + 1);
  assert.equal((await service.get('/health/ready')).status, 200);
  // A webhook whose try could not be noted down is due after a minute, or a restart.
  await service.stop();
  const next = await world.start();
  await settled(next);
  await checkInvariants(world, next);
}

describe('a ledger that cannot be written', { concurrency: true }, () => {
  test(
    'no room: refused before the PUT, and taken again when there is room',
    { timeout: 60_000 },
    async (t) => {
      const world = await createWorld(t);
      // No file of that process grows beyond 256 KiB or, where the shell counts KiB, 512.
      const service = await world.start({}, { shell: 'ulimit -f 512' });
      // A reader keeps the log from being emptied into the database.
      const other = new DatabaseSync(fileOf(world), { timeout: 5_000 });
      other.exec('BEGIN');
      other.prepare('SELECT count(*) FROM entries').get();
      await until('the ledger has no room', async () => {
        const { status, body } = await world.send(service, world.manipulation(ACTIONS[0] ?? ''));
        if (status === 200) return false;
        assert.equal(body.code, 'LEDGER_UNAVAILABLE');
        return true;
      });
      await until('nothing fits any more', async () => {
        const { body } = await service.get<{ dependencies: { ledger: { state: string } } }>('/health/ready');
        return body.dependencies.ledger.state === 'failed';
      });
      await assertRefused(world, service, /disk/);
      other.exec('COMMIT; PRAGMA wal_checkpoint(TRUNCATE)');
      other.close();
      await assertRecovers(world, service);
    },
  );
});
