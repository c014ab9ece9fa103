/**
 * Lists what a change of openapi.yaml would break for callers: `npm run check:breaking -- REF` compares it with the
 * one at a commit, a branch or a tag (default: the newest tag, else the last commit). Exits 1 when it finds something, 2
 * when there is nothing to compare with.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { breakingChanges, type OpenApi } from './openapi/compare.ts';

const git = (...args: string[]): string =>
  execFileSync('git', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();

function reference(): string {
  const [given] = process.argv.slice(2);
  if (given !== undefined) return given;
  const [tag] = git('tag', '--sort=-v:refname').split('\n');
  return tag || 'HEAD';
}

const ref = reference();
let before: OpenApi;
try {
  before = parse(git('show', `${ref}:openapi.yaml`)) as OpenApi;
} catch {
  console.error(`There is no openapi.yaml at ${ref}: name a commit, a branch or a tag.`);
  process.exit(2);
}
const changes = breakingChanges(before, parse(readFileSync('openapi.yaml', 'utf8')) as OpenApi);
for (const change of changes) console.log(change);
console.log(`openapi.yaml against ${ref}: ${changes.length} breaking changes`);
process.exitCode = changes.length === 0 ? 0 : 1;
