import dns from 'node:dns';
import type { LookupFunction } from 'node:net';
import { Problem } from '../errors.ts';
import { isLiteral } from './addresses.ts';
import { destinationOf, notPermitted, type UrlRules } from './url-rules.ts';

export interface Door {
  /** @throws Problem `WEBHOOK_URL_REFUSED` for a name that leads where webhooks do not go */
  check(url: URL): Promise<void>;
}

/** An answer that takes longer is not waited for: the connection judges again anyhow. */
const LONGEST_MS = 1_000;
/** Lookups at once. They share four threads with the file system, so that slow names must not take them all. */
const MOST_LOOKUPS = 2;

/**
 * Judges a name that a caller gives by what it resolves to now, so that the answer says at once what a delivery would
 * find out later. It is a courtesy: the connection is what decides, since names change.
 */
export function createDoor(rules: UrlRules, lookup: LookupFunction = dns.lookup): Door {
  let running = 0;

  function addressesOf(host: string): Promise<string[]> {
    return new Promise((resolve) => {
      running += 1;
      const timer = setTimeout(resolve, LONGEST_MS, []);
      let settled = false;
      const settle = (found: unknown) => {
        if (settled) return;
        settled = true;
        running -= 1;
        clearTimeout(timer);
        resolve(addressesIn(found));
      };
      try {
        lookup(host, { all: true }, (_error, found) => settle(found));
      } catch {
        settle([]);
      }
    });
  }

  return {
    async check(url) {
      const to = destinationOf(url);
      if (isLiteral(to.host) || running >= MOST_LOOKUPS) return;
      const bad = (await addressesOf(to.host)).find((address) => !rules.permits(to, address));
      if (bad !== undefined) throw new Problem('WEBHOOK_URL_REFUSED', notPermitted(to, bad));
    },
  };
}

/** What a resolver answered, as far as it is addresses. An exception would end the process, as the resolver calls back. */
function addressesIn(found: unknown): string[] {
  try {
    const list = Array.isArray(found) ? (found as ({ address?: unknown } | null)[]) : [];
    return list.map((entry) => String(entry?.address)).filter(isLiteral);
  } catch {
    return [];
  }
}
