import { hash, createPrivateKey, createPublicKey, type KeyObject, verify } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import canonicalize from 'canonicalize';
import type { Head } from '../journal/entry.ts';
import { openNote, signNote } from './note.ts';

/** The name of the log and of its key, and the first line of every checkpoint. */
export const ORIGIN = 'cxone-date-service/ledger';

/** How far a chain had got. `at` is the time of that entry, null in checkpoints of before it was noted. */
export interface ChainHead extends Head {
  at: string | null;
  /** Nothing follows in that chain. */
  ended: boolean;
}

/** A chain that was written to a file and may since be missing from the database. */
export interface Archived extends Head {
  file: string;
  /** Of the file, hex. */
  sha256: string;
}

/** What stood at a moment: every chain of the ledger, how far it had got, and which chains were archived then. */
export interface Checkpoint {
  /** From 1; 0 in the form of before they were numbered. */
  number: number;
  /** Taken before the heads were read. */
  at: string;
  /** SHA-256 (hex) of the whole file of the checkpoint before this one; null in the first one. */
  previous: string | null;
  /** The service had stopped: there is no younger one until it starts again. */
  closed: boolean;
  heads: ChainHead[];
  archived: Archived[];
}

/** Signs checkpoints with an Ed25519 key (RFC 8032). */
export type Signer = (checkpoint: Checkpoint) => string;

export const sha256 = (data: string | Buffer, encoding: 'hex' | 'base64' = 'hex'): string =>
  hash('sha256', data, encoding);

/**
 * The signer of a PEM file (PKCS #8), as `openssl genpkey -algorithm ed25519` makes one.
 * @throws Error in one line that names the variable
 */
export async function readSigner(keyFile: string): Promise<Signer> {
  const key = await readKey(keyFile, createPrivateKey);
  const publicKey = createPublicKey(key);
  return (checkpoint) => signNote(textOf(checkpoint), ORIGIN, key, publicKey);
}

/** The public key of a PEM file, which may hold the public or the private one. Throws a plain error. */
export const readPublicKey = (keyFile: string): Promise<KeyObject> => readKey(keyFile, createPublicKey);

/**
 * A checkpoint from its file's text.
 * @throws Error in a few words when it is not one, or is not signed with that key
 */
export function openCheckpoint(text: string, key: KeyObject): Checkpoint {
  return text.startsWith('{') ? openJson(text, key) : parse(openNote(text, ORIGIN, key));
}

/**
 * The signed text, laid out as a tlog-checkpoint (c2sp.org/tlog-checkpoint): origin, size, hash, extension lines. The log
 * is the row of checkpoints, so that its size is this one's number; the hash is SHA-256 over the lines below it.
 */
function textOf({ number, at, previous, closed, heads, archived }: Checkpoint): string {
  const lines = [
    `time ${at}`,
    `previous ${previous ?? '-'}`,
    `service ${closed ? 'stopped' : 'running'}`,
    ...heads.map(
      (head) =>
        `chain ${encodeURIComponent(head.chain)} ${head.sequence} ${head.hash} ${head.at ?? '-'} ${head.ended ? 'ended' : 'open'}`,
    ),
    ...archived.map(
      (one) =>
        `archived ${encodeURIComponent(one.chain)} ${one.sequence} ${one.hash} ${one.sha256} ${encodeURIComponent(one.file)}`,
    ),
  ];
  const body = `${lines.join('\n')}\n`;
  return `${ORIGIN}\n${number}\n${sha256(body, 'base64')}\n${body}`;
}

/** The signature is good: the text is one of ours. */
function parse(text: string): Checkpoint {
  const [, number, , ...lines] = text.trimEnd().split('\n');
  const checkpoint: Checkpoint = {
    number: Number(number),
    at: '',
    previous: null,
    closed: false,
    heads: [],
    archived: [],
  };
  const given = (value: string) => (value === '-' ? null : value);
  for (const line of lines) {
    const [word, name = '', sequence, hash = '', fourth = '', fifth = ''] = line.split(' ');
    if (word === 'time') checkpoint.at = name;
    else if (word === 'service') checkpoint.closed = name === 'stopped';
    else if (word === 'previous') checkpoint.previous = given(name);
    else {
      const head = { chain: decodeURIComponent(name), sequence: Number(sequence), hash };
      if (word === 'chain') checkpoint.heads.push({ ...head, at: given(fourth), ended: fifth === 'ended' });
      else if (word === 'archived')
        checkpoint.archived.push({ ...head, sha256: fourth, file: decodeURIComponent(fifth) });
    }
  }
  if (!(checkpoint.number >= 1) || Number.isNaN(Date.parse(checkpoint.at)))
    throw new Error('it is not a checkpoint');
  return checkpoint;
}

/** The form of before signed notes: JSON, signed over its RFC 8785 text. Read for ever, no longer written. */
function openJson(text: string, key: KeyObject): Checkpoint {
  interface Old {
    at: string;
    heads: (Head & { ended: boolean })[];
    archived: Archived[];
  }
  const { checkpoint, key_id, signature } = JSON.parse(text) as {
    checkpoint?: Old;
    key_id?: string;
    signature?: string;
  };
  const signed = canonicalize(checkpoint);
  if (checkpoint === undefined || signed === undefined || signature === undefined)
    throw new Error('it is not a checkpoint');
  if (key_id !== sha256(key.export({ type: 'spki', format: 'der' })).slice(0, 16))
    throw new Error('it is signed with another key');
  if (!verify(null, Buffer.from(signed), key, Buffer.from(signature, 'base64')))
    throw new Error('its signature is wrong');
  const { at, heads, archived } = checkpoint;
  return {
    number: 0,
    at,
    previous: null,
    closed: false,
    heads: heads.map((head) => ({ ...head, at: null })),
    archived,
  };
}

async function readKey(file: string, create: (pem: Buffer) => KeyObject): Promise<KeyObject> {
  let key: KeyObject;
  try {
    key = create(await readFile(file));
  } catch (error) {
    throw new Error(`AUDIT_CHECKPOINT_KEY_FILE: the checkpoint key ${file} cannot be read as PEM.`, {
      cause: error,
    });
  }
  if (key.asymmetricKeyType !== 'ed25519')
    throw new Error(`AUDIT_CHECKPOINT_KEY_FILE: the checkpoint key ${file} is not an Ed25519 key.`);
  return key;
}
