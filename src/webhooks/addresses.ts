import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

/**
 * How far an address reaches. `internal` is the organisation's own network and this machine. `forbidden` is what no
 * webhook receiver answers at: link-local, multicast, reserved, and where clouds keep their metadata.
 */
export type Reach = 'public' | 'internal' | 'forbidden';

const INTERNAL: ReadonlySet<string> = new Set(['loopback', 'private', 'uniqueLocal', 'carrierGradeNat']);

/** Metadata and wire servers outside 169.254.0.0/16: Azure, Alibaba, and AWS and Google over IPv6. */
const METADATA: ReadonlySet<string> = new Set([
  '168.63.129.16',
  '100.100.100.200',
  'fd00:ec2::254',
  'fd20:ce::254',
]);

/** All that IANA has given out for unicast. It leaves out `::/96`, which ipaddr.js takes for unicast. */
const GLOBAL_UNICAST = ipaddr.IPv6.parseCIDR('2000::/3');
/** RFC 6052: the last four bytes are the IPv4 address that is reached. */
const NAT64 = ipaddr.IPv6.parseCIDR('64:ff9b::/96');

/** `address` is an IP address without brackets; whatever is none, or has a zone of IPv6 (`%eth0`), is forbidden. */
export function reachOf(address: string): Reach {
  if (isIP(address) === 4) return METADATA.has(address) ? 'forbidden' : reachOfRange(ipaddr.parse(address));
  if (isIP(address) !== 6 || address.includes('%')) return 'forbidden';
  const parsed = ipaddr.IPv6.parse(withoutDots(address));
  if (parsed.isIPv4MappedAddress()) return reachOf(parsed.toIPv4Address().toString());
  if (parsed.match(NAT64)) return reachOf(parsed.toByteArray().slice(-4).join('.'));
  if (METADATA.has(parsed.toString())) return 'forbidden';
  const reach = reachOfRange(parsed);
  return reach === 'public' && !parsed.match(GLOBAL_UNICAST) ? 'forbidden' : reach;
}

/** ipaddr.js takes `::127.0.0.1` for a mapped address, which it is not; `::7f00:1` it gets right. */
const withoutDots = (address: string): string => new URL(`http://[${address}]`).hostname.slice(1, -1);

function reachOfRange(address: ipaddr.IPv4 | ipaddr.IPv6): Reach {
  const range = address.range();
  if (range === 'unicast') return 'public';
  return INTERNAL.has(range) ? 'internal' : 'forbidden';
}

/** A URL's `hostname` as one would write it: no brackets, no trailing dots. */
export const plainHost = (hostname: string): string =>
  hostname.replace(/^\[(.*)\]$/, '$1').replace(/\.+$/, '');

export const isLiteral = (host: string): boolean => isIP(host) !== 0;
