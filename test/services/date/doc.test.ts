import { execFileSync } from 'node:child_process';
import { it } from 'node:test';
import { fileURLToPath } from 'node:url';

it('docs/dates.md tells of every operation what it answers', () => {
  const script = fileURLToPath(new URL('../../../scripts/dates-doc.ts', import.meta.url));
  execFileSync(process.execPath, [script, '--check']);
});
