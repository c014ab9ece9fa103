import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, test, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { createKey } from '../../src/cli/keys.ts';
import {
  assertAccessible,
  browserForFile,
  DESKTOP,
  noBrowser,
  PHONE,
  violations,
} from '../support/browser.ts';
import { EXAMPLE, startService } from '../support/service.ts';
import { temporaryDirectory } from '../support/temporary.ts';

const CALENDARS = fileURLToPath(new URL('../../examples/calendars', import.meta.url));
const GAP =
  '/console?operation=CONVERT&source_timestamp=2026-03-08T02%3A30%3A00&source_timezone=America%2FNew_York&target_timezone=America%2FNew_York';
/** What a first visit may take over the wire. */
const MOST_BYTES = 150_000;

const browse = browserForFile();
const skip = noBrowser;
let service: Awaited<ReturnType<typeof startService>>;

before(async (t) => {
  if (skip === false) service = await startService(t as TestContext, { CALENDARS_DIR: CALENDARS });
});

const value = (page: Page) => page.locator('output.value');
const sentence = (page: Page) => page.locator('.sentence');
/** Waits until an element says it: the test's own timeout is the limit. */
const says = (page: Page, selector: string, text: string | RegExp) =>
  page.locator(selector).filter({ hasText: text }).first().waitFor();

test('every page has no fault on a phone and a desktop, light and dark', { skip }, async (t) => {
  const { url, post } = service;
  const { body } = await post('/manipulations', {
    ...EXAMPLE,
    operation: 'CONVERT',
    offset_minutes: undefined,
  });
  await post('/manipulations', { ...EXAMPLE, action_name: 'There is none' });
  const { page, faults } = await browse(t, url, { ...PHONE, scheme: 'light' });
  for (const [path, ready] of [
    [GAP, '.answer-card'],
    ['/console?operation=ADD&source_timestamp=yesterday&target_timezone=UTC&precision_limit=2', '.problem'],
    ['/console/records', 'tbody tr'],
    [`/console/records/${body.request_id}`, '.timeline li'],
    ['/console/calendars/uk-support?month=2026-12', '.month'],
  ] as const) {
    await page.goto(url + path);
    await page.locator(ready).first().waitFor();
    await assertAccessible(page, path);
  }
  assert.deepEqual(faults, []);
});

test('a first visit shows a gap explained, within what it may weigh', { skip }, async (t) => {
  const { page, faults } = await browse(t, service.url, { ...DESKTOP, scheme: 'light' });
  let bytes = 0;
  const measured: Promise<void>[] = [];
  page.on('requestfinished', (request) => {
    measured.push(
      request.sizes().then(({ responseBodySize, responseHeadersSize }) => {
        bytes += responseBodySize + responseHeadersSize;
      }),
    );
  });
  await page.goto(`${service.url}/console`);
  await says(page, '.sentence', '02:30 on Sun 8 Mar 2026 does not exist in America/New_York');
  await says(page, 'caption', 'The same on the following days');
  await Promise.all(measured);
  assert.ok(bytes > 20_000 && bytes < MOST_BYTES, `${bytes} bytes`);
  assert.equal(await page.locator('.drawing .gap').count(), 2);
  assert.deepEqual(faults, []);
});

test(
  'typing updates the answer, the sentence, the code and the address, and the link restores it all',
  { skip },
  async (t) => {
    const { page, faults } = await browse(t, service.url, { ...DESKTOP, scheme: 'light' });
    await page.goto(service.url + GAP);
    await says(page, 'output.value', '2026-03-08T03:30:00.000-04:00');
    await page.getByLabel('Source timestamp').fill('2026-11-01T01:30:00');
    await says(page, 'output.value', '2026-11-01T01:30:00.000-04:00');
    await says(page, '.sentence', 'comes twice');
    assert.ok((await page.locator('.drawing .fold').count()) >= 2);
    assert.match(await page.locator('pre code').innerText(), /2026-11-01T01:30:00/);
    assert.equal(new URL(page.url()).searchParams.get('source_timestamp'), '2026-11-01T01:30:00');

    await page.getByLabel('Source timestamp').fill('2026-11-01T25:30:00');
    await says(page, '.problem', 'INVALID_TIMESTAMP');
    assert.equal(await page.getByLabel('Source timestamp').getAttribute('aria-invalid'), 'true');

    await page.getByLabel('Operation').selectOption('ADD');
    await page.getByLabel('Source timestamp').fill('2026-01-31T09:00:00');
    await page.getByLabel('Duration', { exact: true }).fill('P1M');
    await says(page, 'output.value', '2026-02-28T09:00:00.000-05:00');
    const link = page.url();
    await page.goto('about:blank');
    await page.goto(link);
    await says(page, 'output.value', '2026-02-28T09:00:00.000-05:00');
    assert.equal(await page.getByLabel('Duration', { exact: true }).inputValue(), 'P1M');
    assert.deepEqual(faults, []);
  },
);

test('the keyboard alone chooses operation, zone, language and page', { skip }, async (t) => {
  const { page, faults } = await browse(t, service.url, { ...DESKTOP, scheme: 'dark' });
  await page.goto(service.url + GAP);
  await says(page, '.sentence', 'does not exist');
  await page.keyboard.press('Tab');
  assert.equal(await page.locator(':focus').innerText(), 'Skip to the content');

  await page.locator('#field-operation').focus();
  await page.keyboard.press('ArrowDown');
  assert.notEqual(await page.locator('#field-operation').inputValue(), 'CONVERT');
  await page.keyboard.press('ArrowUp');
  assert.equal(await page.locator(':focus').getAttribute('id'), 'field-operation');

  await page.locator('#field-target_timezone').focus();
  await page.keyboard.press('ControlOrMeta+a');
  await page.keyboard.type('kolkata');
  await page.getByRole('option', { name: 'Asia/Kolkata' }).waitFor();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await says(page, 'output.value', '+05:30');
  assert.equal(await page.locator('#field-target_timezone').inputValue(), 'Asia/Kolkata');

  await page.getByRole('button', { name: 'Python' }).focus();
  await page.keyboard.press('Enter');
  await says(page, 'pre code', 'urllib.request');
  await page.getByRole('link', { name: 'Calendars' }).first().focus();
  await page.keyboard.press('Enter');
  await says(page, 'h1', 'Calendars');
  await page.goBack();
  await says(page, 'output.value', '+05:30');
  assert.deepEqual(faults, []);
});

test('on a phone the value stays in sight while one types', { skip }, async (t) => {
  const { page } = await browse(t, service.url, { ...PHONE, scheme: 'dark' });
  await page.goto(service.url + GAP);
  const strip = page.locator('.strip');
  await says(page, '.strip', '2026-03-08T03:30:00.000-04:00');
  const target = page.locator('#field-target_timezone');
  await target.scrollIntoViewIfNeeded();
  await target.fill('Asia/Tokyo');
  await says(page, '.strip', '+09:00');
  const box = await strip.boundingBox();
  assert.ok(box !== null && box.y >= 0 && box.y + box.height <= PHONE.height, JSON.stringify(box));
  await page.setViewportSize(DESKTOP);
  assert.equal(await strip.isVisible(), false);
});

test('a zone is found by Windows name, abbreviation, city and alias', { skip }, async (t) => {
  const { page } = await browse(t, service.url, { ...DESKTOP, scheme: 'light' });
  await page.goto(service.url + GAP);
  const zone = page.locator('#field-target_timezone');
  for (const [typed, found] of [
    ['Pacific Standard', 'America/Los_Angeles'],
    ['CEST', 'Europe/Berlin'],
    ['new york', 'America/New_York'],
    ['US/Eastern', 'US/Eastern'],
  ] as const) {
    await zone.fill(typed);
    await page.getByRole('option', { name: found }).first().waitFor();
  }
});

test(
  'records appear by themselves, and one search finds them by action, key, webhook and id',
  { skip },
  async (t) => {
    const { url, post } = service;
    const { page, faults } = await browse(t, url, { ...DESKTOP, scheme: 'light' });
    await page.clock.install();
    await page.goto(`${url}/console/records`);
    await says(page, '.tiles', /Tenant.*Ledger.*Outbox.*Chain/s);
    const key = 'console-live-1';
    const { body } = await post('/manipulations', EXAMPLE, { 'idempotency-key': key });
    const row = page.locator(`a[href$="${body.request_id}"]`);
    assert.equal(await row.count(), 0);
    await page.clock.runFor(2_500);
    await row.waitFor();

    const search = page.getByLabel('Search', { exact: true });
    for (const text of [key, body.webhook?.id ?? '', EXAMPLE.action_name]) {
      await search.fill('nothing at all');
      await search.press('Enter');
      await says(page, '.scroll', 'Nothing is recorded under');
      await search.fill(text);
      await search.press('Enter');
      await row.waitFor();
      assert.equal(new URL(page.url()).searchParams.get('search'), text);
    }
    await search.fill(body.request_id);
    await search.press('Enter');
    await says(page, 'h1', EXAMPLE.action_name);
    assert.match(page.url(), new RegExp(`/console/records/${body.request_id}$`));
    assert.deepEqual(faults, []);
  },
);

test('problems come with their count and what to do', { skip }, async (t) => {
  const { url, post } = service;
  await post('/manipulations/preview', { ...EXAMPLE, target_timezone: 'Mars/Phobos' });
  const { page } = await browse(t, url, { ...DESKTOP, scheme: 'light' });
  await page.goto(`${url}/console/records`);
  await says(page, '.problems li', /×\s*UNKNOWN_TIME_ZONE.*IANA/s);
});

test(
  'dead letters and an old checkpoint show, and metrics that are elsewhere are no fault',
  { skip },
  async (t) => {
    const { page, faults } = await browse(t, service.url, { ...DESKTOP, scheme: 'light' });
    const told = ['webhook_outbox_size 3', 'webhook_dead_letters 2', 'audit_checkpoint_age_seconds 9000'];
    await page.route('**/metrics', (route) => route.fulfill({ body: `${told.join('\n')}\n` }));
    await page.goto(`${service.url}/console/records`);
    await says(page, '.tile', /Outbox\s+degraded\s*3 webhooks to deliver, 2 dead letters/);
    await says(page, '.tile', /Chain\s+degraded\s*signed 2 hours 30 minutes ago/);
    await page.route('**/metrics', (route) => route.fulfill({ status: 404, body: '' }));
    await page.reload();
    await says(page, '.tile', /Tenant\s+ok/);
    await says(page, '[aria-label="Recent problems"]', 'METRICS_PORT');
    assert.deepEqual(faults, []);
  },
);

test('a record tells its time line, and is computed again and loaded into the form', { skip }, async (t) => {
  const { url, post, sandbox } = service;
  sandbox.fault('write', { status: 503 }, 1);
  const request = {
    action_name: EXAMPLE.action_name,
    operation: 'CONVERT',
    source_timestamp: '2026-03-08T02:30:00',
    source_timezone: 'America/New_York',
    target_timezone: 'America/New_York',
  };
  const { body } = await post('/manipulations', request);
  const { page, faults } = await browse(t, url, { ...DESKTOP, scheme: 'light' });
  await page.goto(`${url}/console/records/${body.request_id}`);
  const names = page.locator('.timeline .what');
  await names.last().waitFor();
  assert.deepEqual(await names.allInnerTexts(), [
    'Accepted',
    'Computed',
    'Dispatched',
    'Sent to CXone',
    'Sent to CXone',
    'Outcome',
    'Webhook',
  ]);
  assert.ok((await page.locator('.timeline .since').count()) >= 1);

  await page.getByRole('button', { name: 'Compute it again today' }).click();
  await says(page, '.again', /It comes out the same under the same tz database/);
  // Another tz database than that of the record.
  await page.route('**/manipulations/preview', async (route) => {
    const response = await route.fetch();
    const answer = (await response.json()) as object;
    const today = { output_timestamp: '2026-03-08T02:30:00.000-05:00', tzdb_version: '2031a' };
    await route.fulfill({ response, json: { ...answer, ...today } });
  });
  await page.getByRole('button', { name: 'Compute it again today' }).click();
  await says(page, '.again', /differently under tz database 2031a/);
  assert.equal(await page.locator('.again del').innerText(), '2026-03-08T03:30:00.000-04:00');
  assert.equal(await page.locator('.again ins').innerText(), '2026-03-08T02:30:00.000-05:00');
  await page.unroute('**/manipulations/preview');

  await page.getByRole('link', { name: 'Load into the form' }).click();
  await says(page, '.sentence', 'does not exist in America/New_York');
  assert.equal(await page.getByLabel('Source timestamp').inputValue(), '2026-03-08T02:30:00');
  assert.deepEqual(faults, []);
});

test(
  'a calendar shows its month as the service has it, holidays of rules too, and the state',
  { skip },
  async (t) => {
    const { page, faults } = await browse(t, service.url, { ...DESKTOP, scheme: 'light' });
    await page.goto(`${service.url}/console/calendars/uk-support?month=2026-12`);
    const day = (date: string) => page.locator(`td:has(time[datetime="${date}"])`);
    await day('2026-12-24').waitFor();
    assert.match(await day('2026-12-24').innerText(), /08:00–12:00 Christmas Eve/);
    assert.match(await day('2026-12-25').innerText(), /Christmas Day/);
    assert.match(await day('2026-12-01').innerText(), /08:00–18:00/);
    assert.match(await day('2026-12-06').innerText(), /closed/);
    await says(page, '[aria-label="Now and next"]', /(open|closed) now/);
    assert.ok((await page.locator('.changes li').count()) > 0);
    await page.goto(`${service.url}/console/calendars/uk-support?month=2026-05`);
    await says(page, 'td:has(time[datetime="2026-05-04"])', 'Early May bank holiday');
    await page.getByRole('link', { name: 'The month after' }).click();
    await says(page, 'td:has(time[datetime="2026-06-04"])', /08:00–14:00 Building evacuated/);
    assert.equal(new URL(page.url()).searchParams.get('month'), '2026-06');
    assert.deepEqual(faults, []);
  },
);

test('a calendar’s opening hours are drawn beside its answer', { skip }, async (t) => {
  const { page } = await browse(t, service.url, { ...DESKTOP, scheme: 'light' });
  await page.goto(
    `${service.url}/console?operation=NEXT_OPENING&source_timestamp=2026-12-24T16%3A00%3A00Z&target_timezone=Europe%2FLondon&calendar=uk-support`,
  );
  await says(page, 'output.value', '2026-12-26T09:00:00.000+00:00');
  await says(page, '.answer-card', /closed at the source, until Sat 26 Dec 2026, 09:00 .*Christmas Eve/);
  assert.ok((await page.locator('.wide-only .open').count()) >= 2);
});

test('a key is asked for where one is required, and stays out of the address', { skip }, async (t) => {
  const file = join(temporaryDirectory(t), 'keys');
  const { key, line } = createKey('viewer', 'manipulations:preview,audit:read');
  writeFileSync(file, `${line}\n`);
  const { url } = await startService(t, { API_KEYS_FILE: file, AUTH_MODE: 'required' });
  const { page, faults } = await browse(t, url, { ...DESKTOP, scheme: 'light' });
  await page.goto(url + GAP);
  const dialog = page.getByRole('dialog');
  await dialog.waitFor();
  assert.deepEqual(await violations(page), []);
  await page.getByLabel('API key or bearer token').fill(key);
  await page.keyboard.press('Enter');
  await says(page, 'output.value', '2026-03-08T03:30:00.000-04:00');
  assert.equal(await dialog.count(), 0);
  assert.equal(page.url().includes(key), false);
  await page.goto(`${url}/console/records`);
  await says(page, '.scroll', 'Nothing has been recorded yet');
  assert.equal(await page.getByRole('dialog').count(), 0, 'the tab keeps the key');
  assert.deepEqual(faults, []);
});

test(
  'a page does not leave the reader without a word when there is no such record or service',
  { skip },
  async (t) => {
    const { page, context } = await browse(t, service.url, { ...DESKTOP, scheme: 'light' });
    await page.goto(`${service.url}/console/records/5f0c1c1e-8a53-4b0e-9f0e-2f6f3a1f6a54`);
    await says(page, '.problem', 'There is no audit record');
    await page.goto(service.url + GAP);
    await says(page, '.sentence', 'does not exist');
    await context.setOffline(true);
    await page.getByLabel('Source timestamp').fill('2026-03-08T02:31:00');
    await says(page, '.problem', 'The service cannot be reached');
  },
);

test('opened sentences and values are read out once', { skip }, async (t) => {
  const { page } = await browse(t, service.url, { ...DESKTOP, scheme: 'light' });
  await page.goto(service.url + GAP);
  await says(page, '#announcer', 'does not exist in America/New_York');
  assert.equal(await page.locator('#announcer').innerText(), await sentence(page).innerText());
  assert.equal(await value(page).count(), 1);
});
