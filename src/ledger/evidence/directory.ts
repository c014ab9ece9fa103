import { type KeyObject, randomBytes } from 'node:crypto';
import { link, mkdir, open, readdir, readFile, rename, unlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type Checkpoint, openCheckpoint, sha256, type Signer } from './checkpoint.ts';

/** `checkpoint-000000012.note`, or the JSON of before, which was named by its time. */
const NOTE = /^checkpoint-(\d{9,})\.note$/;
const JSON_FORM = /^checkpoint-.*\.json$/;

export interface NamedCheckpoint {
  file: string;
  checkpoint: Checkpoint;
  /** SHA-256 (hex) of the file. */
  hash: string;
}

/** A file that should be a checkpoint and cannot be trusted, or one that should be there. */
export interface Unusable {
  file: string;
  reason: string;
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

/**
 * Signs a checkpoint as the next one of its directory, and waits for the disk. Instances that share a directory number
 * one after the other: a number is taken by making its file, which only one can.
 */
export async function storeCheckpoint(
  directory: string,
  sign: Signer,
  content: Omit<Checkpoint, 'number' | 'previous'>,
): Promise<void> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  for (;;) {
    const last = (await namesIn(directory)).at(-1);
    const number = Number(NOTE.exec(last ?? '')?.[1] ?? 0) + 1;
    const previous = last === undefined ? null : sha256(await readFile(join(directory, last), 'utf8'));
    const name = `checkpoint-${String(number).padStart(9, '0')}.note`;
    if (await createDurably(join(directory, name), sign({ number, previous, ...content }))) return;
  }
}

/** Makes a file whole or not at all. False when there is one of that name. */
async function createDurably(path: string, text: string): Promise<boolean> {
  const temporary = `${path}.${randomBytes(4).toString('hex')}.tmp`;
  await writeFile(temporary, text, { flag: 'wx', mode: 0o600, flush: true });
  try {
    await link(temporary, path);
    await unlink(temporary);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') {
      await unlink(temporary);
      return false;
    }
    // A file system without hard links.
    await rename(temporary, path);
  }
  await syncDirectory(dirname(path));
  return true;
}

/** Oldest first: the JSON form sorts by time, and before all that are numbered. */
async function namesIn(directory: string): Promise<string[]> {
  const names = (await readdir(directory)).sort();
  return [...names.filter((name) => JSON_FORM.test(name)), ...names.filter((name) => NOTE.test(name))];
}

/** When the newest checkpoint of a directory was made (RFC 3339), undefined without one. Its signature is not checked. */
export async function newestTime(directory: string): Promise<string | undefined> {
  const last = (await namesIn(directory).catch(() => [])).at(-1);
  if (last === undefined) return undefined;
  return /^time (\S+)$/m.exec(await readFile(join(directory, last), 'utf8'))?.[1];
}

/** Every checkpoint of a directory, oldest first, and what keeps them from being one unbroken row. */
export async function readCheckpoints(
  directory: string,
  key: KeyObject,
): Promise<{ checkpoints: NamedCheckpoint[]; unusable: Unusable[] }> {
  const checkpoints: NamedCheckpoint[] = [];
  const unusable: Unusable[] = [];
  for (const name of await namesIn(directory)) {
    const file = join(directory, name);
    try {
      const text = await readFile(file, 'utf8');
      const one = { file, checkpoint: openCheckpoint(text, key), hash: sha256(text) };
      const reason = notAfter(checkpoints.at(-1), one.checkpoint);
      if (reason === undefined || unusable.length > 0) checkpoints.push(one);
      else unusable.push({ file, reason });
    } catch (error) {
      unusable.push({ file, reason: error instanceof Error ? error.message : String(error) });
    }
  }
  return { checkpoints, unusable };
}

/** Why a checkpoint does not follow the one before it; the oldest that was kept may follow one that was not. */
function notAfter(before: NamedCheckpoint | undefined, { number, previous }: Checkpoint): string | undefined {
  if (before === undefined || number === 0) return undefined;
  const expected = before.checkpoint.number + 1;
  if (number !== expected) return `checkpoint ${expected}, which comes before it, is missing`;
  return previous === before.hash ? undefined : 'it does not follow the checkpoint before it';
}
