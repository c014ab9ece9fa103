/** Prints the changelog's section of a version, which must be package.json's: `node scripts/release-notes.ts 1.2.3`. */
import { readFileSync } from 'node:fs';
import pkg from '../package.json' with { type: 'json' };

const [wanted = ''] = process.argv.slice(2);
const sections = readFileSync('CHANGELOG.md', 'utf8').split(/^## /m);
const section = sections.find((text) => text.startsWith(`[${wanted}]`));
const wrong =
  wanted !== pkg.version
    ? `The tag says ${wanted || 'nothing'}, package.json ${pkg.version}.`
    : section === undefined
      ? `CHANGELOG.md has no section [${wanted}].`
      : undefined;
if (wrong === undefined) process.stdout.write(section?.split('\n').slice(1).join('\n').trim() ?? '');
else process.stderr.write(`${wrong}\n`);
process.exitCode = wrong === undefined ? 0 : 1;
