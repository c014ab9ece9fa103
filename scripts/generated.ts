import { readFileSync, writeFileSync } from 'node:fs';

/**
 * Writes a generated file, or with `--check` only says whether it has drifted.
 * @returns the exit code
 */
export function writeOrCheck(path: string, wanted: string, command: string): number {
  const current = readFileSync(path, { encoding: 'utf8', flag: 'a+' });
  if (current === wanted) {
    console.log(`${path} is up to date`);
    return 0;
  }
  if (process.argv.includes('--check')) {
    console.error(`${path} has drifted from the source: run "${command}" and commit the result`);
    return 1;
  }
  writeFileSync(path, wanted);
  console.log(`${path} written`);
  return 0;
}
