import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** In bytes, with openapi-fetch, as a page or a function would load it. */
const MOST_MINIFIED = 18_000;
const MOST_ZIPPED = 7_500;

interface Manifest {
  version: string;
  dependencies?: Record<string, string>;
  devDependencies?: Record<string, string>;
}

const manifest = (path: string) => JSON.parse(readFileSync(`${ROOT}${path}`, 'utf8')) as Manifest;

test('the client is small, and needs nothing of Node', async (t) => {
  const { outputFiles } = await build({
    entryPoints: [`${ROOT}client/src/index.ts`],
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    write: false,
    logLevel: 'silent',
  });
  const [{ contents } = { contents: new Uint8Array() }] = outputFiles;
  const zipped = gzipSync(contents).length;
  t.diagnostic(`${contents.length} bytes minified, ${zipped} zipped`);
  assert.ok(contents.length > 0 && contents.length < MOST_MINIFIED, `${contents.length} bytes`);
  assert.ok(zipped < MOST_ZIPPED, `${zipped} bytes zipped`);
});

test('the client has the service’s version, and the dependency that is tested here', () => {
  const client = manifest('client/package.json');
  const service = manifest('package.json');
  assert.equal(client.version, service.version);
  assert.deepEqual(client.dependencies, { 'openapi-fetch': service.devDependencies?.['openapi-fetch'] });
});
