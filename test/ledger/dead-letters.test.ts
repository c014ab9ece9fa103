import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, test, type TestContext } from 'node:test';
import { deadLettersCommand } from '../../src/ledger/cli/dead-letters.ts';
import type { DeadLetter } from '../../src/services/ports.ts';
import { type Cluster, startPostgres } from '../support/postgres.ts';
import { openTestLedger, temporaryDirectory } from './storage.ts';
import { intent, notification, outcome, until } from './support.ts';

async function command(databaseUrl: string, ...argv: string[]) {
  const lines: string[] = [];
  const line = (text: string) => void lines.push(text);
  const code = await deadLettersCommand(argv, { databaseUrl }, { out: line, error: line });
  return { code, lines };
}

/** What an operator does about dead letters, beside the running service. */
async function deadLetters(t: TestContext, databaseUrl: string): Promise<void> {
  const ledger = await openTestLedger({ databaseUrl });
  t.after(() => ledger.close());
  let gone = true;
  const received: string[] = [];
  await ledger.outbox.start(async ({ id }) => {
    received.push(id);
    return gone ? { outcome: 'failed', final: true, detail: '410 Gone' } : { outcome: 'delivered' };
  });
  const ids: string[] = [];
  for (let i = 0; i < 3; i += 1) {
    const begun = intent();
    const sent = notification(begun.request_id);
    await ledger.begin(begun, { webhookUrl: sent.url });
    await ledger.complete(begun, outcome(), sent);
    await ledger.outbox.attempt(sent.id, 10_000);
    ids.push(sent.id);
  }
  await until(async () => (await ledger.outbox.deadLetters(10)).length === ids.length);
  const [first = ''] = ids;
  const listed = await command(databaseUrl, 'list');
  assert.equal(listed.code, 0);
  const letters = listed.lines.map((line) => JSON.parse(line) as DeadLetter);
  assert.deepEqual(letters.map(({ id }) => id).sort(), [...ids].sort());
  assert.equal(letters[0]?.last_error, '410 Gone');
  assert.equal((await command(databaseUrl, 'list', '--limit', '2')).lines.length, 2);

  gone = false;
  assert.deepEqual(await command(databaseUrl, 'resend', first, 'msg_nothing'), {
    code: 0,
    lines: ['1 of 2 will be sent again.'],
  });
  assert.deepEqual(await command(databaseUrl, 'resend', '--all'), {
    code: 0,
    lines: ['2 of 2 will be sent again.'],
  });
  assert.deepEqual((await command(databaseUrl, 'list')).lines, []);
  // The service would notice by itself within half a minute; this makes it look at once.
  await ledger.outbox.resend([]);
  await until(() => received.length === 6);
  assert.deepEqual(received.slice(3).sort(), [...ids].sort());
}

describe('webhooks:dead', () => {
  let cluster: Cluster;
  before(async () => {
    cluster = await startPostgres();
  });
  after(() => cluster.destroy());

  test('SQLite: lists dead letters and sends them again', async (t) => {
    await deadLetters(t, `sqlite:${join(await temporaryDirectory(t), 'ledger.db')}`);
  });

  test('PostgreSQL: lists dead letters and sends them again', async (t) => {
    await deadLetters(t, await cluster.createDatabase());
  });

  test('2 when it is asked for something else, or there is no ledger', async (t) => {
    const databaseUrl = `sqlite:${join(await temporaryDirectory(t), 'ledger.db')}`;
    for (const argv of [[], ['resend'], ['list', 'x'], ['list', '--limit', '0'], ['list']]) {
      assert.equal((await command(databaseUrl, ...argv)).code, 2, argv.join(' '));
    }
  });
});
