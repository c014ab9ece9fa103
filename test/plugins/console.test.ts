import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startService } from '../support/service.ts';

test('the page and its modules are served without types, under a policy that lets nothing else in', async (t) => {
  const { url } = await startService(t);
  const page = await fetch(`${url}/console`);
  assert.equal(page.status, 200);
  assert.match(page.headers.get('content-type') ?? '', /^text\/html/);
  const policy = page.headers.get('content-security-policy') ?? '';
  assert.match(policy, /default-src 'none'/);
  assert.doesNotMatch(policy, /unsafe|upgrade-insecure|https?:/);
  const html = await page.text();
  const linked = [...html.matchAll(/(?:src|href)="(\/console\/[^"]+\.\w+)"/g)].map(([, path]) => path ?? '');
  assert.ok(linked.length >= 3);
  const seen = new Set<string>();
  let bytes = Buffer.byteLength(html);
  for (const path of linked) {
    if (seen.has(path)) continue;
    seen.add(path);
    const response = await fetch(url + path);
    assert.equal(response.status, 200, path);
    const text = await response.text();
    bytes += Buffer.byteLength(text);
    if (!path.endsWith('.ts')) continue;
    assert.match(response.headers.get('content-type') ?? '', /^text\/javascript/);
    assert.doesNotMatch(text, /^(export )?(interface|type) /m);
    for (const [, module] of text.matchAll(/from '\.\/([\w-]+\.ts)'/g)) linked.push(`/console/${module}`);
  }
  assert.ok(seen.size > 10, [...seen].join());
  assert.ok(bytes < 150_000, `${bytes} bytes`);
});

test('addresses below the console are the same page, others are problems', async (t) => {
  const { url } = await startService(t);
  const statuses = async (...paths: string[]) =>
    Promise.all(paths.map(async (path) => (await fetch(url + path)).status));
  assert.deepEqual(
    await statuses(
      '/console/records',
      '/console/records/1',
      '/console/calendars/a',
      '/console/nothing.ts',
      '/console/../package.json',
    ),
    [200, 200, 200, 404, 404],
  );
});

test('a file that a browser has already is not sent again', async (t) => {
  const { url } = await startService(t);
  const first = await fetch(`${url}/console/main.ts`);
  await first.text();
  const again = await fetch(`${url}/console/main.ts`, {
    headers: { 'if-none-match': first.headers.get('etag') ?? '' },
  });
  assert.equal(again.status, 304);
});
