/**
 * Bundles the service into `dist/`, so that it starts faster and in less memory: `npm run build`. With `--entry` it prints
 * what `node` is started with, from the root of the project, as the path to that may have blanks. It builds before only where
 * the bundle is missing or older than its sources; without esbuild (an installation without development dependencies) that is
 * the source itself.
 */
import { cpSync, existsSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const OUT = join(ROOT, 'dist');
const BUNDLE = join(OUT, 'server.js');

/** What the service serves at /runbooks/{alert}. */
const RUNBOOKS = 'docs/operations.md';

/**
 * Half of V8's own young generation, and an old one that is collected when it has grown by 60 % instead of threefold: no
 * throughput lost, and 100 MB saved under load (docs/performance.md).
 */
const FLAGS = ['--max-semi-space-size=8', '--heap-growing-percent=60'];

/** Each becomes a file of its own; what they share goes into chunks. */
const ENTRIES = {
  server: 'src/server.ts',
  'sqlite-worker': 'src/ledger/sqlite/worker.ts',
  healthcheck: 'src/cli/healthcheck.ts',
};

/** CommonJS packages in the bundle ask for Node's modules through it. */
const REQUIRE = `import { createRequire as createRequireOfBundle } from 'node:module';
const require = createRequireOfBundle(import.meta.url);`;

async function build(): Promise<void> {
  const { build: bundle } = await import('esbuild');
  rmSync(OUT, { recursive: true, force: true });
  await bundle({
    absWorkingDir: ROOT,
    entryPoints: ENTRIES,
    outdir: OUT,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    sourcemap: true,
    sourcesContent: false,
    // Shorter text is less to read and to keep; names stay, so that a stack can be read.
    minifyWhitespace: true,
    minifySyntax: true,
    legalComments: 'none',
    banner: { js: REQUIRE },
    // Where they are used they are loaded from node_modules: native code, and files beside their modules.
    external: ['pg-native'],
    logLevel: 'warning',
  });
  cpSync(join(ROOT, 'src/console/page'), join(OUT, 'page'), { recursive: true });
  cpSync(join(ROOT, 'src/ledger/migrations'), join(OUT, 'migrations'), { recursive: true });
  cpSync(join(ROOT, RUNBOOKS), join(OUT, 'operations.md'));
}

/** Newest change below a folder or of a file, in epoch milliseconds. */
function changedAt(path: string): number {
  const stat = statSync(path);
  if (!stat.isDirectory()) return stat.mtimeMs;
  return Math.max(stat.mtimeMs, ...readdirSync(path).map((name) => changedAt(join(path, name))));
}

const isFresh = () =>
  existsSync(BUNDLE) &&
  statSync(BUNDLE).mtimeMs >
    Math.max(
      ...['src', RUNBOOKS, 'scripts/build.ts', 'package.json', 'package-lock.json'].map((path) =>
        changedAt(join(ROOT, path)),
      ),
    );

async function entry(): Promise<string> {
  if (isFresh()) return BUNDLE;
  try {
    import.meta.resolve('esbuild');
  } catch {
    return join(ROOT, 'src/server.ts');
  }
  await build();
  return BUNDLE;
}

if (process.argv.includes('--entry'))
  process.stdout.write(`${[...FLAGS, relative(ROOT, await entry())].join(' ')}\n`);
else await build();
