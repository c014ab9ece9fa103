import { Problem } from '../../errors.ts';
import type { ActionRef, Clock } from '../../services/ports.ts';
import type { ActionsApi } from './actions-api.ts';
import { createExpiringCache } from '../../shared/expiring-cache.ts';
import type { TrustedUrl } from '../auth/hosts.ts';
import { LIMITS } from '../options.ts';
import { walkPages } from './pages.ts';
import type { Resilience } from '../resilience/resilience.ts';
import type { Scope } from '../resilience/scope.ts';
import { createSingleFlight } from '../resilience/single-flight.ts';

/** A list that changes while it is read is read again, this often. */
const WALKS = 3;

export interface Lookup {
  /** The one action of exactly that name; the tenant's own filter is a hint only. */
  find(name: string, scope: Scope): Promise<ActionRef>;
  /** The action turned out to be gone or renamed. */
  forget(name: string): void;
}

const notFound = (name: string): Problem =>
  new Problem(
    'ACTION_NOT_FOUND',
    `CXone has no data action named exactly "${name}". Check the spelling and letter case, and that the credentials may see it.`,
  );

const ambiguous = (name: string, ids: string[]): Problem =>
  new Problem(
    'ACTION_AMBIGUOUS',
    `${ids.length} data actions are named exactly "${name}" (ids ${ids.slice(0, 5).join(', ')}). Rename all but one in CXone.`,
  );

/** From names to actions: bounded in size and time, one search for all who ask for the same name at the same time. */
export const createLookup = (deps: {
  clock: Clock;
  api: ActionsApi;
  resilience: Resilience;
  trusted: TrustedUrl;
}): Lookup => {
  const found = createExpiringCache<ActionRef>(deps.clock, {
    entries: LIMITS.lookupEntries,
    ttlMs: LIMITS.lookupTtlMs,
  });
  const flight = createSingleFlight<ActionRef>();

  const search = async (name: string, scope: Scope): Promise<ActionRef> => {
    const matches = new Set<string>();
    let pages = 0;
    for (let walks = 1; walks <= WALKS; walks += 1) {
      const walk = await walkPages(name, LIMITS.pages - pages, scope, deps);
      pages += walk.pages;
      for (const id of walk.matches) matches.add(id);
      if (!walk.moved || matches.size > 0) break;
    }
    const [id, ...others] = matches;
    if (id === undefined) throw notFound(name);
    if (others.length > 0) throw ambiguous(name, [id, ...others]);
    const action = { id, name };
    found.set(name, action);
    return action;
  };

  return {
    async find(name, scope) {
      return (
        found.get(name) ??
        flight(name, scope, (shared) => deps.resilience.operation(shared, () => search(name, shared)))
      );
    },
    forget: (name) => found.delete(name),
  };
};
