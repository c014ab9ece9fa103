import { Problem } from '../../errors.ts';
import type { ActionRef } from '../../services/ports.ts';
import { parseId } from './action.ts';
import type { ActionsApi } from './actions-api.ts';
import type { TrustedUrl } from '../auth/hosts.ts';
import { isObject, type JsonObject } from '../http/json.ts';
import { LIMITS } from '../options.ts';
import type { Resilience } from '../resilience/resilience.ts';
import type { Scope } from '../resilience/scope.ts';

/** So many pages in a row without anything new end the walk, whatever `total` says. */
const BARREN_PAGES = 3;

/** What one walk over the list has shown. */
export interface Walk {
  /** The ids of the actions of exactly that name; one that appears on several pages counts once. */
  readonly matches: ReadonlySet<string>;
  /** The list changed its length under the walk, so that an action may have slipped from one page to another unseen. */
  readonly moved: boolean;
  readonly pages: number;
}

const invalid = (detail: string): Problem => new Problem('UPSTREAM_INVALID_RESPONSE', detail);

const refsIn = (json: JsonObject): ActionRef[] => {
  const { entities } = json;
  if (!Array.isArray(entities))
    throw invalid('CXone answered the list of data actions without "entities". Check the configured URL.');
  return entities.flatMap((entity: unknown) => {
    const id = isObject(entity) ? parseId(entity['id']) : undefined;
    const name = isObject(entity) ? entity['name'] : undefined;
    return id !== undefined && typeof name === 'string' ? [{ id, name }] : [];
  });
};

/** A link to the next page, where a tenant names one. */
const nextIn = (json: JsonObject): unknown => {
  const links = isObject(json['_links']) ? json['_links'] : json;
  const next = links['next'] ?? json['nextUri'] ?? undefined;
  return isObject(next) ? next['href'] : next;
};

/**
 * Walks over all pages of the list for a name. Pages may repeat, shrink, grow or lead back to themselves: the walk ends
 * when everything that `total` promises was seen, at an empty page, at a link already followed, when nothing new comes,
 * and in any case after `pagesLeft` pages or `LIMITS.listed` actions, which is an `UPSTREAM_INVALID_RESPONSE`.
 */
export const walkPages = async (
  name: string,
  pagesLeft: number,
  scope: Scope,
  { api, resilience, trusted }: { api: ActionsApi; resilience: Resilience; trusted: TrustedUrl },
): Promise<Walk> => {
  const matches = new Set<string>();
  const seen = new Set<string>();
  const followed = new Set<string>();
  let firstTotal: number | undefined;
  let moved = false;
  let barren = 0;
  let link: URL | undefined;

  for (let number = 1; number <= pagesLeft; number += 1) {
    const page = link ? { link } : { name, number };
    const { json, url } = await resilience.retrying(scope, () => api.list(page, scope));
    if (!isObject(json)) throw invalid('CXone answered the list of data actions without a JSON object.');
    followed.add(url.href);

    const refs = refsIn(json);
    const known = seen.size;
    for (const ref of refs) {
      seen.add(ref.id);
      if (ref.name === name) matches.add(ref.id);
    }
    barren = seen.size > known ? 0 : barren + 1;

    const total = typeof json['total'] === 'number' ? json['total'] : undefined;
    firstTotal ??= total;
    moved ||= total !== firstTotal || (known > 0 && seen.size < known + refs.length);

    const next = nextIn(json);
    link = typeof next === 'string' && next !== '' ? trusted(next, url.href, 'the next page') : undefined;
    const ended = link
      ? followed.has(link.href)
      : 'link' in page || refs.length === 0 || (total !== undefined && seen.size >= total);
    if (ended || barren >= BARREN_PAGES) return { matches, moved, pages: number };
    if (seen.size > LIMITS.listed) break;
  }
  throw invalid(
    `The list of data actions did not end within ${LIMITS.pages} pages and ${LIMITS.listed} actions, so it is not certain which one is meant.`,
  );
};
