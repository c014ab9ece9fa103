import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { operations } from '../../src/services/date/operations/index.ts';
import { startService } from '../support/service.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const [head = '', ...sections] = readFileSync(join(ROOT, 'requests.http'), 'utf8').split(/^### /m);

/** A request as an editor reads it: title, request line, headers, an empty line, the body. */
function read(section: string) {
  const [, line = '', ...rest] = section.trimEnd().split('\n');
  const end = rest.indexOf('');
  const [method = '', target = ''] = line.split(' ');
  const headers = (end < 0 ? rest : rest.slice(0, end)).map(
    (header) => header.split(': ') as [string, string],
  );
  return {
    method,
    path: target.replace('{{url}}', ''),
    headers: Object.fromEntries(headers),
    body: end < 0 ? undefined : rest.slice(end + 1).join('\n'),
  };
}

test('every request of requests.http is answered with 200, and every operation has one', async (t) => {
  const { send } = await startService(t, { CALENDARS_DIR: join(ROOT, 'examples/calendars') });
  assert.match(head, /^@url = http:\/\/127\.0\.0\.1:3000$/m);
  const named = new Set<string>();
  for (const section of sections) {
    const { method, path, headers, body } = read(section);
    const answer = await send<{ detail?: string }>(method, path, body, headers);
    assert.equal(answer.status, 200, `${section}\n${answer.body.detail}`);
    const [, operation] = /"operation": "(\w+)"/.exec(body ?? '') ?? [];
    if (operation !== undefined) named.add(operation);
  }
  for (const { name } of operations) assert.ok(named.has(name), name);
});
