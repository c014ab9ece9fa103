/** Runs docs/calendars.md from top to bottom: every command of it, as written there. */
import assert from 'node:assert/strict';
import { execFile, execFileSync } from 'node:child_process';
import { readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { startService } from '../support/service.ts';
import { temporaryDirectory } from '../support/temporary.ts';
import { blocksOf } from './blocks.ts';

const ROOT = join(import.meta.dirname, '../..');
const DOCUMENT = readFileSync(join(ROOT, 'docs/calendars.md'), 'utf8');
/** How the document starts the service; here, it runs in this process. */
const START = 'CALENDARS_DIR=calendars npm start';
const ADDRESS = 'http://127.0.0.1:3000';

const blocks = blocksOf(DOCUMENT).filter(({ kind }) => kind === 'sh' || kind === 'json');

const has = (program: string): boolean => {
  try {
    execFileSync('sh', ['-c', `command -v ${program}`], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
};

const shell = (command: string, cwd: string) =>
  new Promise<{ code: number | null; out: string; error: string }>((resolve) => {
    const child = execFile('sh', ['-e', '-c', command], { cwd }, (_error, out, error) =>
      resolve({ code: child.exitCode, out, error }),
    );
  });

/** What of an answer the document shows. */
const shown = (answer: Record<string, unknown>, example: object) =>
  Object.fromEntries(Object.keys(example).map((name) => [name, answer[name]]));

test('docs/calendars.md leads from nothing to a due date, as it says', async (t) => {
  const missing = ['curl', 'npm'].filter((program) => !has(program));
  if (missing.length > 0) {
    t.skip(`NOT RUN: this machine has no ${missing.join(' and no ')}`);
    return;
  }
  const folder = temporaryDirectory(t);
  for (const name of ['package.json', 'src', 'node_modules'])
    symlinkSync(join(ROOT, name), join(folder, name));
  const CALENDARS_DIR = join(folder, 'calendars');
  let service: Awaited<ReturnType<typeof startService>> | undefined;
  let printed = '';
  let examples = 0;
  for (const { kind, text } of blocks) {
    if (text === START) {
      service = await startService(t, { CALENDARS_DIR });
    } else if (kind === 'sh') {
      // What the document waits five seconds for.
      await service?.app.calendars.refresh();
      const result = await shell(text.replaceAll(ADDRESS, service?.url ?? ADDRESS), folder);
      assert.equal(result.code, 0, `${text}\n${result.error}`);
      printed = result.out;
    } else {
      const example = JSON.parse(text) as object;
      assert.deepEqual(shown(JSON.parse(printed) as Record<string, unknown>, example), example, text);
      examples += 1;
    }
  }
  assert.ok(service !== undefined && examples >= 5);
});
