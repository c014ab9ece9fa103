import { Problem } from '../../errors.ts';
import { nearest } from '../../schemas/nearest.ts';
import type { ActionRef, Clock } from '../../services/ports.ts';
import type { ActionsApi } from './actions-api.ts';
import { createExpiringCache } from '../../shared/expiring-cache.ts';
import type { TrustedUrl } from '../auth/hosts.ts';
import { LIMITS } from '../options.ts';
import { isObject } from '../http/json.ts';
import { refsIn, traversePages } from './pages.ts';
import type { Resilience } from '../resilience/resilience.ts';
import type { Scope } from '../resilience/scope.ts';
import { createSingleFlight } from '../resilience/single-flight.ts';

/** A list that changes while it is read is traversed again, this often. */
const TRAVERSALS = 3;

/** A shorter part of a name finds anything. */
const SHORTEST_PART = 3;

export interface Lookup {
  /** An action that was found of late. */
  known(name: string): ActionRef | undefined;
  /** The one action of exactly that name; the tenant's own filter is a hint only. */
  find(name: string, scope: Scope): Promise<ActionRef>;
  /** The action turned out to be gone or renamed. */
  forget(name: string): void;
}

const notFound = (name: string, near: string | undefined): Problem =>
  new Problem(
    'ACTION_NOT_FOUND',
    `CXone has no data action named exactly "${name}"${near === undefined ? '.' : `: did you mean "${near}"?`} Check the spelling and letter case, and that the credentials may see it.`,
  );

const undecided = (name: string, unusable: number): Problem =>
  new Problem(
    'UPSTREAM_INVALID_RESPONSE',
    `CXone listed ${unusable} entries without a usable id or name and no data action named exactly "${name}", so it is not certain that there is none. Check the data actions in CXone.`,
  );

const ambiguous = (name: string, ids: string[]): Problem =>
  new Problem(
    'ACTION_AMBIGUOUS',
    `${ids.length} data actions are named exactly "${name}" (ids ${ids.slice(0, 5).join(', ')}). Rename all but one in CXone.`,
  );

/** From names to actions: bounded in size and time, one search for all callers that ask for the same name at the same time. */
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
  const flight = createSingleFlight<ActionRef>(deps.clock);

  /**
   * The name that was probably meant: one that the search has seen, or one that a part of the name finds. At most two more
   * requests, whose failure is no reason to answer otherwise; none while others wait for the tenant's rate.
   */
  const nearTo = async (name: string, seen: Set<string>, scope: Scope): Promise<string | undefined> => {
    const third = Math.ceil(name.length / 3);
    let near = nearest(name, [...seen]);
    for (const part of [name.slice(0, third), name.slice(-third)]) {
      if (near !== undefined || part.length < SHORTEST_PART || deps.resilience.isRateBound()) break;
      const { json } = await deps.api.list({ name: part, number: 1 }, scope).catch(() => ({ json: null }));
      if (!isObject(json) || !Array.isArray(json['entities'])) continue;
      near = nearest(
        name,
        refsIn(json).refs.map((ref) => ref.name),
      );
    }
    return near;
  };

  const search = async (name: string, scope: Scope): Promise<ActionRef> => {
    const matches = new Set<string>();
    const names = new Set<string>();
    let pages = 0;
    let unusable = 0;
    for (let traversals = 1; traversals <= TRAVERSALS; traversals += 1) {
      const traversal = await traversePages(name, LIMITS.pages - pages, scope, deps);
      pages += traversal.pages;
      unusable = traversal.unusable;
      for (const id of traversal.matches) matches.add(id);
      for (const seen of traversal.names) names.add(seen);
      if (!traversal.moved || matches.size > 0) break;
    }
    const [id, ...others] = matches;
    if (id === undefined) {
      throw unusable > 0 ? undecided(name, unusable) : notFound(name, await nearTo(name, names, scope));
    }
    if (others.length > 0) throw ambiguous(name, [id, ...others]);
    const action = { id, name };
    found.set(name, action);
    return action;
  };

  return {
    known: (name) => found.get(name),
    find: (name, scope) =>
      flight(name, scope, (shared) => deps.resilience.operation(shared, () => search(name, shared))),
    forget: (name) => found.delete(name),
  };
};
