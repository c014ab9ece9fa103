/** Every benchmark of this folder, one after the other, each with its ratios side by side: `npm run bench [-- NAME]`. */
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';

const [only] = process.argv.slice(2);
const files = readdirSync(import.meta.dirname).filter(
  (file) => file.endsWith('.ts') && file !== 'index.ts' && (only === undefined || file === `${only}.ts`),
);
if (files.length === 0) throw new Error(`There is no bench/${only ?? '*'}.ts`);
for (const file of files) {
  console.log(`\n== ${file.replace('.ts', '')}\n`);
  const { status } = spawnSync(process.execPath, [`${import.meta.dirname}/${file}`], { stdio: 'inherit' });
  if (status !== 0) process.exitCode = 1;
}
