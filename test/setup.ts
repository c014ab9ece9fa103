import { execFileSync } from 'node:child_process';
import { rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const MEMORY = '/dev/shm';
const ROOM_BYTES = 2 ** 31;

/** Once before all of `npm test`. */
export function globalSetup(): void {
  const root = join(import.meta.dirname, '..');
  // The many services that tests start as processes are the bundle, as in `npm start`.
  const entry = execFileSync(process.execPath, ['scripts/build.ts', '--entry'], {
    cwd: root,
    encoding: 'utf8',
  });
  process.env['TEST_SERVICE'] = entry.trim();
  // Where files are memory, no test waits for a disk that others keep busy.
  if (process.env['TMPDIR'] === undefined && fits(MEMORY)) process.env['TMPDIR'] = MEMORY;
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
