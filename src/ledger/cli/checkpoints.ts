import type { KeyObject } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { openCheckpoint, readPublicKey } from '../evidence/checkpoint.ts';
import { type NamedCheckpoint, readCheckpoints, type Unreadable } from '../evidence/directory.ts';
import { type CommandConfig, messageOf } from './command.ts';

export interface Checkpoints {
  /** Those that say how far the chains had got. */
  anchoring: NamedCheckpoint[];
  /** Those that may say that a chain was archived. */
  all: NamedCheckpoint[];
  unreadable: Unreadable[];
}

/**
 * The checkpoints that the ledger is to be held against: the one in `file` or else all of the directory. Throws a plain
 * error when they cannot be checked at all.
 */
export async function checkpointsFor(
  file: string | undefined,
  { checkpointKeyFile, checkpointDir }: CommandConfig,
): Promise<Checkpoints> {
  if (file === undefined && checkpointDir === undefined) return { anchoring: [], all: [], unreadable: [] };
  if (checkpointKeyFile === undefined) {
    throw new Error('a checkpoint is checked with AUDIT_CHECKPOINT_KEY_FILE, which is not set.');
  }
  const key = await readPublicKey(checkpointKeyFile);
  const { checkpoints, unreadable } =
    checkpointDir === undefined
      ? { checkpoints: [], unreadable: [] }
      : await readCheckpoints(checkpointDir, key);
  if (file === undefined) return { anchoring: checkpoints, all: checkpoints, unreadable };
  const named = { file, checkpoint: openNamed(file, await readFile(file, 'utf8'), key) };
  return { anchoring: [named], all: [...checkpoints, named], unreadable: [] };
}

function openNamed(file: string, text: string, key: KeyObject) {
  try {
    return openCheckpoint(text, key);
  } catch (error) {
    throw new Error(`the checkpoint ${file} cannot be used: ${messageOf(error)}.`, { cause: error });
  }
}
