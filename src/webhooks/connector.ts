import dns, { type LookupAddress } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { buildConnector } from 'undici';
import { isLiteral } from './addresses.ts';
import { type Destination, destinationOf, notPermitted, type UrlRules } from './url-rules.ts';

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
    const to = destinationOf(options);
    if (isLiteral(to.host) && !rules.permits(to, to.host)) {
      callback(new AddressRefused(to, to.host), null);
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
      const refusal = refusalOf(rules, to, socket.remoteAddress ?? '');
      if (refusal === undefined) {
        callback(null, socket);
        return;
      }
      socket.destroy();
      callback(refusal, null);
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

/** Why a peer is none to talk to. An exception would end the process, as it is the socket that calls back. */
function refusalOf(rules: UrlRules, to: Destination, peer: string): Error | undefined {
  try {
    return rules.permits(to, peer) ? undefined : new AddressRefused(to, peer);
  } catch (error) {
    return error as Error;
  }
}

/**
 * One refused address among several is enough: a name that mixes them is up to something. What a resolver answers or
 * throws ends up as an error of this one connection, since an exception in this callback would end the process.
 */
export const guardedLookup =
  (rules: UrlRules, to: Destination, lookup: LookupFunction): LookupFunction =>
  (hostname, options, callback) => {
    let answered = false;
    const answer = (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]): void => {
      if (answered) return;
      answered = true;
      const [{ address, family } = { address: '', family: 0 }] = addresses;
      if (options.all === true) callback(error, addresses);
      else callback(error, address, family);
    };
    const fail = (error: unknown): void => answer(error instanceof Error ? error : noAddress(), []);
    const judge = (error: unknown, found: unknown): void => {
      try {
        const addresses = Array.isArray(found) && found.every(isAddress) ? found : [];
        const bad = addresses.find(({ address }) => !rules.permits(to, address));
        if (error || addresses.length === 0) fail(error);
        else if (bad !== undefined) fail(new AddressRefused(to, bad.address));
        else answer(null, addresses);
      } catch (thrown) {
        fail(thrown);
      }
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
