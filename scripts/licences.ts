import { readFileSync } from 'node:fs';

/** Licences that may be shipped. Those that only tools have are for development alone. */
const SHIPPED = new Set([
  'MIT',
  'ISC',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'BlueOak-1.0.0',
  '0BSD',
]);
const TOOLS = new Set([
  ...SHIPPED,
  'MPL-2.0',
  'PSF-2.0',
  'Unlicense',
  'CC0-1.0',
  'Unicode-3.0',
  'CC-BY-4.0',
  'Python-2.0',
  // date-holidays: its data. The tool that makes calendars of it says in each where it is from, and ships none of it.
  'CC-BY-3.0',
]);

interface Locked {
  version?: string;
  license?: string;
  dev?: boolean;
  resolved?: string;
  integrity?: string;
}

/** `(MIT OR CC0-1.0)` is fine when one of them is. */
const isAllowed = (expression: string, allowed: ReadonlySet<string>): boolean =>
  expression
    .replace(/[()]/g, '')
    .split(/\s+OR\s+/)
    .some((one) => one.split(/\s+AND\s+/).every((id) => allowed.has(id)));

/**
 * What is wrong with the lock file: a licence that is not allowed, or a package without a hash or from elsewhere than a
 * registry.
 */
function faultsOf([path, entry]: [string, Locked]): string[] {
  const name = `${path.replace(/^.*node_modules\//, '')}@${entry.version ?? '?'}`;
  const licence = entry.license ?? 'none';
  return [
    ...(isAllowed(licence, entry.dev === true ? TOOLS : SHIPPED)
      ? []
      : [`${name} has the licence ${licence}`]),
    ...(entry.integrity === undefined ? [`${name} has no integrity hash`] : []),
    ...(entry.resolved === undefined || /^https:[^#]+\.tgz$/.test(entry.resolved)
      ? []
      : [`${name} comes from ${entry.resolved}`]),
  ];
}

const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8')) as {
  packages: Record<string, Locked>;
};
const entries = Object.entries(packages).filter(([path]) => path !== '');
const faults = entries.flatMap(faultsOf);
for (const fault of faults) console.error(fault);
console.log(
  faults.length === 0
    ? `${entries.length} packages: licences allowed, hashes there, all from the npm registry`
    : `${faults.length} faults in ${entries.length} packages`,
);
process.exitCode = faults.length === 0 ? 0 : 1;
