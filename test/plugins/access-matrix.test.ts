import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { createKey } from '../../src/cli/keys.ts';
import { badCredentials } from '../attack/credentials.ts';
import { startIssuer } from '../support/issuer.ts';
import { startService } from '../support/service.ts';
import { temporaryDirectory } from '../support/temporary.ts';

/** All routes that need no authentication: a new one has to be added here. */
const OPEN =
  /^\/(health\/(live|ready)|metrics|openapi\.json|docs(\/.*)?|console(\/.*)?|problems(\/.*)?|runbooks\/.*|schemas\/calendar\.json|)$/;

test('every route is closed to about a hundred credentials that have no right, and only known ones are open', async (t) => {
  const issuer = await startIssuer(t);
  const scopes = 'manipulations:write,manipulations:preview,audit:read,audit:read:all';
  const valid = createKey('valid', scopes);
  const foreign = scopes.split(',').map((scope) => createKey(`only-${scope.replaceAll(':', '-')}`, scope));
  const file = join(temporaryDirectory(t), 'keys');
  writeFileSync(file, [valid, ...foreign].map(({ line }) => line).join('\n'));
  const {
    app,
    url: serviceUrl,
    sandbox,
    get,
  } = await startService(t, { ...issuer.env, API_KEYS_FILE: file });

  const open = app.routeTable.filter((route) => route.open).map(({ url }) => url);
  assert.deepEqual(
    open.filter((url) => !OPEN.test(url)),
    [],
  );
  const closed = app.routeTable.filter((route) => !route.open);
  assert.ok(closed.length >= 6);
  let tried = 0;
  for (const { method, url, scope } of closed) {
    // The key of another scope is the one that could be mistaken for this one's.
    const lacking = foreign.findLast(({ line }) => !line.includes(` ${scope} `))?.key ?? '';
    const credentials = await badCredentials(issuer, issuer.publicKey, {
      foreign: lacking,
      valid: valid.key,
    });
    assert.ok(credentials.length >= 90, String(credentials.length));
    const path = url.replace(/:\w+/g, '7f1f3c2e-0000-4000-8000-000000000000');
    for (const { title, headers, query } of credentials) {
      const body = method === 'POST' ? { body: '{}' } : {};
      const response = await fetch(serviceUrl + (query === undefined ? path : `${path}?${query}`), {
        method,
        ...body,
        headers: { 'content-type': 'application/json', ...headers },
      });
      await response.text();
      const { status, headers: answered } = response;
      tried += 1;
      assert.ok(status === 401 || status === 403, `${method} ${url}, ${title}: ${status}`);
      if (status === 401) assert.equal(answered.get('www-authenticate'), 'Bearer');
    }
  }
  assert.ok(tried >= 90 * closed.length);
  assert.equal(sandbox.requests.length, 0);
  const { body } = await get<string>('/metrics');
  assert.doesNotMatch(body, /^date_computation_duration_seconds_count\S* [1-9]/m, 'no handler was entered');
  t.diagnostic(`${tried} combinations of ${closed.length} routes and credentials`);
});
