import { mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * Makes a folder and those above it that are missing. Node's own `recursive` asks for ever where a folder that is there
 * takes no new ones and says that it is not found, as `/proc` does.
 * @throws Error with a system `code` when it cannot be made
 */
export async function makeDirectory(path: string): Promise<void> {
  const made = await mkdir(path).catch((error: unknown) => error as NodeJS.ErrnoException);
  if (made === undefined) return;
  if (made.code === 'EEXIST' && (await stat(path)).isDirectory()) return;
  if (made.code !== 'ENOENT' || dirname(path) === path) throw made;
  await makeDirectory(dirname(path));
  const again = await mkdir(path).catch((error: unknown) => error as NodeJS.ErrnoException);
  if (again !== undefined && again.code !== 'EEXIST') throw again;
}
