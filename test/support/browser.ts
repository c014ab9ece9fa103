import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { after, before, type TestContext } from 'node:test';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';

const CHROMIUM = process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium';

/** A reason to skip the tests that need a browser; false where there is one. */
export const noBrowser: string | false = existsSync(CHROMIUM)
  ? false
  : `SKIPPED: there is no Chromium at ${CHROMIUM}. Install it (apt-get install chromium) or set CHROMIUM_PATH.`;

if (noBrowser !== false) console.warn(noBrowser);

export const launch = (): Promise<Browser> =>
  chromium.launch({
    executablePath: CHROMIUM,
    headless: true,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });

export interface Browsed {
  page: Page;
  context: BrowserContext;
  /** What must stay empty: errors of the console and of the page, requests to other hosts and those that failed. */
  faults: string[];
}

export interface Look {
  width: number;
  height?: number;
  scheme: 'light' | 'dark';
}

export const PHONE = { width: 375, height: 812 };
export const DESKTOP = { width: 1280, height: 900 };

/**
 * One browser for the tests of a file, begun before them and ended after them; each test has a profile of its own in it.
 * What goes wrong on a page is collected. The viewer is in Berlin.
 */
export function browserForFile(): (t: TestContext, origin: string, look: Look) => Promise<Browsed> {
  let browser: Browser | undefined;
  before(async () => {
    if (noBrowser === false) browser = await launch();
  });
  after(() => browser?.close());
  return async (t, origin, look) => {
    if (browser === undefined) throw new Error('The browser has not begun.');
    const context = await browser.newContext({
      viewport: { width: look.width, height: look.height ?? 900 },
      colorScheme: look.scheme,
      timezoneId: 'Europe/Berlin',
      // A colour that is still changing has no contrast to be judged by.
      reducedMotion: 'reduce',
    });
    t.after(() => context.close());
    const page = await context.newPage();
    return { page, context, faults: watched(page, origin) };
  };
}

function watched(page: Page, origin: string): string[] {
  const faults: string[] = [];
  page.on('console', (message) => {
    // The browser's own line about an answer that is no 2xx, which a page can neither cause nor keep quiet.
    if (message.text().startsWith('Failed to load resource')) return;
    if (message.type() === 'error' || message.type() === 'warning') faults.push(`console: ${message.text()}`);
  });
  page.on('pageerror', (error) => faults.push(`page: ${error.message}`));
  page.on('requestfailed', (request) => {
    const text = request.failure()?.errorText ?? '';
    // What is not wanted any more is aborted by the page itself.
    if (text !== 'net::ERR_ABORTED') faults.push(`failed: ${request.url()} ${text}`);
  });
  page.on('request', (request) => {
    const url = request.url();
    if (!url.startsWith(origin) && !url.startsWith('data:')) faults.push(`foreign: ${url}`);
  });
  return faults;
}

let axe: string | undefined;
const axeSource = () =>
  (axe ??= readFileSync(join(createRequire(import.meta.url).resolve('axe-core'), '../axe.min.js'), 'utf8'));

/** What axe-core finds on the page as it stands, a line for each violation. */
export async function violations(page: Page): Promise<string[]> {
  // By the debugger and not by a script tag, which the page's policy would refuse.
  const isThere = await page.evaluate<boolean>('typeof axe !== "undefined"');
  return page.evaluate(`(async () => {
    ${isThere ? '' : axeSource()}
    const { violations } = await axe.run(document, { resultTypes: ['violations'] });
    return violations.map(({ id, nodes }) => id + ': ' + nodes.slice(0, 3).map(({ html }) => html.slice(0, 160)).join(' | '));
  })()`);
}

/** Asserts that the page, on a phone and on a desktop, light and dark, does not scroll sideways and has no violations. */
export async function assertAccessible(page: Page, path: string): Promise<void> {
  for (const size of [PHONE, DESKTOP]) {
    await page.setViewportSize(size);
    assert.equal(await excess(page), 0, `${path} scrolls sideways at ${size.width}`);
    for (const scheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme: scheme });
      assert.deepEqual(await violations(page), [], `${path} at ${size.width}, ${scheme}`);
    }
  }
}

/** The pixels by which the page is wider than the window: none, or it scrolls sideways. */
const excess = (page: Page): Promise<number> =>
  page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth');
