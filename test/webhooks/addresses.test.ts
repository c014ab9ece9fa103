import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Reach, reachOf } from '../../src/webhooks/addresses.ts';

const EXPECTED: Record<Reach, string[]> = {
  public: ['8.8.8.8', '1.1.1.1', '2606:4700:4700::1111', '::ffff:8.8.8.8', '64:ff9b::808:808'],
  internal: [
    '127.0.0.1',
    '127.255.255.254',
    '10.0.0.1',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.1.1',
    '100.64.0.1',
    '::1',
    'fd12:3456::1',
    '::ffff:127.0.0.1',
    '::ffff:a00:1',
    '64:ff9b::7f00:1',
  ],
  forbidden: [
    '0.0.0.0',
    '0.1.2.3',
    '169.254.169.254',
    '169.254.0.1',
    '168.63.129.16',
    '100.100.100.200',
    '192.0.0.192',
    '198.18.0.1',
    '203.0.113.1',
    '224.0.0.1',
    '240.0.0.1',
    '255.255.255.255',
    '::',
    '::127.0.0.1',
    '::7f00:1',
    '::8.8.8.8',
    '::ffff:169.254.169.254',
    '::ffff:0:127.0.0.1',
    '64:ff9b::a9fe:a9fe',
    '64:ff9b:1::7f00:1',
    '2002:7f00:1::',
    '2002:808:808::1',
    '2001::1',
    '2001:db8::1',
    'fe80::1',
    'fe80::1%eth0',
    'fec0::1',
    'fd00:ec2::254',
    'fd00:0ec2:0::254',
    'fd20:ce::254',
    'ff02::1',
    '4000::1',
    '',
    'localhost',
    '127.1',
    '2130706433',
    '0x7f.0.0.1',
    '[::1]',
  ],
};

test('tells public addresses from internal ones and from those that are never reached', () => {
  for (const [reach, addresses] of Object.entries(EXPECTED)) {
    for (const address of addresses) assert.equal(reachOf(address), reach, address);
  }
});

test('an IPv4 address is judged alike in each of its IPv6 forms', () => {
  fc.assert(
    fc.property(fc.ipV4(), (address) => {
      assert.equal(reachOf(`::ffff:${address}`), reachOf(address));
      assert.equal(reachOf(`64:ff9b::${address}`), reachOf(address));
      assert.equal(reachOf(`::${address}`) === 'public', false);
    }),
    { numRuns: 300, seed: 7 },
  );
});
