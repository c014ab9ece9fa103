/** The direction of imports: server -> app -> {routes, plugins} -> services -> {schemas, errors}. */
module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'nobody-imports-the-server',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^src/server\\.ts$' },
    },
    {
      name: 'only-the-server-imports-the-app',
      severity: 'error',
      from: { path: '^src/(?!server\\.ts)' },
      to: { path: '^src/app\\.ts$' },
    },
    {
      name: 'routes-know-schemas-services-and-decorators-only',
      severity: 'error',
      from: { path: '^src/routes/' },
      to: {
        path: '^src/',
        pathNot: '^src/(routes|services|schemas)/|^src/errors\\.ts$',
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'plugins-do-not-import-each-other',
      severity: 'error',
      from: { path: '^src/plugins/([^/.]+)' },
      to: { path: '^src/plugins/', pathNot: '^src/plugins/$1(/|\\.ts$)' },
    },
    {
      name: 'plugins-stay-below-the-app',
      severity: 'error',
      from: { path: '^src/plugins/' },
      to: { path: '^src/(routes|sandbox)/|^src/config\\.ts$' },
    },
    {
      name: 'services-stand-on-schemas-and-errors',
      severity: 'error',
      from: { path: '^src/services/' },
      to: { path: '^src/', pathNot: '^src/(services|schemas)/|^src/errors\\.ts$' },
    },
    {
      name: 'services-know-no-framework-and-no-driver',
      severity: 'error',
      from: { path: '^src/(services|schemas)/|^src/errors\\.ts$' },
      to: {
        path: '(^|/)node_modules/(fastify|@fastify|fastify-plugin|undici|prom-client|pg|pg-boss)(/|$)|^node:sqlite$|^sqlite$',
      },
    },
    {
      name: 'schemas-stand-alone',
      severity: 'error',
      from: { path: '^src/(schemas/|errors\\.ts$)' },
      to: { path: '^src/', pathNot: '^src/schemas/|^src/errors\\.ts$' },
    },
    {
      name: 'sandbox-stands-alone',
      severity: 'error',
      from: { path: '^src/sandbox/' },
      to: { path: '^src/', pathNot: '^src/sandbox/' },
    },
    {
      name: 'only-the-tenant-starts-the-sandbox',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(sandbox/|tenant\\.ts$)' },
      to: { path: '^src/sandbox/' },
    },
    {
      name: 'undici-for-the-gateway-and-webhooks-only',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/plugins/(cxone|webhooks)/' },
      to: { path: '(^|/)node_modules/undici(/|$)' },
    },
    {
      name: 'only-metrics-measures',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/plugins/metrics\\.ts$' },
      to: { path: '(^|/)node_modules/prom-client(/|$)' },
    },
    {
      name: 'one-seam-to-the-polyfill',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/services/temporal\\.ts$' },
      to: { path: '(^|/)node_modules/@js-temporal/' },
    },
    {
      name: 'the-second-opinion-shares-nothing',
      severity: 'error',
      from: { path: '^src/services/date/accuracy/' },
      to: { path: '^src/', pathNot: '^src/services/date/accuracy/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'database-drivers-in-the-ledger-only',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/plugins/ledger/' },
      to: { path: '(^|/)node_modules/(pg|pg-boss)(/|$)|^(node:)?sqlite$' },
    },
    {
      name: 'no-unresolvable',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true, pathNot: '^(node:)?(sqlite|test)$' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
  },
};
