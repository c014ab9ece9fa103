import dns, { type LookupAddress } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { buildConnector } from 'undici';
import { isLiteral, plainHost } from './addresses.ts';
import { type Destination, notPermitted, type UrlRules } from './url-rules.ts';

/** The host leads to an address where webhooks do not go. Its message may be told. */
export class AddressRefused extends Error {
  constructor(to: Destination, address: string) {
    super(notPermitted(to, address));
    this.name = 'AddressRefused';
  }
}

export interface ConnectorOptions {
  /** Resolves a name to all of its addresses; `dns.lookup` unless a test has another. */
  lookup?: LookupFunction;
  /** Certificates to trust in place of the system's. */
  ca?: string;
  timeoutMs: number;
}

/**
 * Connects only where the rules permit, which is checked at three points, since none of them sees everything: an address
 * in the URL is never looked up, a name may have several addresses and others a moment later, and the peer is what
 * counts in the end.
 */
export function guardedConnector(
  rules: UrlRules,
  { lookup = dns.lookup, ca, timeoutMs }: ConnectorOptions,
): buildConnector.connector {
  return (options, callback) => {
    const { protocol, port } = options;
    const host = plainHost(options.hostname);
    const to: Destination = { protocol, host, port: port || (protocol === 'https:' ? '443' : '80') };
    if (isLiteral(host) && !rules.permits(to, host)) {
      callback(new AddressRefused(to, host), null);
      return;
    }
    // One for each connection, because a lookup is told the name but neither scheme nor port.
    const connect = buildConnector({
      allowH2: false,
      timeout: timeoutMs,
      lookup: guardedLookup(rules, to, lookup),
      ...(ca === undefined ? {} : { ca }),
    });
    connectSafely(connect, options, (error, socket) => {
      if (error !== null) {
        callback(error, null);
        return;
      }
      const peer = socket.remoteAddress ?? '';
      if (rules.permits(to, peer)) {
        callback(null, socket);
        return;
      }
      socket.destroy();
      callback(new AddressRefused(to, peer), null);
    });
  };
}

/** An exception of the connector itself, for a host that it cannot take, is a failed connection like any other. */
function connectSafely(
  connect: buildConnector.connector,
  options: buildConnector.Options,
  callback: buildConnector.Callback,
): void {
  try {
    connect(options, callback);
  } catch (error) {
    callback(error as Error, null);
  }
}

/**
 * One refused address among several is enough: a name that mixes them is up to something. What a resolver answers or
 * throws ends up as an error of this one connection, since an exception in this callback would end the process.
 */
const guardedLookup =
  (rules: UrlRules, to: Destination, lookup: LookupFunction): LookupFunction =>
  (hostname, options, callback) => {
    const fail = (error: unknown): void => {
      callback(error as NodeJS.ErrnoException, '', 0);
    };
    const judge = (error: NodeJS.ErrnoException | null, found: unknown): void => {
      const addresses = Array.isArray(found) && found.every(isAddress) ? found : [];
      const [first] = addresses;
      const bad = addresses.find(({ address }) => !rules.permits(to, address));
      if (error || first === undefined) fail(error ?? noAddress());
      else if (bad !== undefined) fail(new AddressRefused(to, bad.address));
      else if (options.all === true) callback(null, addresses);
      else callback(null, first.address, first.family);
    };
    try {
      lookup(hostname, { ...options, all: true }, judge);
    } catch (error) {
      fail(error);
    }
  };

/** What a resolver may say of a name that it knows and that leads nowhere. */
const noAddress = (): Error =>
  Object.assign(new Error('the name leads to no address'), { code: 'ENOTFOUND' });

const isAddress = (entry: unknown): entry is LookupAddress =>
  typeof entry === 'object' && entry !== null && isLiteral((entry as LookupAddress).address);
