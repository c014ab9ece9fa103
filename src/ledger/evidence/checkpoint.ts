import { createHash, createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { type Static, Type } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import canonicalize from 'canonicalize';

const Head = Type.Object({
  chain: Type.String(),
  sequence: Type.Integer({ minimum: 0 }),
  hash: Type.String(),
});

/** What stood at a moment: how far each chain had got, and which chains were archived. */
const Checkpoint = Type.Object({
  version: Type.Literal(1),
  at: Type.String(),
  /** `ended`: nothing follows in that chain. */
  heads: Type.Array(Type.Composite([Head, Type.Object({ ended: Type.Boolean() })])),
  /** Chains that were written to files and may since be missing from the database. */
  archived: Type.Array(Type.Composite([Head, Type.Object({ file: Type.String(), sha256: Type.String() })])),
});

const Signed = Type.Object({ checkpoint: Checkpoint, key_id: Type.String(), signature: Type.String() });

export type Checkpoint = Static<typeof Checkpoint>;
export type EndedHead = Checkpoint['heads'][number];
export type Archived = Checkpoint['archived'][number];

/** Signs checkpoints with an Ed25519 key (RFC 8032). */
export type Signer = (checkpoint: Checkpoint) => string;

/** The signer of a PEM file (PKCS #8), as `openssl genpkey -algorithm ed25519` makes one. Throws a plain error. */
export async function readSigner(keyFile: string): Promise<Signer> {
  const key = await readKey(keyFile, createPrivateKey);
  const keyId = keyIdOf(createPublicKey(key));
  return (checkpoint) => {
    const signature = sign(null, Buffer.from(signedText(checkpoint)), key).toString('base64');
    return `${JSON.stringify({ checkpoint, key_id: keyId, signature }, null, 2)}\n`;
  };
}

/** The public key of a PEM file, which may hold the public or the private one. Throws a plain error. */
export const readPublicKey = (keyFile: string): Promise<KeyObject> => readKey(keyFile, createPublicKey);

/** A checkpoint from its file's text. Throws a plain error when it is not one or is not signed with that key. */
export function openCheckpoint(text: string, key: KeyObject): Checkpoint {
  const signed: unknown = JSON.parse(text);
  if (!Value.Check(Signed, signed)) throw new Error('it is not a checkpoint');
  if (signed.key_id !== keyIdOf(key)) throw new Error('it is signed with another key');
  const signature = Buffer.from(signed.signature, 'base64');
  if (!verify(null, Buffer.from(signedText(signed.checkpoint)), key, signature)) {
    throw new Error('its signature is wrong');
  }
  return signed.checkpoint;
}

/** RFC 8785, so that how a file is laid out does not matter. */
function signedText(checkpoint: Checkpoint): string {
  const text = canonicalize(checkpoint);
  if (text === undefined) throw new TypeError('A checkpoint is an object.');
  return text;
}

/** The first 16 hex digits of the SHA-256 of the public key (DER). */
const keyIdOf = (key: KeyObject): string =>
  createHash('sha256')
    .update(key.export({ type: 'spki', format: 'der' }))
    .digest('hex')
    .slice(0, 16);

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
