import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';

const CLIENT = join(import.meta.dirname, '../../client');

/** Makes the client in `directory`, as `npm install` would put it there. */
export async function installClient(directory: string): Promise<void> {
  mkdirSync(directory, { recursive: true });
  symlinkSync(join(CLIENT, 'package.json'), join(directory, 'package.json'));
  await build({
    entryPoints: ['index', 'webhooks'].map((name) => join(CLIENT, `src/${name}.ts`)),
    outdir: join(directory, 'dist'),
    bundle: true,
    format: 'esm',
    logLevel: 'silent',
  });
}
