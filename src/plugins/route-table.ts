import fp from 'fastify-plugin';

export interface RouteEntry {
  method: string;
  /** As registered: `/audit-records/:request_id`. */
  url: string;
  readonly scope: string | undefined;
  readonly open: boolean;
}

declare module 'fastify' {
  interface FastifyInstance {
    /** Every route that there is, with what it asks of a caller. */
    routeTable: readonly RouteEntry[];
    /** The methods that a path takes, `HEAD` included; none for a path that is not known. */
    methodsOf(path: string): string[];
  }
}

/** Knows all routes: for answers to the wrong method, and for the check that each one is closed. */
export default fp(
  async (app) => {
    const table: RouteEntry[] = [];
    const patterns = new Map<string, RegExp>();
    app.decorate('routeTable', table);
    app.decorate('methodsOf', (path: string) => {
      const plain = path.length > 1 ? path.replace(/\/$/, '') : path;
      const fitting = table.filter(({ url }) => patterns.get(url)?.test(plain) === true);
      return [...new Set(fitting.map(({ method }) => method))];
    });
    app.addHook('onRoute', (route) => {
      const { method, url } = route;
      patterns.set(url, patternOf(url));
      for (const one of [method].flat()) {
        table.push({
          method: one,
          url,
          // Read later, as hooks of other plugins may still say more about the route.
          get scope() {
            return route.config?.scope;
          },
          get open() {
            return route.config?.open === true;
          },
        });
      }
    });
  },
  { name: 'route-table' },
);

const patternOf = (url: string): RegExp =>
  new RegExp(
    `^${url
      .replace(/[.+?^${}()|[\]\\]/g, String.raw`\$&`)
      .replace(/:[a-z_]+/gi, '[^/]+')
      .replaceAll('*', '.*')}$`,
  );
