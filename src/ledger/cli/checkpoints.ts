import { readFile } from 'node:fs/promises';
import { openCheckpoint, readPublicKey, sha256 } from '../evidence/checkpoint.ts';
import { type NamedCheckpoint, readCheckpoints, type Unusable } from '../evidence/directory.ts';
import { type CommandConfig, messageOf } from './command.ts';

export interface Checkpoints {
  /** Those that say how far the chains had got. */
  anchoring: NamedCheckpoint[];
  /** Those that may say that a chain was archived, or was not there yet. Oldest first. */
  all: NamedCheckpoint[];
  unusable: Unusable[];
}

/**
 * The checkpoints that the ledger is to be held against: the one in `file` or else all of the directory. Throws a plain
 * error when they cannot be checked at all.
 */
export async function checkpointsFor(
  file: string | undefined,
  { checkpointKeyFile, checkpointDir }: CommandConfig,
): Promise<Checkpoints> {
  if (file === undefined && checkpointDir === undefined) return { anchoring: [], all: [], unusable: [] };
  if (checkpointKeyFile === undefined) {
    throw new Error('a checkpoint is checked with AUDIT_CHECKPOINT_KEY_FILE, which is not set.');
  }
  const key = await readPublicKey(checkpointKeyFile);
  const { checkpoints, unusable } =
    checkpointDir === undefined
      ? { checkpoints: [], unusable: [] }
      : await readCheckpoints(checkpointDir, key);
  if (file === undefined) return { anchoring: checkpoints, all: checkpoints, unusable };
  const text = await readFile(file, 'utf8');
  let named: NamedCheckpoint;
  try {
    named = { file, checkpoint: openCheckpoint(text, key), hash: sha256(text) };
  } catch (error) {
    throw new Error(`the checkpoint ${file} cannot be used: ${messageOf(error)}.`, { cause: error });
  }
  // A copy that was kept elsewhere has to be one of those that are here.
  const { number } = named.checkpoint;
  if (checkpointDir !== undefined && !checkpoints.some(({ hash }) => hash === named.hash)) {
    const reason =
      number > (checkpoints.at(-1)?.checkpoint.number ?? 0)
        ? `it is younger than all in ${checkpointDir}, where younger ones were removed`
        : `it is not the one of that number in ${checkpointDir}`;
    unusable.push({ file, reason });
  }
  const at = ({ checkpoint }: NamedCheckpoint) => Date.parse(checkpoint.at);
  const all = [...checkpoints, named].sort((one, other) => at(one) - at(other));
  return { anchoring: [named], all, unusable };
}
