import { hash, type KeyObject, sign, verify } from 'node:crypto';

/**
 * Signed notes (c2sp.org/signed-note): a text that ends with a newline, an empty line, and a line for each signature:
 * `— NAME BASE64(key id, 4 bytes; signature)`. Any tool that knows the form can check one with the key of `verifierKey`.
 */

/** The type of a key that signs the text itself, by Ed25519 (RFC 8032). */
const ED25519 = 1;

/** The type and the 32 bytes of the key. */
const typedKey = (key: KeyObject): Buffer =>
  Buffer.concat([Buffer.from([ED25519]), key.export({ type: 'spki', format: 'der' }).subarray(-32)]);

const keyId = (name: string, key: KeyObject): Buffer =>
  hash('sha256', Buffer.concat([Buffer.from(`${name}\n`), typedKey(key)]), 'buffer').subarray(0, 4);

/** The public key as tools for signed notes take it: `NAME+KEYID+BASE64`. */
export const verifierKey = (name: string, key: KeyObject): string =>
  `${name}+${keyId(name, key).toString('hex')}+${typedKey(key).toString('base64')}`;

/** Signs a text, which ends with a newline. */
export function signNote(text: string, name: string, privateKey: KeyObject, publicKey: KeyObject): string {
  const signature = Buffer.concat([keyId(name, publicKey), sign(null, Buffer.from(text), privateKey)]);
  return `${text}\n— ${name} ${signature.toString('base64')}\n`;
}

/**
 * The text of a note that bears a good signature of that key; signatures of others (witnesses) may stand beside it.
 * @throws Error in a few words when it does not
 */
export function openNote(note: string, name: string, key: KeyObject): string {
  const end = note.lastIndexOf('\n\n') + 1;
  const [text, lines] = [note.slice(0, end), note.slice(end + 1).split('\n')];
  if (end === 0 || lines.pop() !== '') throw new Error('it is not a signed note');
  const id = keyId(name, key);
  for (const line of lines) {
    const [dash, signer, base64 = ''] = line.split(' ');
    if (dash !== '—') throw new Error('it is not a signed note');
    const bytes = Buffer.from(base64, 'base64');
    if (signer !== name || !bytes.subarray(0, 4).equals(id)) continue;
    if (!verify(null, Buffer.from(text), key, bytes.subarray(4))) throw new Error('its signature is wrong');
    return text;
  }
  throw new Error('it is signed with another key');
}
