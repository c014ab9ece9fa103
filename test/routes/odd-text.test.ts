import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { ProblemDocument } from '../../src/schemas/problem.ts';
import { type Cluster, startPostgres } from '../support/postgres.ts';
import { EXAMPLE, startService } from '../support/service.ts';

/** Text that some databases do not take, that others cut, and that is not the same everywhere. */
const ODD = [
  '%00',
  'a%00',
  '%00a',
  'a%00b',
  '%ED%A0%80',
  '%F0%9F%98',
  '%C0%80',
  '%FF',
  "'%20OR%201=1--",
  '%5C',
];

let cluster: Cluster;
before(async () => {
  cluster = await startPostgres();
});
after(() => cluster.destroy());

describe('text that a database may not take', { concurrency: true }, () => {
  const databases: [name: string, env: () => Promise<Record<string, string>>][] = [
    ['SQLite', async () => ({})],
    ['PostgreSQL', async () => ({ DATABASE_URL: await cluster.createDatabase() })],
  ];
  for (const [name, env] of databases) {
    test(`${name}: is found nowhere or refused, and never the database’s fault`, async (t) => {
      const { get, post } = await startService(t, await env());
      assert.equal(
        (await post('/manipulations', { ...EXAMPLE, action_name: 'Production_Date' })).status,
        200,
      );
      for (const text of ODD) {
        const one = await get(`/audit-records/${text}`);
        assert.ok([400, 404].includes(one.status), `${text}: ${one.status} ${one.body.code}`);
        for (const query of [`action_name=${text}`, `status=${text}`, `from=${text}`, `cursor=${text}`]) {
          const { status, body } = await get<ProblemDocument & { items?: unknown[] }>(
            `/audit-records?${query}`,
          );
          assert.ok(
            status === 400 || (status === 200 && body.items?.length === 0),
            `${query}: ${status} ${body.code}`,
          );
        }
      }
      // JSON can say what a URL cannot.
      for (const action_name of ['\u0000', 'Production_Date\u0000', '\ud800', 'Production_Date\udfff']) {
        const { status, body } = await post('/manipulations', { ...EXAMPLE, action_name });
        assert.ok([400, 404].includes(status), `${JSON.stringify(action_name)}: ${status} ${body.code}`);
      }
      const { body } = await get<{ items: unknown[] }>('/audit-records?action_name=Production_Date');
      assert.equal(body.items.length, 1);
    });
  }
});
