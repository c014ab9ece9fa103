import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

const ROOT = join(import.meta.dirname, '../..');
const read = (file: string) => readFileSync(join(ROOT, file), 'utf8');

/** Chapters of OWASP ASVS 5.0, with their requirements of levels 1 and 2, but for 4.3 (GraphQL) and 4.4 (WebSocket). */
const REQUIREMENTS = [
  ...['2.1.1', '2.1.2', '2.1.3', '2.2.1', '2.2.2', '2.2.3', '2.3.1', '2.3.2', '2.3.3', '2.3.4', '2.4.1'],
  ...['4.1.1', '4.1.2', '4.1.3', '4.2.1', '8.1.1', '8.1.2', '8.2.1', '8.2.2', '8.2.3', '8.3.1', '8.4.1'],
  ...['9.1.1', '9.1.2', '9.1.3', '9.2.1', '9.2.2', '9.2.3', '9.2.4'],
  ...['12.1.1', '12.1.2', '12.1.3', '12.2.1', '12.2.2', '12.3.1', '12.3.2', '12.3.3', '12.3.4'],
  ...['13.1.1', '13.2.1', '13.2.2', '13.2.3', '13.2.4', '13.2.5', '13.3.1', '13.3.2'],
  ...['13.4.1', '13.4.2', '13.4.3', '13.4.4', '13.4.5'],
  ...['14.1.1', '14.1.2', '14.2.1', '14.2.2', '14.2.3', '14.2.4', '14.3.1', '14.3.2', '14.3.3'],
  ...['16.1.1', '16.2.1', '16.2.2', '16.2.3', '16.2.4', '16.2.5', '16.3.1', '16.3.2', '16.3.3', '16.3.4'],
  ...['16.4.1', '16.4.2', '16.4.3', '16.5.1', '16.5.2', '16.5.3'],
];

test('the documents on security name tests that there are, and every requirement of their chapters', () => {
  const security = read('docs/security.md');
  for (const text of [security, read('SECURITY.md'), read('docs/durability.md'), read('docs/webhooks.md')]) {
    for (const [path] of text.matchAll(/\btest\/[\w./-]*\w/g)) assert.ok(existsSync(join(ROOT, path)), path);
  }
  const named = new Set([...security.matchAll(/(?<![\d.])\d+\.\d+\.\d+(?![\d.])/g)].map(([id]) => id));
  assert.deepEqual(
    REQUIREMENTS.filter((id) => !named.has(id)),
    [],
  );
});

test('what the documents say of npm run test:attack is what it has', () => {
  const parts = [...read('test/attack/full.ts').matchAll(/^ {2}([a-z-]+) {2,}\S/gm)].map(([, name]) => name);
  assert.ok(parts.length >= 6);
  const named = [...read('docs/security.md').matchAll(/\(`([a-z-]+)`[;)]/g)].map(([, name]) => name);
  assert.deepEqual(
    parts.filter((part) => !named.includes(part)),
    [],
  );
});
