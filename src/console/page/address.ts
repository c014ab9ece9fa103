/** All state of the console is in the address. */
import type { Values } from './request.ts';

export type Place =
  | { page: 'try'; values: Values }
  | { page: 'records'; search: string; status: string }
  | { page: 'record'; id: string }
  | { page: 'calendars'; name: string | undefined; month: string | undefined };

export function placeOf(url: URL): Place {
  const [, , section, id] = url.pathname.split('/');
  const query = Object.fromEntries(url.searchParams);
  if (section === 'records' && id !== undefined && id !== '')
    return { page: 'record', id: decodeURIComponent(id) };
  if (section === 'records')
    return { page: 'records', search: query['search'] ?? '', status: query['status'] ?? '' };
  if (section === 'calendars') {
    const name = id === undefined || id === '' ? undefined : decodeURIComponent(id);
    return { page: 'calendars', name, month: query['month'] };
  }
  return { page: 'try', values: query };
}

export function pathOf(place: Place): string {
  switch (place.page) {
    case 'try':
      return withQuery('/console', place.values);
    case 'records':
      return withQuery('/console/records', { search: place.search, status: place.status });
    case 'record':
      return `/console/records/${encodeURIComponent(place.id)}`;
    case 'calendars':
      return withQuery(
        `/console/calendars${place.name === undefined ? '' : `/${encodeURIComponent(place.name)}`}`,
        { month: place.month ?? '' },
      );
  }
}

function withQuery(path: string, values: Values): string {
  const query = new URLSearchParams(Object.entries(values).filter(([, value]) => value !== ''));
  return query.size === 0 ? path : `${path}?${query}`;
}

/** The page that tells of a kind of problem. */
export const problemPath = (code: string): string => `/problems/${code.toLowerCase().replaceAll('_', '-')}`;
