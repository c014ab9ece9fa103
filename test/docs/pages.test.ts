import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PROBLEM_CODES, typeOf } from '../../src/errors.ts';
import { assertAccessible, browserForFile, DESKTOP, noBrowser, PHONE } from '../support/browser.ts';
import { startService } from '../support/service.ts';

const browse = browserForFile();
const BROWSER = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' };

test('/ sends a browser to the console and tells a machine what there is', async (t) => {
  const { url, get } = await startService(t);
  const browser = await fetch(url, { headers: BROWSER, redirect: 'manual' });
  assert.equal(browser.status, 302);
  assert.equal(browser.headers.get('location'), '/console');
  const { status, headers, body } = await get<{ docs: string; routes: { path: string }[] }>('/');
  assert.equal(status, 200);
  assert.equal(headers.get('vary'), 'accept');
  assert.equal(body.docs, '/docs');
  assert.ok(body.routes.some(({ path }) => path === '/manipulations/preview'));
});

test('the type of every problem opens: a page for a browser, JSON for a machine', async (t) => {
  const { url, get } = await startService(t);
  for (const code of PROBLEM_CODES) {
    const { status, body } = await get<{ code: string; remedy: string }>(typeOf(code));
    assert.equal(status, 200, code);
    assert.equal(body.code, code);
    assert.notEqual(body.remedy, '', code);
    const page = await fetch(url + typeOf(code), { headers: BROWSER });
    assert.match(page.headers.get('content-type') ?? '', /^text\/html/, code);
    assert.match(await page.text(), new RegExp(code));
  }
  assert.equal((await get('/problems/no-such-problem')).status, 404);
});

test('/docs is served under a policy that asks for nothing from elsewhere, and not for https', async (t) => {
  const { url } = await startService(t);
  const response = await fetch(`${url}/docs`);
  assert.equal(response.status, 200);
  const policy = response.headers.get('content-security-policy') ?? '';
  assert.match(policy, /default-src 'none'/);
  assert.doesNotMatch(policy, /upgrade-insecure-requests|unsafe|https?:/);
  const html = await response.text();
  assert.doesNotMatch(html, /(?:src|href)="https?:/);
  const again = await fetch(`${url}/docs`, {
    headers: { 'if-none-match': response.headers.get('etag') ?? '' },
  });
  assert.equal(again.status, 304);
});

test(
  '/docs and a problem’s page have no fault on a phone and a desktop, light and dark',
  { skip: noBrowser },
  async (t) => {
    const { url } = await startService(t);
    const { page, faults } = await browse(t, url, { ...PHONE, scheme: 'light' });
    for (const path of ['/docs', '/problems/unknown-time-zone']) {
      await page.goto(url + path);
      await assertAccessible(page, path);
    }
    assert.deepEqual(faults, []);
  },
);

test(
  '/docs stands without a network once it is there, every example in its picker',
  { skip: noBrowser },
  async (t) => {
    const { url, get } = await startService(t);
    interface Body {
      requestBody?: { content: Record<string, { examples?: Record<string, unknown> }> };
      operationId: string;
    }
    const { body } = await get<{ paths: Record<string, Record<string, Body>> }>('/openapi.json');
    const { page, context, faults } = await browse(t, url, { ...DESKTOP, scheme: 'dark' });
    await page.goto(`${url}/docs`, { waitUntil: 'networkidle' });
    await context.setOffline(true);
    let pickers = 0;
    for (const { operationId, requestBody } of Object.values(body.paths).flatMap((path) =>
      Object.values(path),
    )) {
      const examples = Object.values(requestBody?.content['application/json']?.examples ?? {});
      if (examples.length < 2) continue;
      pickers += 1;
      const options = page.locator(`#${operationId}-request-application-json option`);
      assert.equal(await options.count(), examples.length, operationId);
    }
    assert.ok(pickers >= 2, `${pickers} pickers`);
    await page.locator('nav.contents a[href="#createManipulation"]').focus();
    await page.keyboard.press('Enter');
    assert.equal(new URL(page.url()).hash, '#createManipulation');
    assert.match(await page.locator('.brand').first().innerText(), /CXone date service/);
    assert.deepEqual(faults, []);
  },
);

test('the picker shows the example that is chosen, with the keyboard too', { skip: noBrowser }, async (t) => {
  const { url } = await startService(t);
  const { page, faults } = await browse(t, url, { ...DESKTOP, scheme: 'light' });
  await page.goto(`${url}/docs#createManipulation`);
  const select = page.locator('#createManipulation-request-application-json');
  const options = await select.locator('option').count();
  assert.ok(options >= 14, `${options} examples`);
  const shown = page.locator('#createManipulation div[id^="createManipulation-request"]:visible');
  assert.equal(await shown.count(), 1);
  const before = await shown.textContent();
  await select.focus();
  await page.keyboard.press('ArrowDown');
  assert.equal(await shown.count(), 1);
  assert.notEqual(await shown.textContent(), before);
  await shown.getByRole('link', { name: 'Try it in the console' }).click();
  await page.locator('output.value').waitFor();
  assert.deepEqual(faults, []);
});
