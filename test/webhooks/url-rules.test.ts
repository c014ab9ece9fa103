import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createUrlRules } from '../../src/webhooks/url-rules.ts';
import { Problem } from '../../src/errors.ts';

function accepts(url: string, ...allowedHosts: string[]): boolean {
  try {
    createUrlRules(allowedHosts).check(url);
    return true;
  } catch (error) {
    assert.ok(error instanceof Problem && error.code === 'WEBHOOK_URL_REFUSED');
    assert.ok(!error.message.includes('s3cret'));
    return false;
  }
}

/** Each spelling of an address that must not be told of anything. */
const HOSTILE = [
  '127.0.0.1',
  '127.1',
  '0177.0.0.1',
  '0x7f.0.0.1',
  '0x7f000001',
  '2130706433',
  '127.0.0.1.',
  '①②⑦.0.0.1',
  '0.0.0.0',
  '0',
  '10.0.0.1',
  '192.168.0.1',
  '172.16.0.1',
  '169.254.169.254',
  '2852039166',
  '168.63.129.16',
  '100.100.100.200',
  '[::1]',
  '[::]',
  '[::ffff:127.0.0.1]',
  '[::ffff:7f00:1]',
  '[::127.0.0.1]',
  '[::7f00:1]',
  '[64:ff9b::127.0.0.1]',
  '[64:ff9b::a9fe:a9fe]',
  '[2002:7f00:1::]',
  '[fe80::1]',
  '[fd00:ec2::254]',
  '[0:0:0:0:0:0:0:1]',
  'localhost',
  'LOCALHOST',
  'localhost.',
  'api.localhost',
  'api.localhost.',
];

test('refuses every spelling of an address that is not public', () => {
  for (const host of HOSTILE) {
    assert.equal(accepts(`https://${host}/hook`), false, host);
    assert.equal(accepts(`https://${host}:8443/hook`, 'hooks.example.com', '*.example.com'), false, host);
    assert.equal(accepts(`http://${host}/hook`), false, host);
  }
});

test('takes public hosts, and only https', () => {
  assert.ok(accepts('https://hooks.example.com/a?b=c#d'));
  assert.ok(accepts('https://hooks.example.com:8443/'));
  assert.ok(accepts('https://8.8.8.8/'));
  assert.ok(accepts('https://[2606:4700:4700::1111]/'));
  for (const url of [
    'http://hooks.example.com/',
    'ftp://hooks.example.com/',
    'file:///etc/passwd',
    'javascript:alert(1)',
    'hooks.example.com',
    '//hooks.example.com',
    '',
    'https://',
    'https://user:s3cret@hooks.example.com/',
    'https://s3cret@hooks.example.com/',
  ]) {
    assert.equal(accepts(url), false, url);
  }
});

test('with a list of hosts, takes these and no others', () => {
  assert.ok(accepts('https://hooks.example.com/', 'hooks.example.com'));
  assert.ok(accepts('https://HOOKS.example.com.:8443/', 'hooks.example.com'));
  assert.ok(accepts('https://hooks.example.com:8443/', 'hooks.example.com:8443'));
  assert.ok(accepts('https://hooks.example.com/', 'hooks.example.com:443'));
  assert.ok(accepts('https://a.b.example.com/', '*.example.com'));
  assert.ok(accepts('https://xn--mnchen-3ya.example/', 'münchen.example'));
  assert.equal(accepts('https://hooks.example.com/', 'hooks.example.com:8443'), false);
  assert.equal(accepts('https://example.com/', '*.example.com'), false);
  assert.equal(accepts('https://notexample.com/', '*.example.com'), false);
  assert.equal(accepts('https://hooks.example.com.evil.net/', 'hooks.example.com', '*.example.com'), false);
  assert.equal(accepts('https://8.8.8.8/', 'hooks.example.com'), false);
  assert.equal(accepts('https://127.0.0.1.example.com@127.0.0.1/', '*.example.com'), false);
});

test('takes an internal address only where exactly it is named, and http only there', () => {
  assert.ok(accepts('http://127.0.0.1:8080/', '127.0.0.1'));
  assert.ok(accepts('http://127.0.0.1:8080/', '127.0.0.1:8080'));
  assert.ok(accepts('https://10.1.2.3/', '10.1.2.3'));
  assert.ok(accepts('http://[::1]:8080/', '::1'));
  assert.ok(accepts('http://[::1]:8080/', '[::1]:8080'));
  assert.ok(accepts('http://localhost:8080/', 'localhost'));
  assert.ok(accepts('http://receiver:8080/', 'receiver'));
  assert.ok(accepts('https://169.254.169.254/', '169.254.169.254'));
  assert.equal(accepts('http://127.0.0.1:8081/', '127.0.0.1:8080'), false);
  assert.equal(accepts('http://127.0.0.2/', '127.0.0.1'), false);
  assert.equal(accepts('http://8.8.8.8/', '8.8.8.8'), false);
  assert.equal(accepts('http://169.254.169.254/', '169.254.169.254'), false);
  assert.equal(accepts('http://a.localhost/', '*.localhost'), false);
  assert.equal(accepts('https://a.localhost/', '*.localhost'), false);
});

test('a name leads to public addresses, to internal ones if it is named, never to metadata', () => {
  const rules = createUrlRules(['receiver.example', '*.example.com']);
  const permits = (protocol: string, host: string, address: string) =>
    rules.permits({ protocol, host, port: '443' }, address);
  assert.ok(permits('https:', 'a.example.com', '8.8.8.8'));
  assert.equal(permits('https:', 'a.example.com', '10.0.0.1'), false);
  assert.ok(permits('https:', 'receiver.example', '8.8.8.8'));
  assert.ok(permits('https:', 'receiver.example', '10.0.0.1'));
  assert.equal(permits('https:', 'receiver.example', '169.254.169.254'), false);
  assert.ok(permits('http:', 'receiver.example', '10.0.0.1'));
  assert.equal(permits('http:', 'receiver.example', '8.8.8.8'), false);
});

test('an entry that is no host stops the start and is named', () => {
  for (const entry of ['', '*', '*.', 'https://a.example', 'a.example/path', 'a*.example', 'u@a.example']) {
    assert.throws(
      () => createUrlRules(['b.example', entry]),
      { message: new RegExp('is not a host') },
      entry,
    );
  }
  for (const entry of [
    'a.example:99999',
    'a b.example',
    '*.10.0.0.1',
    '*.*.example',
    '[::1',
    'a.example?b',
  ]) {
    assert.throws(
      () => createUrlRules([entry]),
      (error: Error) => error.message.startsWith(`WEBHOOK_ALLOWED_HOSTS: ${JSON.stringify(entry)} is not`),
    );
  }
});
