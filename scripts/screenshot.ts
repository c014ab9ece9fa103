/**
 * Makes docs/images/console.png: the console on a local time that the clocks skip. Needs Chromium (CHROMIUM_PATH, or
 * /usr/bin/chromium) and playwright-core, which the tests have. `npm run screenshot`
 */
import { mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { buildApp } from '../src/app.ts';
import { loadConfig } from '../src/config.ts';
import { startSandbox } from '../src/sandbox/index.ts';

const OUT = fileURLToPath(new URL('../docs/images/console.png', import.meta.url));
const MOST_BYTES = 150_000;
const WINDOW = { width: 1200, height: 800 };
const REQUEST = {
  operation: 'CONVERT',
  source_timestamp: '2026-03-08T02:30:00',
  source_timezone: 'America/New_York',
  target_timezone: 'America/New_York',
};

const directory = mkdtempSync(join(tmpdir(), 'screenshot-'));
const sandbox = await startSandbox();
const app = await buildApp(
  loadConfig({
    CXONE_BASE_URL: sandbox.url,
    CXONE_CLIENT_ID: sandbox.clientId,
    CXONE_CLIENT_SECRET: sandbox.clientSecret,
    DATABASE_URL: `sqlite:${join(directory, 'ledger.db')}`,
    AUTH_MODE: 'off',
    LOG_LEVEL: 'silent',
  }),
);
const browser = await chromium.launch({
  executablePath: process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu'],
});
try {
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  const context = await browser.newContext({
    viewport: WINDOW,
    colorScheme: 'light',
    timezoneId: 'Europe/Berlin',
    reducedMotion: 'reduce',
  });
  const page = await context.newPage();
  await page.goto(`${url}/console?${new URLSearchParams(REQUEST).toString()}`);
  await page.locator('caption', { hasText: 'following days' }).waitFor();
  mkdirSync(dirname(OUT), { recursive: true });
  await page.screenshot({ path: OUT });
  const { size } = statSync(OUT);
  if (size > MOST_BYTES) throw new Error(`${OUT} has ${size} bytes; at most ${MOST_BYTES} are wanted.`);
  process.stdout.write(`docs/images/console.png written, ${size} bytes\n`);
} finally {
  await browser.close();
  await app.close();
  await sandbox.close();
  rmSync(directory, { recursive: true, force: true });
}
