import { randomBytes } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import type { KeyObject } from 'node:crypto';
import { type Checkpoint, openCheckpoint } from './checkpoint.ts';

const NAME = /^checkpoint-.*\.json$/;

export interface NamedCheckpoint {
  file: string;
  checkpoint: Checkpoint;
}

/** A file that should be a checkpoint and cannot be trusted. */
export interface Unreadable {
  file: string;
  reason: string;
}

/** Writes a file whole or not at all, and waits for the disk. */
export async function writeDurably(path: string, text: string): Promise<void> {
  const temporary = `${path}.${randomBytes(4).toString('hex')}.tmp`;
  const handle = await open(temporary, 'wx');
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(temporary, path);
  await syncDirectory(join(path, '..'));
}

/** A rename is on disk when its directory is. */
export async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Puts a signed checkpoint into its directory, under a name that sorts by time. Returns the path. */
export async function storeCheckpoint(directory: string, at: string, signed: string): Promise<string> {
  await mkdir(directory, { recursive: true });
  const name = `checkpoint-${at.replaceAll(/[-:.]/g, '')}-${randomBytes(2).toString('hex')}.json`;
  const path = join(directory, name);
  await writeDurably(path, signed);
  return path;
}

/** Every checkpoint of a directory, oldest first. */
export async function readCheckpoints(
  directory: string,
  key: KeyObject,
): Promise<{ checkpoints: NamedCheckpoint[]; unreadable: Unreadable[] }> {
  const checkpoints: NamedCheckpoint[] = [];
  const unreadable: Unreadable[] = [];
  for (const name of (await readdir(directory)).filter((one) => NAME.test(one)).sort()) {
    const file = join(directory, name);
    try {
      checkpoints.push({ file, checkpoint: openCheckpoint(await readFile(file, 'utf8'), key) });
    } catch (error) {
      unreadable.push({ file, reason: error instanceof Error ? error.message : String(error) });
    }
  }
  return { checkpoints, unreadable };
}
