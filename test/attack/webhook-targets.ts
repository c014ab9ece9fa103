/** Webhook URLs and resolver answers that try to reach inside. */

/** What is inside, or leads nowhere, each in the ways in which an address can be written. */
const IPV4_TARGETS = [
  ...['127.0.0.1', '127.1.2.3', '10.0.0.1', '172.16.0.1', '172.31.255.255', '192.168.1.1', '100.64.0.1'],
  ...['169.254.169.254', '169.254.0.1', '168.63.129.16', '100.100.100.200', '0.0.0.0', '255.255.255.255'],
  ...['224.0.0.1', '192.0.0.192', '198.18.0.1', '240.0.0.1'],
];

function writtenAs(address: string): string[] {
  const [a = 0, b = 0, c = 0, d = 0] = address.split('.').map(Number);
  const number = ((a << 24) | (b << 16) | (c << 8) | d) >>> 0;
  const hex = (value: number, width = 2) => value.toString(16).padStart(width, '0');
  const pair = `${hex(a)}${hex(b)}:${hex(c)}${hex(d)}`;
  return [
    address,
    `${address}.`,
    `${address}..`,
    String(number),
    `0x${number.toString(16)}`,
    `0${number.toString(8)}`,
    [a, b, c, d].map((part) => `0x${hex(part)}`).join('.'),
    [a, b, c, d].map((part) => `0${part.toString(8).padStart(3, '0')}`).join('.'),
    `${a}.${b}.${(c << 8) | d}`,
    `${a}.${(b << 16) | (c << 8) | d}`,
    address.replaceAll('.', '。'),
    address.replace(/\d/g, (digit) => String.fromCodePoint(0xff10 + Number(digit))),
    address.replace(/\d/g, (digit) => `%3${digit}`),
    `[::ffff:${address}]`,
    `[::ffff:${pair}]`,
    `[::${address}]`,
    `[::${pair}]`,
    `[64:ff9b::${address}]`,
    `[64:ff9b::${pair}]`,
    `[64:ff9b:1::${pair}]`,
    `[2002:${pair}::1]`,
    `[2001:0:${pair}::1]`,
    `[::ffff:0:${pair}]`,
    `[fe80::5efe:${pair}]`,
    `user@${address}`,
    `hooks.example.com@${address}`,
    `${address}#@hooks.example.com`,
    `${address}\\@hooks.example.com`,
    `${address}?hooks.example.com`,
    `${address}/hooks.example.com`,
  ];
}

const OTHER_HOSTS = [
  ...['localhost', 'localhost.', 'LOCALHOST', 'localhost..', 'a.localhost', 'a.localhost.', 'ⓛocalhost'],
  ...['[::1]', '[::]', '[0:0:0:0:0:0:0:1]', '[fe80::1]', '[fc00::1]', '[fd00:ec2::254]', '[ff02::1]'],
  ...['[fec0::1]', '[2001:db8::1]', '[2001::1]', '[4000::1]', '[::1%25lo]', '[fd20:ce::254]', '', '.', '..'],
  ...[
    'hooks..example.com',
    '.hooks.example.com',
    '%00',
    '%2e',
    '127.1',
    '127.0.1',
    '0',
    '0.0',
    '1',
    '017700000001',
  ],
];

/** About 500 URLs, none of which may be told. */
export function hostileUrls(port: number): string[] {
  const hosts = [...IPV4_TARGETS.flatMap(writtenAs), ...OTHER_HOSTS];
  const https = hosts.map((host) => `https://${withPort(host, port)}/hook`);
  const others = ['http', 'HTTP', 'ftp', 'file', 'gopher', 'data', 'javascript', 'ws', 'blob:https', 'unix'];
  return [...https, ...others.map((scheme) => `${scheme}://127.0.0.1:${port}/hook`)];
}

const withPort = (host: string, port: number) =>
  /[#?/\\]/.test(host) ? host.replace(/[#?/\\]/, (mark) => `:${port}${mark}`) : `${host}:${port}`;

/** What a resolver answers for a name; the texts `throw` and `error` stand for what it does instead. */
export type Resolution = unknown;

/** 40 names: rebinding, empty answers, mixed answers, and answers that are no answers. */
export const HOSTILE_NAMES: [first: Resolution, second: Resolution][] = [
  ...['127.0.0.1', '10.0.0.1', '169.254.169.254', '::1', '::ffff:127.0.0.1', '64:ff9b::7f00:1'].flatMap(
    (inside): [Resolution, Resolution][] => [
      [[at(inside)], [at(inside)]],
      [[at('8.8.8.8'), at(inside)], [at(inside)]],
      [
        [at(inside), at('8.8.8.8')],
        [at(inside), at('8.8.8.8')],
      ],
      [[at('2606:4700:4700::1111'), at(inside)], 'error'],
    ],
  ),
  [[], []],
  [undefined, undefined],
  [null, null],
  ['', ''],
  ['127.0.0.1', '127.0.0.1'],
  [{}, {}],
  [[null], [null]],
  [[undefined], [{}]],
  [[{ address: 1, family: 4 }], [{ address: null }]],
  [[{ address: '' }], [{ address: 'localhost', family: 4 }]],
  [[{ address: '127.1', family: 4 }], [{ address: '0x7f000001', family: 4 }]],
  [[{ address: '127.0.0.1', family: 6 }], [{ address: '::1', family: 4 }]],
  [
    [{ address: '8.8.8.8' }, null],
    [null, { address: '8.8.8.8' }],
  ],
  ['throw', 'throw'],
  ['error', 'throw'],
  [[], 'throw'],
];

function at(address: string) {
  return { address, family: address.includes(':') ? 6 : 4 };
}
