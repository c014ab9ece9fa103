import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

/** Once before all of `npm test`: the many services that tests start as processes are the bundle, as in `npm start`. */
export function globalSetup(): void {
  const root = join(import.meta.dirname, '..');
  const entry = execFileSync(process.execPath, ['scripts/build.ts', '--entry'], {
    cwd: root,
    encoding: 'utf8',
  });
  process.env['TEST_SERVICE'] = entry.trim();
}
