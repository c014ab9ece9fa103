import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { acceptsGzip, answerWith, staticBody } from '../../src/shared/static-body.ts';
import { startService } from '../support/service.ts';

test('gzip is taken where the header names it, or anything, with a weight', () => {
  for (const header of ['gzip', 'br, gzip', 'GZIP;q=0.5', 'deflate, gzip ; q=1.0', '*', 'br;q=1, *;q=0.1'])
    assert.equal(acceptsGzip(header), true, header);
  for (const header of [
    undefined,
    '',
    'br',
    'identity',
    'gzip;q=0',
    'gzip; q=0.0',
    '*;q=0',
    '*, gzip;q=0',
    'gzip;q=x',
  ])
    assert.equal(acceptsGzip(header), false, String(header));
});

test('what a caller has already is not sent again, and what is compressed has a tag of its own', () => {
  const body = staticBody('text/plain', 'a'.repeat(1000));
  const plain = answerWith(body, {});
  const zipped = answerWith(body, { 'accept-encoding': 'gzip' });
  assert.deepEqual([plain.code, zipped.code], [200, 200]);
  assert.notEqual(plain.headers['etag'], zipped.headers['etag']);
  assert.equal(plain.headers['vary'], 'accept-encoding');
  assert.equal(gunzipSync(zipped.payload ?? '').toString(), 'a'.repeat(1000));
  const again = answerWith(body, { 'if-none-match': plain.headers['etag'] });
  assert.deepEqual([again.code, again.payload], [304, undefined]);
  const other = answerWith(body, { 'accept-encoding': 'gzip', 'if-none-match': plain.headers['etag'] });
  assert.equal(other.code, 200);
});

test('the document, the console and /docs are the same compressed and not', async (t) => {
  const { url } = await startService(t);
  for (const path of [
    '/openapi.json',
    '/console',
    '/console/main.ts',
    '/console/windows-zones.json',
    '/docs',
  ]) {
    const [zipped, plain] = await Promise.all(
      ['gzip', 'identity'].map((coding) => fetch(url + path, { headers: { 'accept-encoding': coding } })),
    );
    assert.deepEqual(
      [zipped?.headers.get('content-encoding'), plain?.headers.get('content-encoding')],
      ['gzip', null],
      path,
    );
    assert.equal(await zipped?.text(), await plain?.text(), path);
    const etag = plain?.headers.get('etag') ?? '';
    const again = await fetch(url + path, {
      headers: { 'accept-encoding': 'identity', 'if-none-match': etag },
    });
    assert.equal(again.status, 304, path);
  }
});
