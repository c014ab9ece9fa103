import { Problem } from '../errors.ts';
import { isLiteral, plainHost, reachOf } from './addresses.ts';

export interface Destination {
  /** `https:` or `http:`. */
  protocol: string;
  /** Lower case, without brackets and trailing dot. */
  host: string;
  port: string;
}

/** Where webhooks may go, by name before anything is sent and by address when it is. */
export interface UrlRules {
  /** The parsed URL. Throws `WEBHOOK_URL_REFUSED`. */
  check(url: string): URL;
  /** Whether the destination may be reached at that IP address. */
  permits(destination: Destination, address: string): boolean;
  /** Whether the operator has listed its host, exactly or by a suffix. */
  lists(url: URL): boolean;
}

interface Entry {
  host: string;
  /** Unset: any. */
  port: string | undefined;
  /** `*.host`: every name below it, not itself. */
  wildcard: boolean;
}

const DEFAULT_PORTS: Record<string, string> = { 'https:': '443', 'http:': '80' };

export const destinationOf = ({
  protocol,
  hostname,
  port,
}: Pick<URL, 'protocol' | 'hostname' | 'port'>): Destination => ({
  protocol,
  host: plainHost(hostname),
  port: port === '' ? (DEFAULT_PORTS[protocol] ?? '') : port,
});

/**
 * `allowedHosts` holds `host`, `host:port` or `*.suffix`; when it is empty, every public host may be told. Throws an
 * Error that names an entry which is none of these.
 */
export function createUrlRules(allowedHosts: readonly string[]): UrlRules {
  const entries = allowedHosts.map(parseEntry);
  const named = (to: Destination): boolean => entries.some((entry) => !entry.wildcard && matches(entry, to));

  const permits = (to: Destination, address: string): boolean => {
    const reach = reachOf(address);
    // Plain HTTP only inside one's own network.
    if (to.protocol !== 'https:') return reach === 'internal' && named(to);
    if (reach === 'public') return true;
    return named(to) && (reach === 'internal' || isLiteral(to.host));
  };

  const check = (text: string): URL => {
    if (!URL.canParse(text))
      throw refused('It is not a URL: give an absolute one, such as https://hooks.example.com/cxone.');
    const url = new URL(text);
    const to = destinationOf(url);
    if (url.protocol !== 'https:' && url.protocol !== 'http:') throw refused('Give an https URL.');
    if (url.username !== '' || url.password !== '') {
      throw refused('It has a user name or password in it: leave them out, the signature proves the sender.');
    }
    if (!isHostName(to.host)) throw refused('Its host is not a host name or an IP address.');
    if (url.protocol === 'http:' && !named(to)) {
      throw refused('It is not https. Only an internal host that the operator has named is told over http.');
    }
    if (entries.length > 0 && !entries.some((entry) => matches(entry, to))) {
      throw refused(
        `The host ${to.host} (port ${to.port}) is not one of the allowed hosts: use one, or have the operator add it to WEBHOOK_ALLOWED_HOSTS.`,
      );
    }
    if (isLiteral(to.host) && !permits(to, to.host)) throw refused(notPermitted(to, to.host));
    if (isLocalName(to.host) && !named(to)) throw refused(notPermitted(to, to.host));
    return url;
  };

  const lists = (url: URL): boolean => entries.some((entry) => matches(entry, destinationOf(url)));

  return { check, permits, lists };
}

/** Why an address is refused, and what helps. */
export const notPermitted = ({ protocol, host }: Destination, address: string): string =>
  protocol === 'https:'
    ? `${subject(host, address)} not public: use a public host, or have exactly this host added to the allowed hosts.`
    : `${subject(host, address)} not in an internal network, and http is for these only: use https.`;

const subject = (host: string, address: string): string =>
  host === address ? `${host} is` : `${host} leads to ${address}, which is`;

/** No empty label: a resolver may take `10.0.0.1..` for an address. */
const isHostName = (host: string): boolean => host !== '' && !host.split('.').includes('');

/** RFC 6761, section 6.3. */
const isLocalName = (host: string): boolean => host === 'localhost' || host.endsWith('.localhost');

const refused = (detail: string): Problem => new Problem('WEBHOOK_URL_REFUSED', detail);

const matches = (entry: Entry, { host, port }: Destination): boolean =>
  (entry.port === undefined || entry.port === port) &&
  (entry.wildcard ? host.endsWith(`.${entry.host}`) && !isLiteral(host) : host === entry.host);

const LONGEST_SHOWN = 12;

function parseEntry(text: string): Entry {
  const [, star, rest = ''] = /^(\*\.)?(.+)$/.exec(text.trim()) ?? [];
  // An IPv6 address may come with or without brackets.
  const authority = isLiteral(rest) && rest.includes(':') ? `[${rest}]` : rest;
  const url = URL.parse(`https://${authority}`);
  const wildcard = star !== undefined;
  const isHost =
    url !== null && `${url.username}${url.password}${url.search}${url.hash}` === '' && url.pathname === '/';
  if (!isHost || /[*/\\@?#]/.test(rest) || (wildcard && isLiteral(plainHost(url.hostname)))) {
    // A long text without a dot may be a secret that was put into the wrong variable.
    const shown = text.includes('.') || text.length <= LONGEST_SHOWN ? JSON.stringify(text) : 'an entry';
    throw new Error(`WEBHOOK_ALLOWED_HOSTS: ${shown} is not a host, host:port or *.suffix`);
  }
  return { host: plainHost(url.hostname), port: portOf(authority), wildcard };
}

/** As written: a URL would drop its scheme's default. */
const portOf = (authority: string): string | undefined => /:(\d+)$/.exec(authority)?.[1];
