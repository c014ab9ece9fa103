/**
 * The direction of imports, types included:
 * server -> app -> {routes, plugins} -> {auth, cxone, ledger, logging, metrics, tracing, webhooks} -> services -> {schemas, errors}.
 * What the rooms share (single flight, one Retry-After parser, group commit) is in src/shared.
 */
const ROOMS = 'auth|cxone|ledger|logging|metrics|tracing|webhooks';
const library = (names) => `(^|/)node_modules/(${names})(/|$)`;

module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'the-server-is-imported-by-no-module',
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
      name: 'routes-know-services-schemas-shared-and-errors',
      severity: 'error',
      from: { path: '^src/routes/' },
      to: { path: '^src/', pathNot: '^src/(routes|services|schemas|shared)/|^src/errors\\.ts$' },
    },
    {
      name: 'plugins-stay-below-the-app',
      severity: 'error',
      from: { path: '^src/plugins/' },
      to: { path: '^src/(routes|sandbox)/|^src/(config|tenant)\\.ts$' },
    },
    {
      name: 'a-room-is-opened-by-its-plugin',
      severity: 'error',
      from: {
        path: '^src/',
        pathNot: `^src/(${ROOMS}|cli)/|^src/plugins/(${ROOMS})\\.ts$|^src/(config|tenant)\\.ts$`,
      },
      to: { path: `^src/(${ROOMS})/` },
    },
    {
      name: 'a-plugin-opens-only-its-own-room',
      severity: 'error',
      from: { path: '^src/plugins/([^/.]+)\\.ts$' },
      to: { path: `^src/(${ROOMS})/`, pathNot: '^src/$1/' },
    },
    {
      name: 'rooms-do-not-know-each-other',
      severity: 'error',
      from: { path: `^src/(${ROOMS})/` },
      to: { path: '^src/', pathNot: '^src/($1|services|schemas|shared)/|^src/errors\\.ts$' },
    },
    {
      // OpenTelemetry's instrumentation of Fastify is what the tracing room is about.
      name: 'rooms-know-no-framework',
      severity: 'error',
      from: { path: `^src/(${ROOMS}|shared)/`, pathNot: '^src/tracing/' },
      to: { path: library('fastify|@fastify|fastify-plugin') },
    },
    {
      name: 'services-stand-on-schemas-and-errors',
      severity: 'error',
      from: { path: '^src/services/' },
      to: { path: '^src/', pathNot: '^src/(services|schemas|shared)/|^src/errors\\.ts$' },
    },
    {
      name: 'services-know-no-framework-and-no-driver',
      severity: 'error',
      from: { path: '^src/(services|schemas)/|^src/errors\\.ts$' },
      to: {
        path: `${library('fastify|@fastify|fastify-plugin|undici|prom-client|pg')}|^(node:)?sqlite$`,
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
      from: { path: '^src/', pathNot: '^src/(cxone/http|webhooks)/' },
      to: { path: library('undici') },
    },
    {
      name: 'only-metrics-measures',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/metrics/' },
      to: { path: library('prom-client') },
    },
    {
      name: 'one-seam-to-the-polyfill',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/services/temporal\\.ts$' },
      to: { path: library('@js-temporal') },
    },
    {
      name: 'the-second-opinion-shares-nothing-that-runs',
      severity: 'error',
      from: { path: '^src/services/date/accuracy/' },
      to: { path: '^src/', pathNot: '^src/services/date/accuracy/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'database-drivers-in-the-ledger-only',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/ledger/' },
      to: { path: `${library('pg')}|^(node:)?sqlite$` },
    },
    {
      name: 'the-page-of-the-console-runs-in-a-browser',
      severity: 'error',
      from: { path: '^src/console/page/' },
      to: { path: '.', pathNot: '^src/console/page/' },
    },
    {
      name: 'only-its-plugin-serves-the-console',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(console/|plugins/console\\.ts$)' },
      to: { path: '^src/console/' },
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
