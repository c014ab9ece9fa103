import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { createKey } from '../../src/cli/keys.ts';
import { readLog } from '../support/log.ts';
import { EXAMPLE, startService } from '../support/service.ts';
import { temporaryDirectory } from '../support/temporary.ts';

/** The ways in which an error text may repeat a secret. */
const ENCODINGS: Record<string, (secret: string) => string> = {
  plain: (secret) => secret,
  'percent-encoded': (secret) => encodeURIComponent(secret),
  'percent-encoded, every byte': (secret) => hexOf(secret).replace(/../g, '%$&'),
  form: (secret) => new URLSearchParams({ s: secret }).toString().slice(2),
  'JSON-escaped': (secret) =>
    secret.replace(/./gs, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`),
  hex: hexOf,
  base64: (secret) => Buffer.from(secret).toString('base64'),
  base64url: (secret) => Buffer.from(secret).toString('base64url'),
};

function hexOf(secret: string): string {
  return Buffer.from(secret).toString('hex');
}

test('no secret shows in an answer, a record, a webhook or the log, whatever the tenant echoes', async (t) => {
  const log = readLog();
  const key = createKey('caller', 'manipulations:write,audit:read,audit:read:all');
  const keys = join(temporaryDirectory(t), 'keys');
  writeFileSync(keys, key.line);
  const { sandbox, post, get } = await startService(
    t,
    { AUTH_MODE: 'required', API_KEYS_FILE: keys, CXONE_MAX_ATTEMPTS: '1', LOG_LEVEL: 'trace' },
    { logSink: log.sink },
  );
  const as = { authorization: `Bearer ${key.key}` };
  const said: string[] = [];
  const ask = async (action_name: string) => {
    const { status, headers, body } = await post('/manipulations', { ...EXAMPLE, action_name }, as);
    said.push(JSON.stringify({ headers: [...headers], body }));
    return status;
  };
  assert.equal(await ask('Production_Date'), 200);
  const tokens = sandbox.requests.flatMap(({ headers }) => headers.authorization?.split(' ')[1] ?? []);
  // What the tenant gets to see and could echo; the others must not show either.
  const echoed = [...new Set([sandbox.clientId, sandbox.clientSecret, ...tokens])];
  const secrets = [...echoed, sandbox.webhookSecret, key.key];
  assert.ok(echoed.length >= 3);

  let tried = 0;
  for (const secret of echoed) {
    for (const encode of Object.values(ENCODINGS)) {
      const echo = encode(secret);
      for (const body of [
        `Bad thing: ${echo}.`,
        JSON.stringify({ error: echo, error_description: `x ${echo}`, message: echo }),
      ]) {
        for (const [endpoint, status] of [
          ['write', 400],
          ['read', 500],
          ['list', 422],
        ] as const) {
          sandbox.fault(endpoint, { status, body }, 1);
          await ask(endpoint === 'list' ? `Action_${tried}` : 'Production_Date');
          sandbox.clearFaults();
          tried += 1;
        }
      }
    }
  }
  for (const secret of secrets) {
    await get(`/audit-records?api_key=${secret}`, as);
    await get(`/nowhere/${encodeURIComponent('x')}?token=${secret}`);
    await post('/manipulations/preview', '{', { authorization: `Bearer ${secret}x` });
  }
  said.push(JSON.stringify((await get('/audit-records?limit=500', as)).body));
  said.push(...sandbox.webhooks.map(({ body }) => body));
  said.push((await get<string>('/metrics')).body);
  const all = [...said, ...log.texts()].join('\n');
  // A log line that repeats our own x-request-id or digest is no leak; only these texts are.
  for (const [name, encode] of Object.entries(ENCODINGS)) {
    for (const secret of secrets) {
      const form = encode(secret);
      const at = all.indexOf(form);
      assert.equal(at, -1, `${name}: ${all.slice(Math.max(0, at - 200), at + 300)}`);
    }
  }
  t.diagnostic(`${tried} echoes of ${secrets.length} secrets in ${Object.keys(ENCODINGS).length} encodings`);
});
