import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { type BrowserContext, chromium, type Page } from 'playwright-core';
import { temporaryDirectory } from './temporary.ts';

const CHROMIUM = process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium';

/** A reason to skip the tests that need a browser; false where there is one. */
export const noBrowser: string | false = existsSync(CHROMIUM)
  ? false
  : `SKIPPED: there is no Chromium at ${CHROMIUM}. Install it (apt-get install chromium) or set CHROMIUM_PATH.`;

if (noBrowser !== false) console.warn(noBrowser);

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
export const TABLET = { width: 768, height: 1024 };
export const DESKTOP = { width: 1280, height: 900 };

/** A browser with an empty profile that ends with the test; everything that goes wrong in it is collected. */
export async function browse(t: TestContext, origin: string, look: Look): Promise<Browsed> {
  const context = await chromium.launchPersistentContext(temporaryDirectory(t), {
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
    viewport: { width: look.width, height: look.height ?? 900 },
    colorScheme: look.scheme,
  });
  t.after(() => context.close());
  const faults: string[] = [];
  const page = context.pages()[0] ?? (await context.newPage());
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') faults.push(`console: ${message.text()}`);
  });
  page.on('pageerror', (error) => faults.push(`page: ${error.message}`));
  page.on('requestfailed', (request) => faults.push(`failed: ${request.url()}`));
  page.on('request', (request) => {
    const url = request.url();
    if (!url.startsWith(origin) && !url.startsWith('data:')) faults.push(`foreign: ${url}`);
  });
  return { page, context, faults };
}

const axeSource = () =>
  readFileSync(join(createRequire(import.meta.url).resolve('axe-core'), '../axe.min.js'), 'utf8');

/** What axe-core finds on the page, a line for each violation. */
export async function violations(page: Page): Promise<string[]> {
  // By the debugger and not by a script tag, which the page's policy would refuse.
  return page.evaluate(`(async () => {
    ${axeSource()}
    const { violations } = await axe.run(document);
    return violations.map(({ id, nodes }) => id + ': ' + nodes.slice(0, 3).map(({ html }) => html.slice(0, 160)).join(' | '));
  })()`);
}
