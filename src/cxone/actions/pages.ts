import { Problem } from '../../errors.ts';
import type { ActionRef } from '../../services/ports.ts';
import { parseId } from './action.ts';
import type { ActionsApi } from './actions-api.ts';
import type { TrustedUrl } from '../auth/hosts.ts';
import { isObject, type JsonObject } from '../http/json.ts';
import { LIMITS } from '../options.ts';
import type { Resilience } from '../resilience/resilience.ts';
import type { Scope } from '../resilience/scope.ts';

/** So many pages in a row without anything new end the traversal, whatever `total` says. */
const PAGES_WITHOUT_PROGRESS = 3;

const NAMES_KEPT = 100;

/** What one traversal of the list has shown. */
export interface Traversal {
  /** The ids of the actions of exactly that name; one that appears on several pages counts once. */
  readonly matches: ReadonlySet<string>;
  /** Entities that are no data actions: whether one of them is meant cannot be told. */
  readonly unusable: number;
  /** The list changed its length meanwhile, so that an action may have slipped from one page to another unseen. */
  readonly moved: boolean;
  readonly pages: number;
  /** Names that the tenant's filter let through, for a hint where none is the one: at most 100. */
  readonly names: readonly string[];
}

const invalid = (detail: string): Problem => new Problem('UPSTREAM_INVALID_RESPONSE', detail);

export const refsIn = (json: JsonObject): { refs: ActionRef[]; unusable: number } => {
  const { entities } = json;
  if (!Array.isArray(entities))
    throw invalid('CXone answered the list of data actions without "entities". Check the configured URL.');
  const refs: ActionRef[] = [];
  for (const entity of entities as unknown[]) {
    const id = isObject(entity) ? parseId(entity['id']) : undefined;
    const name = isObject(entity) ? entity['name'] : undefined;
    if (id !== undefined && typeof name === 'string') refs.push({ id, name });
  }
  return { refs, unusable: entities.length - refs.length };
};

/** How many actions there are in all, where the tenant says so; a number or its text. */
const totalIn = ({ total }: JsonObject): number | undefined => {
  if (total === undefined || total === null) return undefined;
  const number = typeof total === 'string' && /^\d+$/u.test(total) ? Number(total) : total;
  if (typeof number === 'number' && number >= 0) return number;
  throw invalid('CXone answered the list of data actions with a "total" that is no number.');
};

/** A link to the next page, where a tenant names one. */
const nextIn = (json: JsonObject): unknown => {
  const links = isObject(json['_links']) ? json['_links'] : json;
  const next = links['next'] ?? json['nextUri'] ?? undefined;
  return isObject(next) ? next['href'] : next;
};

/**
 * Traverses all pages of the list for a name. Pages may repeat, shrink, grow or lead back to themselves: it ends when
 * everything that `total` promises was seen, at an empty page, at a link already followed, when nothing new comes,
 * and in any case after `pagesLeft` pages or `LIMITS.listed` actions, which is an `UPSTREAM_INVALID_RESPONSE`.
 */
export const traversePages = async (
  name: string,
  pagesLeft: number,
  scope: Scope,
  { api, resilience, trusted }: { api: ActionsApi; resilience: Resilience; trusted: TrustedUrl },
): Promise<Traversal> => {
  const matches = new Set<string>();
  const seen = new Set<string>();
  const names: string[] = [];
  const followed = new Set<string>();
  let firstTotal: number | undefined;
  let moved = false;
  let withoutProgress = 0;
  let unusable = 0;
  let link: URL | undefined;

  for (let number = 1; number <= pagesLeft; number += 1) {
    const page = link ? { link } : { name, number };
    const { json, origin, path } = await resilience.retrying(scope, () => api.list(page, scope));
    if (!isObject(json)) throw invalid('CXone answered the list of data actions without a JSON object.');
    const url = `${origin}${path}`;
    followed.add(url);

    const { refs, unusable: unusableHere } = refsIn(json);
    unusable += unusableHere;
    const known = seen.size;
    for (const ref of refs) {
      seen.add(ref.id);
      if (ref.name === name) matches.add(ref.id);
      else if (names.length < NAMES_KEPT) names.push(ref.name);
    }
    withoutProgress = seen.size > known ? 0 : withoutProgress + 1;

    const total = totalIn(json);
    firstTotal ??= total;
    moved ||= total !== firstTotal || (known > 0 && seen.size < known + refs.length);

    const next = nextIn(json);
    link = typeof next === 'string' && next !== '' ? trusted(next, url, 'the next page') : undefined;
    const ended = link
      ? followed.has(link.href)
      : 'link' in page || refs.length === 0 || (total !== undefined && seen.size >= total);
    if (ended || withoutProgress >= PAGES_WITHOUT_PROGRESS)
      return { matches, unusable, moved, pages: number, names };
    if (seen.size > LIMITS.listed) break;
  }
  throw invalid(
    `The list of data actions did not end within ${LIMITS.pages} pages and ${LIMITS.listed} actions, so it is not certain which one is meant.`,
  );
};
