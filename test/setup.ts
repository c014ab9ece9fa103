import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { initialise } from './support/postgres.ts';

const MEMORY = '/dev/shm';
const ROOM_BYTES = 2 ** 31;

let template: string | undefined;

/** Once before all of `npm test`. */
export async function globalSetup(): Promise<void> {
  const root = join(import.meta.dirname, '..');
  // The many services that tests start as processes are the bundle, as in `npm start`.
  const entry = execFileSync(process.execPath, ['scripts/build.ts', '--entry'], {
    cwd: root,
    encoding: 'utf8',
  });
  process.env['TEST_SERVICE'] = entry.trim();
  // Where files are memory, no test waits for a disk that others keep busy.
  if (process.env['TMPDIR'] === undefined && fits(MEMORY)) process.env['TMPDIR'] = MEMORY;
  // Each PostgreSQL of a test begins as a copy of this one.
  template = mkdtempSync(join(tmpdir(), 'pg-template-'));
  process.env['TEST_POSTGRES'] = JSON.stringify(await initialise(template));
}

/** Once after all of them. */
export function globalTeardown(): void {
  if (template !== undefined) rmSync(template, { recursive: true, force: true });
}

/** Whether a folder has room for the databases of all tests, and programs in it may run. */
function fits(folder: string): boolean {
  const probe = join(folder, `probe-${process.pid}`);
  try {
    const { bavail, bsize } = statfsSync(folder);
    writeFileSync(probe, '#!/bin/sh\n', { mode: 0o700 });
    execFileSync(probe);
    return bavail * bsize >= ROOM_BYTES;
  } catch {
    return false;
  } finally {
    rmSync(probe, { force: true });
  }
}
