import type { Settings } from './settings.ts';

const MAX_PAGE_SIZE = 25;

interface Page<T> {
  entities: T[];
  total: number;
  pageSize: number;
  page: number;
  nextUri?: string;
}

export interface PageRequest {
  /** From 1. */
  page: number;
  pageSize: number;
  /** The address that was asked, for links to the next page. */
  url: URL;
}

export function pageRequest(url: URL): PageRequest {
  const size = Number(url.searchParams.get('pageSize') ?? MAX_PAGE_SIZE);
  const page = Number(url.searchParams.get('page') ?? 1);
  return {
    pageSize: Number.isInteger(size) && size >= 1 ? Math.min(size, MAX_PAGE_SIZE) : MAX_PAGE_SIZE,
    page: Number.isInteger(page) && page >= 1 ? page : 1,
    url,
  };
}

/** One page of what was found, in the manner that is set. Every manner but `normal` and `links` is a bug of the tenant. */
export const pageOf = <T>(found: T[], request: PageRequest, manner: Settings['paging']): Page<T> =>
  MANNERS[manner](found, request);

type Manner = <T>(found: T[], request: PageRequest) => Page<T>;

const slice = <T>(found: T[], start: number, { page, pageSize }: PageRequest, size = pageSize): Page<T> => ({
  entities: found.slice(start, start + size),
  total: found.length,
  pageSize,
  page,
});

const normal: Manner = (found, request) => slice(found, (request.page - 1) * request.pageSize, request);

const linkTo = ({ url, page }: PageRequest, host: string): string => {
  const next = new URL(url);
  next.searchParams.set('page', String(page + 1));
  return `${host}${next.pathname}${next.search}`;
};

const withLinks =
  (host: string): Manner =>
  (found, request) => {
    const page = normal(found, request);
    const more = request.page * request.pageSize < found.length;
    return more ? { ...page, nextUri: linkTo(request, host) } : page;
  };

const MANNERS: Record<Settings['paging'], Manner> = {
  normal,
  /** With a relative link to the next page, if there is one. */
  links: withLinks(''),
  /** The link leads to a host that has no business here. */
  foreign_links: withLinks('https://tenant.attacker.example'),
  /** Knows no other page than the first. */
  repeat: (found, request) => slice(found, 0, { ...request, page: 1 }),
  /** Each page begins with the last ten of the one before, so that there are more pages than the total tells. */
  overlap: (found, request) => slice(found, (request.page - 1) * Math.max(1, request.pageSize - 10), request),
  /** Each page is five shorter than the one before, but never shorter than five; nothing is left out. */
  shrink(found, request) {
    const sizeOf = (page: number) =>
      Math.min(request.pageSize, Math.max(5, request.pageSize - 5 * (page - 1)));
    let start = 0;
    for (let page = 1; page < request.page && start < found.length; page++) start += sizeOf(page);
    return slice(found, start, request, sizeOf(request.page));
  },
  /** The total grows with every page, and the pages after the last are empty. */
  grow(found, request) {
    const page = normal(found, request);
    return { ...page, total: page.total + request.page * request.pageSize };
  },
  /** After the last page comes the first again, for ever. */
  loop(found, request) {
    const pages = Math.max(1, Math.ceil(found.length / request.pageSize));
    const start = ((request.page - 1) % pages) * request.pageSize;
    return { ...slice(found, start, request), total: 1_000_000, nextUri: linkTo(request, '') };
  },
};
