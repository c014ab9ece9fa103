import { globSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe } from 'node:test';

const TESTS = join(import.meta.dirname, '..');

/**
 * Runs every test file below a folder in this one process, a suite each: they share what is costly for each process, loading
 * and compiling the service. A file that changes the process is called `*.alone.test.ts` and runs in its own.
 */
export function together(folder: string): void {
  for (const file of globSync('**/*.test.ts', { cwd: folder, exclude: ['**/*.alone.test.ts'] }).sort()) {
    const path = join(folder, file);
    describe(relative(TESTS, path), () => import(path));
  }
}
