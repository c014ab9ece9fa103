import assert from 'node:assert/strict';
import { globSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import pkg from '../../package.json' with { type: 'json' };

const ROOT = join(import.meta.dirname, '../..');
const filesOf = (pattern: string) => globSync(pattern, { cwd: ROOT });

test('npm test runs every test file, each of them once', () => {
  const patterns = [...pkg.scripts.test.matchAll(/"(test\/[^"]+)"/g)].map(([, pattern = '']) => pattern);
  const runs = patterns.flatMap(filesOf).flatMap((file) => {
    if (!file.endsWith('/suite.ts')) return [file];
    return filesOf(`${dirname(file)}/**/*.test.ts`).filter((one) => !one.endsWith('.alone.test.ts'));
  });
  assert.deepEqual(runs.sort(), filesOf('test/**/*.test.ts').sort());
});
