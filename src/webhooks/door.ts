import dns from 'node:dns';
import type { LookupFunction } from 'node:net';
import { Problem } from '../errors.ts';
import { isLiteral } from './addresses.ts';
import { AddressRefused, guardedLookup } from './connector.ts';
import { type Destination, destinationOf, type UrlRules } from './url-rules.ts';

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

  /** Why the name may not be told, if it resolves in time to what says so. */
  function refusalOf(to: Destination): Promise<unknown> {
    return new Promise((resolve) => {
      running += 1;
      const timer = setTimeout(resolve, LONGEST_MS);
      guardedLookup(rules, to, lookup)(to.host, { all: true }, (error) => {
        running -= 1;
        clearTimeout(timer);
        resolve(error);
      });
    });
  }

  return {
    async check(url) {
      const to = destinationOf(url);
      if (isLiteral(to.host) || running >= MOST_LOOKUPS) return;
      const refusal = await refusalOf(to);
      if (refusal instanceof AddressRefused) throw new Problem('WEBHOOK_URL_REFUSED', refusal.message);
    },
  };
}
